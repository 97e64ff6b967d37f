// `npm test`: builds what the tests need, runs the GoogleTest suites and Vitest, and ends with the
// totals of both in one line.
//   --native   only the GoogleTest suites
//   --js       only Vitest
//   other arguments go to Vitest
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, buildAddon, buildJobs, packageRoot } from './toolchain.mjs';
import { buildPreset } from './preset.mjs';

/** @typedef {{ name: string, passed: number, failed: number, skipped: number }} Tally */

/** @param {string} text @param {string} name */
const attribute = (text, name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);

/**
 * Runs the CTest suites of a built preset; shows only what failed.
 * @param {string} folder @param {{ env?: NodeJS.ProcessEnv, args?: string[] }} [options]
 * @returns {Tally}
 */
export function runCtest(folder, { env = process.env, args = [] } = {}) {
  const report = join(folder, 'ctest.xml');
  rmSync(report, { force: true });
  const child = spawnSync('ctest', [
    '--test-dir', folder, '--output-on-failure', '--no-tests=error',
    '--parallel', String(buildJobs()), '--output-junit', report, ...args,
  ], { cwd: packageRoot, encoding: 'utf8', maxBuffer: 1 << 28, env });
  const suite = existsSync(report) ? /<testsuite\b[^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] ?? '' : '';
  const failures = attribute(suite, 'failures');
  const skipped = attribute(suite, 'skipped') + attribute(suite, 'disabled');
  const passed = attribute(suite, 'tests') - failures - skipped;
  if (child.status !== 0) console.error(`${child.stdout ?? ''}${child.stderr ?? ''}${child.error?.message ?? ''}`);
  return { name: 'native', passed, failed: child.status === 0 ? failures : Math.max(failures, 1), skipped };
}

/**
 * Runs Vitest with its own output shown. A crashed run counts as a failure although no test says so.
 * @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 * @returns {Tally}
 */
export function runVitest(args, env = process.env) {
  const report = join(packageRoot, 'build', 'vitest.json');
  mkdirSync(join(packageRoot, 'build'), { recursive: true });
  rmSync(report, { force: true });
  const child = spawnSync(process.execPath, [
    join(packageRoot, 'node_modules', 'vitest', 'vitest.mjs'), 'run',
    '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args,
  ], { cwd: packageRoot, stdio: 'inherit', env });
  const totals = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  const failed = totals.numFailedTests ?? 0;
  return {
    name: 'javascript',
    passed: totals.numPassedTests ?? 0,
    failed: child.status === 0 ? failed : Math.max(failed, 1),
    skipped: (totals.numPendingTests ?? 0) + (totals.numTodoTests ?? 0),
  };
}

/** Prints one line per tally and the closing line; sets the exit code. @param {Tally[]} tallies */
export function closeWith(tallies) {
  let passed = 0;
  let failed = 0;
  for (const tally of tallies) {
    passed += tally.passed;
    failed += tally.failed;
    const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
    console.log(`${tally.name}: ${tally.passed} passed, ${tally.failed} failed${skipped}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

/** @param {string[]} args */
function main(args) {
  const onlyNative = args.includes('--native');
  const onlyJs = args.includes('--js');
  const rest = args.filter((arg) => arg !== '--native' && arg !== '--js');
  /** @type {Tally[]} */
  const tallies = [];
  if (!onlyNative) buildAddon();
  if (!onlyJs) tallies.push(runCtest(buildPreset('release', { definitions: ['-DMILLRACE_ADDON=OFF'] })));
  if (!onlyNative) tallies.push(runVitest(rest.length > 0 ? rest : ['--project', '!stress']));
  closeWith(tallies);
}

if (process.argv[1] === import.meta.filename) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    if (error.tail) console.error(`${error.tail}\n`);
    console.error(error.message);
    console.log('0 passed, 1 failed');
    process.exitCode = 1;
  }
}
