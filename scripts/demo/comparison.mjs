// The same job by everybody, each in fresh processes, on a page cache that the main run has warmed.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../../bench/harness/statistics.mjs';
import { hashFiles, statuses } from './native-job.mjs';
import { peer, plainHash } from './plain-jobs.mjs';

/**
 * @typedef {import('./job-process.mjs').JobReport} JobReport
 * @typedef {import('./native-job.mjs').HashedFile} HashedFile
 * @typedef {import('millrace').HashAlgorithm} HashAlgorithm
 *
 * @typedef {object} Compared
 * @property {string} contender
 * @property {string} name
 * @property {number} ms          median of the rounds
 * @property {number} ratio       its time / Millrace's time
 * @property {number} cores
 * @property {number} rss
 * @property {number} files       processed
 * @property {number} failed
 * @property {number} lost        of the main run's files that it does not have
 * @property {number} differing   digests that are not the main run's
 */

const kEntry = fileURLToPath(new URL('./job-process.mjs', import.meta.url));
const kRounds = 3;
// A job this long is noise enough by itself, and three of it would try anybody's patience.
const kLongJobMs = 5_000;

const kNames = /** @type {Record<string, string>} */ ({
  millrace: 'Millrace',
  naive: 'naive class, as written',
  repaired: 'naive class, repaired',
  sync: 'plain JavaScript, sync loop',
  fdir: 'fdir + sync loop',
});

/**
 * @param {string} directory
 * @param {HashAlgorithm} algorithm
 * @param {import('./native-job.mjs').JobResult} main   what the main run found, begun at `since`
 * @param {{ since: number, signal: AbortSignal, onStep: (done: number, total: number) => void }} settings
 * @returns {Promise<{ contenders: Compared[], unseen: string[] }>} `unseen`: what others found and the main run did not
 */
export async function compareJobs(directory, algorithm, main, { since, signal, onStep }) {
  const contenders = contendersFor(algorithm);
  /** @type {Map<string, JobReport[]>} */
  const reports = new Map(contenders.map((contender) => [contender, []]));
  let rounds = kRounds;
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const report = await runJob(contender, directory, algorithm, signal);
      reports.get(contender)?.push(report);
      if (report.ms > kLongJobMs) rounds = 1;
      onStep(round * contenders.length + index + 1, rounds * contenders.length);
    }
  }
  const hashOf = await unchanged(main.files, algorithm, signal);
  const ours = median((reports.get('millrace') ?? []).map(({ ms }) => ms));
  return {
    contenders: contenders.map((contender) => compared(contender, reports.get(contender) ?? [], ours, hashOf)),
    unseen: await unseenFiles(main, [...reports.values()].flat(), since, signal),
  };
}

/**
 * Files that some contender read, that the main run does not mention, and that are older than it.
 *
 * @param {import('./native-job.mjs').JobResult} main
 * @param {JobReport[]} reports
 * @param {number} since  ms since the epoch
 * @param {AbortSignal} signal
 */
async function unseenFiles(main, reports, since, signal) {
  const mentioned = new Set([...main.files, ...main.failed].map(({ path }) => path));
  const others = new Set(reports.flatMap(({ paths }) => paths.filter((path) => !mentioned.has(path))));
  const statusOf = await statuses([...others].map((path) => ({ path })), signal);
  return [...statusOf].flatMap(([{ path }, { ctimeMs }]) => (ctimeMs < since ? [path] : []));
}

/**
 * The digests of the files that are still what they were. A tree that somebody works in changes meanwhile: what was written or removed
 * during the comparison says nothing about the contenders.
 *
 * @param {HashedFile[]} expected
 * @param {HashAlgorithm} algorithm
 * @param {AbortSignal} signal
 * @returns {Promise<Map<string, string>>}
 */
async function unchanged(expected, algorithm, signal) {
  const before = new Map(expected.map(({ path, hash }) => [path, hash]));
  const { files } = await hashFiles(expected.map(({ path, rawPath }) => rawPath ?? path), { algorithm, signal });
  return new Map(files.flatMap(({ path, hash }) => (before.get(path) === hash ? [[path, hash]] : [])));
}

/** What is installed and can compute the algorithm. @param {string} algorithm */
function contendersFor(algorithm) {
  if (plainHash(algorithm) === null) return ['millrace'];
  return ['millrace', 'naive', 'repaired', 'sync', ...(peer('fdir') === undefined ? [] : ['fdir'])];
}

/**
 * @param {string} contender
 * @param {JobReport[]} reports
 * @param {number} oursMs
 * @param {Map<string, string>} hashOf
 * @returns {Compared}
 */
function compared(contender, reports, oursMs, hashOf) {
  const { paths, hashes, failed } = reports[reports.length - 1];
  const ms = median(reports.map((report) => report.ms));
  const known = paths.filter((path) => hashOf.has(path)).length;
  return {
    contender,
    name: kNames[contender],
    ms,
    ratio: ms / oursMs,
    cores: median(reports.map(({ cores }) => cores)),
    rss: median(reports.map(({ rss }) => rss)),
    files: paths.length,
    failed,
    lost: hashOf.size - known,
    differing: paths.filter((path, index) => hashOf.has(path) && hashOf.get(path) !== hashes[index]).length,
  };
}

/**
 * @param {string} contender
 * @param {string} directory
 * @param {string} algorithm
 * @param {AbortSignal} signal
 * @returns {Promise<JobReport>}
 */
function runJob(contender, directory, algorithm, signal) {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [kEntry, contender, directory, algorithm], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const stop = () => child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    /** @type {Buffer[]} */
    const report = [];
    let errors = '';
    /** @type {import('node:stream').Readable} */ (child.stdio[3]).on('data', (chunk) => report.push(chunk));
    /** @type {import('node:stream').Readable} */ (child.stdio[2]).on('data', (chunk) => (errors += chunk));
    child.on('error', reject);
    // Only once the child is gone: a cancelled demo leaves nothing running.
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else if (code !== 0) reject(new Error(`${kNames[contender]} failed with exit code ${code}\n${errors.trim()}`));
      else resolve(JSON.parse(Buffer.concat(report).toString()));
    });
  });
}
