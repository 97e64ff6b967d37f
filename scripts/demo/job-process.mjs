// Runs one contender's job in this fresh process and reports to file descriptor 3: node job-process.mjs CONTENDER DIR ALGORITHM

import { writeSync } from 'node:fs';
import { peakMemory } from '../../bench/harness/machine.mjs';
import { equalFiles } from './duplicates.mjs';
import { fdirJob, naiveJob, plainHash, repairedNaiveJob, syncJob } from './plain-jobs.mjs';

/**
 * @typedef {import('./native-job.mjs').JobResult} JobResult
 *
 * @typedef {object} JobReport
 * @property {number} ms
 * @property {number} cores        used on average
 * @property {number} rss          peak bytes
 * @property {number} failed
 * @property {number} duplicates   groups
 * @property {string[]} paths
 * @property {string[]} hashes
 */

const kReport = 3;
const [contender, directory] = process.argv.slice(2);
const algorithm = /** @type {import('millrace').HashAlgorithm} */ (process.argv[4]);

/** @returns {Promise<() => JobResult | Promise<JobResult>>} */
async function jobOf() {
  if (contender === 'millrace') {
    // Loaded here only: the others must not pay for it.
    const { nativeJob } = await import('./native-job.mjs');
    return () => nativeJob(directory, { algorithm });
  }
  const hash = plainHash(algorithm);
  const job = { naive: naiveJob, repaired: repairedNaiveJob, sync: syncJob, fdir: fdirJob }[contender];
  if (hash === null || job === undefined) throw new Error(`no job "${contender}" for ${algorithm}`);
  return () => job(directory, hash);
}

const job = await jobOf();
const cpuBefore = process.cpuUsage();
const started = performance.now();
const { files, failed } = await job();
const duplicates = equalFiles(files).length;
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpuBefore);

/** @type {JobReport} */
const report = {
  ms,
  cores: (user + system) / 1000 / ms,
  rss: peakMemory(),
  failed: failed.length,
  duplicates,
  paths: files.map(({ path }) => path),
  hashes: files.map(({ hash }) => hash),
};
const bytes = Buffer.from(JSON.stringify(report));
for (let sent = 0; sent < bytes.length;) sent += writeSync(kReport, bytes, sent);
