// Builds and tests under a sanitizer.
//   node scripts/sanitize.mjs asan|tsan [--short]
// The GoogleTest suites run as they are. The JavaScript tests run in a node that is not
// instrumented itself: the sanitizer's runtime is preloaded and MILLRACE_ADDON names the
// instrumented addon. --short runs the lifecycle tests only, and those repeat less (MILLRACE_SHORT).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, packageRoot } from './toolchain.mjs';
import { buildPreset } from './preset.mjs';
import { reportsAboutAddon } from './sanitizer-reports.mjs';
import { closeWith, runCtest, runVitest } from './test.mjs';

const suppressions = join(packageRoot, 'test', 'sanitizers');

// log_path: Vitest would swallow what processes print while they end, so that the reports are read from
// files. ThreadSanitizer also reports races inside node; which ones count is decided afterwards, and
// so a report does not change the exit code.
const reports = join(packageRoot, 'build', 'sanitizer-reports');
/** @type {Record<string, { runtime: string, native: Record<string, string>, node: Record<string, string> }>} */
const sanitizers = {
  asan: {
    runtime: 'libasan.so',
    native: { ASAN_OPTIONS: 'detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1', UBSAN_OPTIONS: 'print_stacktrace=1' },
    node: {
      ASAN_OPTIONS: `detect_leaks=1:exitcode=66:log_path=${reports}/asan`,
      LSAN_OPTIONS: `suppressions=${suppressions}/lsan-node.txt:print_suppressions=0`,
      UBSAN_OPTIONS: `print_stacktrace=1:log_path=${reports}/ubsan`,
    },
  },
  tsan: {
    runtime: 'libtsan.so',
    native: { TSAN_OPTIONS: 'halt_on_error=0:second_deadlock_stack=1' },
    node: { TSAN_OPTIONS: `exitcode=0:log_path=${reports}/tsan:suppressions=${suppressions}/tsan-node.txt:history_size=4` },
  },
};

/** @param {string} name */
function runtimePath(name) {
  const found = spawnSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout?.trim() ?? '';
  if (!existsSync(found)) throw new BuildError(`${name} is not installed; it comes with g++ (scripts/setup-debian.sh).`);
  return found;
}

/** Prints what was reported about the addon in node processes and returns it as a tally. @param {string} which */
function collectReports(which) {
  let failed = 0;
  for (const file of readdirSync(reports)) {
    const log = readFileSync(join(reports, file), 'utf8');
    const about = which === 'tsan' ? reportsAboutAddon(log) : [log];
    failed += about.length;
    for (const report of about) console.error(`--- ${file}\n${report.slice(0, 10_000)}`);
  }
  return { name: 'sanitizer reports from node', passed: 0, failed, skipped: 0 };
}

/** @param {string} which @param {boolean} short */
function sanitize(which, short) {
  const sanitizer = sanitizers[which];
  if (sanitizer === undefined) throw new BuildError(`usage: sanitize.mjs ${Object.keys(sanitizers).join('|')} [--short]`);
  const folder = buildPreset(which);
  const tallies = [runCtest(folder, { env: { ...process.env, ...sanitizer.native } })];

  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const env = {
    ...process.env,
    ...sanitizer.node,
    LD_PRELOAD: runtimePath(sanitizer.runtime),
    MILLRACE_ADDON: join(folder, 'millrace.node'),
    MILLRACE_SANITIZER: which,
    ...(short ? { MILLRACE_SHORT: '1' } : {}),
  };
  const projects = short ? ['lifecycle'] : ['lifecycle', 'unit', 'stress'];
  // The tests of scripts and of the benchmark runner never load the addon.
  const excluded = ['test/unit/tooling/**', 'test/unit/bench/**'];
  tallies.push(runVitest([...projects.flatMap((name) => ['--project', name]), ...excluded.flatMap((glob) => ['--exclude', glob])], env));
  tallies.push(collectReports(which));
  closeWith(tallies);
}

try {
  const args = process.argv.slice(2);
  sanitize(args.find((arg) => !arg.startsWith('--')) ?? '', args.includes('--short'));
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
