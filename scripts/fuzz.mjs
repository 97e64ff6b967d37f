// Builds the libFuzzer targets with clang and runs each for a while.
//   node scripts/fuzz.mjs [--seconds N] [--target NAME]...   (default: 60 seconds each)
// Inputs found on the way stay in build/fuzz/corpus; crashes in build/fuzz/crashes. To run one again:
//   build/fuzz/test/fuzz/NAME PATH
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { BuildError, packageRoot } from './toolchain.mjs';
import { buildPreset } from './preset.mjs';

/**
 * Fuzzes one target; returns whether it survived.
 * @param {string} folder @param {string} target @param {number} seconds
 */
function fuzz(folder, target, seconds) {
  const found = join(folder, 'corpus', target);
  const crashes = join(folder, 'crashes', target);
  mkdirSync(found, { recursive: true });
  mkdirSync(crashes, { recursive: true });
  const seeds = join(packageRoot, 'test', 'fuzz', 'corpus', target.replace(/_fuzz$/, ''));
  const child = spawnSync(join(folder, 'test', 'fuzz', target), [
    `-max_total_time=${seconds}`, '-timeout=25', '-rss_limit_mb=2048', `-artifact_prefix=${crashes}/`,
    '-print_final_stats=1', found, ...(existsSync(seeds) ? [seeds] : []),
  ], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const output = `${child.stdout ?? ''}${child.stderr ?? ''}${child.error?.message ?? ''}`;
  if (child.status === 0) {
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
  const failed = targets.filter((target) => !fuzz(folder, target, seconds));
  console.log(`${targets.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
