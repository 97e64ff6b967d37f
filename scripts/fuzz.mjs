// Builds the libFuzzer targets with clang and runs each for a while, as many at a time as there are build jobs.
//   node scripts/fuzz.mjs [--seconds N] [--target NAME]...   (default: 60 seconds each)
// Inputs found on the way stay in build/fuzz/corpus; crashes in build/fuzz/crashes. To run one again:
//   build/fuzz/test/fuzz/NAME PATH
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { BuildError, buildJobs, packageRoot } from './toolchain.mjs';
import { buildPreset } from './preset.mjs';

/**
 * @param {string} program @param {string[]} args
 * @returns {Promise<{ code: number | null, output: string }>} the end of what it printed
 */
function run(program, args) {
  return new Promise((settle) => {
    const child = spawn(program, args);
    let output = '';
    const append = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-1_000_000);
    };
    child.stdout.on('data', append);
    child.stderr.on('data', append);
    child.on('error', (error) => settle({ code: null, output: error.message }));
    child.on('close', (code) => settle({ code, output }));
  });
}

/**
 * Fuzzes one target; resolves to whether it survived.
 * @param {string} folder @param {string} target @param {number} seconds
 */
async function fuzz(folder, target, seconds) {
  const found = join(folder, 'corpus', target);
  const crashes = join(folder, 'crashes', target);
  mkdirSync(found, { recursive: true });
  mkdirSync(crashes, { recursive: true });
  const seeds = join(packageRoot, 'test', 'fuzz', 'corpus', target.replace(/_fuzz$/, ''));
  const { code, output } = await run(join(folder, 'test', 'fuzz', target), [
    `-max_total_time=${seconds}`, '-timeout=25', '-rss_limit_mb=2048', `-artifact_prefix=${crashes}/`,
    '-print_final_stats=1', found, ...(existsSync(seeds) ? [seeds] : []),
  ]);
  if (code === 0) {
    const runs = /number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? '?';
    console.log(`fuzz ${target}: ${runs} runs in ${seconds} s, no failure`);
    return true;
  }
  console.error(output.split('\n').slice(-60).join('\n'));
  console.error(`fuzz ${target}: failed; the input is in ${relative(packageRoot, crashes)}`);
  return false;
}

try {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, target: { type: 'string', multiple: true } } });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) throw new BuildError(`--seconds must be a positive integer, received ${values.seconds}`);
  const all = readdirSync(join(packageRoot, 'test', 'fuzz')).filter((name) => name.endsWith('_fuzz.cc')).map((name) => basename(name, '.cc'));
  const unknown = (values.target ?? []).filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new BuildError(`No fuzz target ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  const targets = values.target ?? all;
  if (targets.length === 0) throw new BuildError('There is no fuzz target under test/fuzz.');
  const folder = buildPreset('fuzz');
  const pending = [...targets];
  let failed = 0;
  const worker = async () => {
    for (let target = pending.shift(); target !== undefined; target = pending.shift()) {
      if (!(await fuzz(folder, target, seconds))) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: buildJobs() }, worker));
  console.log(`${targets.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
