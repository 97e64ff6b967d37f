// `npm run demo -- DIR`: finds duplicate files, with every file walked and hashed on native threads, then repeats the job with the naive
// class and with plain JavaScript. Progress goes to standard error, the result to standard output.

import { duplicateGroups, equalFiles } from './demo/duplicates.mjs';
import { DemoError, kUsage, readCommandLine, requireDirectory } from './demo/command-line.mjs';
import { makeProgress } from './demo/progress.mjs';
import { comparisonTable, duplicateLines, failureLines, summaryTable } from './demo/tables.mjs';
import { availableParallelism } from 'node:os';

/**
 * @typedef {import('./demo/command-line.mjs').DemoOptions} DemoOptions
 * @typedef {import('./demo/native-job.mjs').JobResult} JobResult
 * @typedef {import('./demo/tables.mjs').Summary} Summary
 * @typedef {import('./demo/progress.mjs').Progress} Progress
 */

const kLargestShown = 5;
const kSignalCodes = /** @type {Record<string, number>} */ ({ SIGINT: 130, SIGTERM: 143 });

class Cancelled extends Error {
  /** @param {string} signalName */
  constructor(signalName) {
    super(`cancelled (${signalName})`);
    this.exitCode = kSignalCodes[signalName];
  }
}

const cancelling = new AbortController();
const progress = makeProgress(process.stderr);
for (const name of Object.keys(kSignalCodes)) {
  process.on(name, () => {
    // The second time somebody does not want to wait for what is under way.
    if (cancelling.signal.aborted) process.exit(kSignalCodes[name]);
    cancelling.abort(new Cancelled(name));
  });
}
process.on('exit', () => progress.end());

try {
  process.exitCode = await main(readCommandLine(process.argv.slice(2)));
} catch (error) {
  progress.end();
  process.exitCode = report(error);
}

/** @param {DemoOptions} options @returns {Promise<number>} the exit code */
async function main(options) {
  if (options.help) {
    console.log(kUsage);
    return 0;
  }
  requireDirectory(options.directory);
  const since = Date.now();
  const { job, summary } = await runJob(options);
  if (!options.json) printSummary(summary);
  const { contenders, unseen } = options.compare ? await compare(options, job, since) : { contenders: null, unseen: [] };
  if (options.json) console.log(JSON.stringify({ ...summary, comparison: contenders, unseen }, null, 2));
  return disagreements(contenders ?? [], unseen);
}

/**
 * Says who disagrees about what.
 *
 * @param {import('./demo/comparison.mjs').Compared[]} contenders
 * @param {string[]} unseen
 * @returns {number} the exit code
 */
function disagreements(contenders, unseen) {
  const differing = contenders.filter((compared) => compared.differing > 0);
  for (const { name, differing: count } of differing) {
    console.error(`${name} has other digests for ${count} files that have not changed.`);
  }
  if (unseen.length > 0) console.error(`Others found ${unseen.length} files that Millrace did not, such as ${unseen[0]}`);
  return differing.length + unseen.length > 0 ? 1 : 0;
}

/** @param {DemoOptions} options @returns {Promise<{ job: JobResult, summary: Summary }>} */
async function runJob({ directory, algorithm }) {
  // The library is loaded only now, so that a wrong command line is answered without it.
  const { nativeJob, statuses } = await import('./demo/native-job.mjs');
  const { signal } = cancelling;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const job = await nativeJob(directory, {
    algorithm,
    signal,
    onWalked: (files) => process.stderr.write(`found ${files} files in ${directory}\n`),
    onProgress: (completed, total) => progress.update(completed, total),
  });
  const equal = equalFiles(job.files);
  const groups = duplicateGroups(equal, await statuses(equal.flat(), signal));
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  progress.end();
  return {
    job,
    summary: {
      directory,
      algorithm,
      files: job.files.length,
      bytes: job.files.reduce((sum, { size }) => sum + size, 0),
      failed: job.failed,
      duplicates: {
        groups: groups.length,
        files: groups.reduce((sum, { paths }) => sum + paths.length, 0),
        wastedBytes: groups.reduce((sum, { wastedBytes }) => sum + wastedBytes, 0),
        largest: groups.slice(0, kLargestShown),
      },
      ms,
      walkMs: job.walkMs,
      cores: (user + system) / 1000 / ms,
      usableCores: availableParallelism(),
    },
  };
}

/** @param {Summary} summary */
function printSummary(summary) {
  console.log(`\n${summaryTable(summary)}`);
  if (summary.failed.length > 0) console.log(`\n${failureLines(summary.failed)}`);
  const lines = duplicateLines(summary.duplicates.largest);
  if (lines !== '') console.log(`\n${lines}`);
}

/** @param {DemoOptions} options @param {JobResult} job @param {number} since */
async function compare({ directory, algorithm, json }, job, since) {
  const { compareJobs } = await import('./demo/comparison.mjs');
  const { signal } = cancelling;
  if (!json) console.log();
  const compared = await compareJobs(directory, algorithm, job, {
    since,
    signal,
    onStep: (done, total) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2Kcomparing: process ${done} of ${total}`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
  const list = compared.contenders;
  if (!json) {
    console.log(comparisonTable(list));
    if (list.length === 1) console.log(`Nothing installed computes ${algorithm} otherwise: npm ci --prefix bench/js`);
    else if (list.every(({ differing }) => differing === 0)) console.log('All agree on the digest of every file that they read.');
  }
  return compared;
}

/** @param {unknown} error @returns {number} the exit code */
function report(error) {
  if (error instanceof Cancelled) {
    console.error(`\n${error.message}: nothing was left running`);
    return error.exitCode;
  }
  const known = error instanceof DemoError || /** @type {{ code?: string }} */ (error)?.code === 'ERR_NATIVE_UNAVAILABLE';
  console.error(known ? /** @type {Error} */ (error).message : error);
  return known ? 2 : 1;
}
