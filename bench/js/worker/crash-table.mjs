/**
 * What becomes of 20 items, one of them poisonous, in two workers: each scenario and pool in a process of its own, with a
 * limit, so that what is pending for ever shows as such. Also how soon a looping worker is replaced.
 *   node bench/js/worker/crash-table.mjs [--contenders millrace,piscina] [--scenarios exit,loop]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importPeer } from './peers.js';

const scenarios = ['exit', 'async throw', 'rejection', 'late', 'memory', 'loop', 'unclonable', 'own code'];
const TIMEOUT_MS = 300;
const LIMIT_MS = 3000;
const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 };
const tasks = new URL('./crash-tasks.js', import.meta.url);
const pathOf = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** Each returns a function that runs one item. A timeout is set in the loop scenario only, where the pool has one. */
/** @type {Record<string, (scenario: string) => Promise<(item: unknown) => Promise<unknown>>>} */
const contenders = {
  async millrace(scenario) {
    const { ParallelProcessor, workerTask } = await import('../../../lib/index.js');
    const task = workerTask(tasks, { workers: 2, resourceLimits });
    const options = { concurrency: 20, ...(scenario === 'loop' && { timeout: TIMEOUT_MS }) };
    const pool = new ParallelProcessor(/** @type {any} */ (task), options);
    return async (item) => {
      const { results, errors } = await pool.process([item]);
      if (errors.length > 0) throw errors[0].error;
      return results[0];
    };
  },
  async piscina(scenario) {
    const peer = await importPeer('piscina');
    const Piscina = peer.Piscina ?? peer.default;
    const pool = new Piscina({ filename: tasks.href, minThreads: 2, maxThreads: 2, concurrentTasksPerWorker: 10, resourceLimits });
    return (item) => pool.run(item, scenario === 'loop' ? { signal: AbortSignal.timeout(TIMEOUT_MS) } : {});
  },
  async tinypool(scenario) {
    const { Tinypool } = await importPeer('tinypool');
    const pool = new Tinypool({ filename: tasks.href, minThreads: 2, maxThreads: 2, concurrentTasksPerWorker: 10, resourceLimits });
    return (item) => pool.run(item, scenario === 'loop' ? { signal: AbortSignal.timeout(TIMEOUT_MS) } : {});
  },
  async workerpool(scenario) {
    const workerpool = (await importPeer('workerpool')).default;
    const options = { workerType: 'thread', minWorkers: 2, maxWorkers: 2, workerThreadOpts: { resourceLimits } };
    const pool = workerpool.pool(pathOf('./crash-worker-workerpool.js'), options);
    return (item) => (scenario === 'loop' ? pool.exec('work', [item]).timeout(TIMEOUT_MS) : pool.exec('work', [item]));
  },
  async poolifier(scenario) {
    const { FixedThreadPool } = await importPeer('poolifier');
    const pool = new FixedThreadPool(2, pathOf('./crash-worker-poolifier.js'), { workerOptions: { resourceLimits }, errorHandler() {} });
    return (item) => pool.execute(item, 'work', ...(scenario === 'loop' ? [AbortSignal.timeout(TIMEOUT_MS)] : []));
  },
};

const { values } = parseArgs({
  options: {
    contenders: { type: 'string', default: Object.keys(contenders).join() },
    scenarios: { type: 'string', default: scenarios.join() },
    child: { type: 'string' },
  },
});

if (values.child) await child(values.child, values.scenarios);
else table();

/** @param {string} name @param {string} scenario */
async function child(name, scenario) {
  process.on('uncaughtException', () => {});
  process.on('unhandledRejection', () => {});
  const run = await contenders[name](scenario);
  await Promise.all([run(1), run(2)].map((p) => p.catch(() => {})));
  const at = 7;
  const items = Array.from({ length: 20 }, (_, i) => (i === at ? { poison: scenario } : i));
  /** @type {{ ok: number, innocents: number, poison: string, settled: number, wrong: number, doneMs: number }} */
  const report = { ok: 0, innocents: 0, poison: 'pending', settled: 0, wrong: 0, doneMs: 0 };
  const startMs = performance.now();
  const all = items.map(async (item, i) => {
    try {
      const value = await run(item);
      report.ok++;
      if (i === at) report.poison = 'ok';
      else if (value !== i * 2) report.wrong++;
    } catch (error) {
      if (i === at) report.poison = describe(error);
      else report.innocents++;
    }
    report.settled++;
  });
  await Promise.race([Promise.all(all), new Promise((resolve) => setTimeout(resolve, LIMIT_MS))]);
  report.doneMs = Math.round(performance.now() - startMs);
  process.stdout.write(JSON.stringify(report), () => process.exit(0));
}

/** @param {any} error */
function describe(error) {
  if (!(error instanceof Error)) return 'not an Error';
  const { code, cause, field } = /** @type {any} */ (error);
  const props = [cause && 'cause', field && 'own properties'].filter(Boolean).map((what) => `+ ${what}`);
  return [code ?? error.name, ...props].join(' ');
}

function table() {
  const names = values.contenders.split(',');
  for (const scenario of values.scenarios.split(',')) {
    process.stdout.write(`${scenario}\n`);
    for (const name of names) {
      const args = [fileURLToPath(import.meta.url), '--child', name, '--scenarios', scenario];
      const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 15_000, killSignal: 'SIGKILL' });
      process.stdout.write(`  ${name.padEnd(11)}${stdout ? line(scenario, JSON.parse(stdout)) : `no answer (exit ${status})`}\n`);
    }
  }
}

/** @param {string} scenario @param {any} report */
function line(scenario, { ok, innocents, poison, settled, wrong, doneMs }) {
  const isGood = scenario === 'late' ? ok === 20 : ok === 19 && poison !== 'pending' && poison !== 'ok';
  const parts = [`${ok} ok`, `poisonous: ${poison}`];
  if (innocents > 0) parts.push(`INNOCENT FAILED: ${innocents}`);
  if (settled < 20) parts.push(`PENDING FOR EVER: ${20 - settled}`);
  if (wrong > 0) parts.push(`WRONG RESULT: ${wrong}`);
  return `${isGood ? 'good' : 'BAD '}  ${parts.join(', ')} (${doneMs} ms)`;
}
