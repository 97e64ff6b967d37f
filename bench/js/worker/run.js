/**
 * A small runner: every contender in fresh processes, interleaved, `rounds` times; prints items per second (median)
 * and the ratio of ours to the best peer;
 * processor time per item too, which other load on the machine changes less.
 *   node bench/js/worker/run.js [--kinds noop,us10] [--contenders millrace,piscina] [--rounds 3] [--workers 2] [--in-flight 64]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kinds } from './kinds.js';

const { values } = parseArgs({
  options: {
    kinds: { type: 'string', default: Object.keys(kinds).join() },
    contenders: { type: 'string', default: 'millrace,port-batched,piscina,tinypool,workerpool,poolifier' },
    rounds: { type: 'string', default: '3' },
    workers: { type: 'string', default: '2' },
    'in-flight': { type: 'string', default: '64' },
    seconds: { type: 'string', default: '0.6' },
    child: { type: 'string' },
  },
});
const options = { workers: Number(values.workers), inFlight: Number(values['in-flight']) };

if (values.child) await trial(values.child, values.kinds);
else compare();

/** One process: warm up, then as many whole runs as fit into the time. @param {string} name @param {string} kind */
async function trial(name, kind) {
  const { default: contender } = await import(`./${name}.js`);
  const c = contender(options);
  const { count } = kinds[kind];
  await c.setup();
  const small = Math.ceil(count / 20);
  let checksum = await c.run(kind, small);
  let n = count;
  const t0 = performance.now();
  await c.run(kind, small * 2);
  const perItem = (performance.now() - t0) / (small * 2);
  n = Math.max(small, Math.min(count * 10, Math.round((Number(values.seconds) * 1000) / perItem)));
  // Compiled code and heaps that have found their size: what a pipeline runs on for most of its time.
  await c.run(kind, Math.ceil(n / 2));
  const cpu = process.cpuUsage();
  const t1 = performance.now();
  await c.run(kind, n);
  const rate = n / ((performance.now() - t1) / 1000);
  const { user, system } = process.cpuUsage(cpu);
  const cpuUs = (user + system) / n;
  const rss = process.resourceUsage().maxRSS / 1024;
  checksum = await c.run(kind, small);
  process.stdout.write(JSON.stringify({ rate, cpuUs, rss, checksum }));
  await c.teardown();
  process.exit(0);
}

function compare() {
  const names = values.contenders.split(',');
  for (const kind of values.kinds.split(',')) {
    /** @type {Map<string, { rate: number, cpuUs: number, rss: number, checksum: number }[]>} */
    const runs = new Map(names.map((name) => [name, []]));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const name of names) {
        const args = [fileURLToPath(import.meta.url), '--child', name, '--kinds', kind, '--seconds', values.seconds];
        args.push('--workers', values.workers, '--in-flight', values['in-flight']);
        const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
        if (!stdout) process.stderr.write(`${name} ${kind}: ${stderr || 'timed out'}\n`);
        else runs.get(name)?.push(JSON.parse(stdout));
      }
    }
    print(kind, runs);
  }
}

/** @param {string} kind @param {Map<string, { rate: number, cpuUs: number, rss: number, checksum: number }[]>} runs */
function print(kind, runs) {
  const medians = [...runs].filter(([, list]) => list.length > 0).map(([name, list]) => {
    const sorted = [...list].sort((a, b) => a.rate - b.rate);
    const cpuUs = list.map((r) => r.cpuUs).sort((a, b) => a - b)[list.length >> 1];
    return { name, rate: sorted[sorted.length >> 1].rate, cpuUs, rss: Math.max(...list.map((r) => r.rss)), sum: list[0].checksum };
  });
  const ours = medians.find((m) => m.name === 'millrace');
  const floor = medians.find((m) => m.name === 'port-batched');
  const best = medians.filter((m) => m !== ours && m !== floor).sort((a, b) => b.rate - a.rate)[0];
  const rates = medians.map((m) => `${m.name} ${Math.round(m.rate)} (${m.cpuUs.toPrecision(3)} us CPU, ${Math.round(m.rss)} MB)`).join('  ');
  const sums = new Set(medians.map((m) => m.sum)).size === 1 ? '' : '  CHECKSUMS DIFFER';
  const peer = ours && best ? `  ours/${best.name} ${(ours.rate / best.rate).toFixed(2)}x` : '';
  const low = ours && floor ? `  ours/floor ${(ours.rate / floor.rate).toFixed(2)}x` : '';
  process.stdout.write(`${kind.padEnd(7)}${peer}${low}${sums}\n        ${rates}\n`);
}
