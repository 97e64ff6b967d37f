// The same job without Millrace: as the naive class does it, and as the best plain JavaScript does it.

import * as crypto from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { NaiveParallelProcessor, RepairedNaiveParallelProcessor } from '../../bench/js/naive/parallel-processor.mjs';

/**
 * @typedef {import('./native-job.mjs').JobResult} JobResult
 * @typedef {import('./native-job.mjs').HashedFile} HashedFile
 * @typedef {import('./native-job.mjs').FailedFile} FailedFile
 * @typedef {(content: Buffer) => string} Hash
 */

const kNaiveConcurrency = 8;
// The peers live in bench/js and are never dependencies of the package: what is not installed is left out.
const requirePeer = createRequire(new URL('../../bench/js/package.json', import.meta.url));

/** @param {string} name @returns {any} undefined when it is not installed */
export function peer(name) {
  try {
    return requirePeer(name);
  } catch {
    return undefined;
  }
}

/** @param {string} algorithm @returns {Hash | null} null when nothing installed can compute it */
export function plainHash(algorithm) {
  if (!algorithm.startsWith('xxh3')) {
    return crypto.hash
      ? (content) => crypto.hash(algorithm, content, 'hex')
      : (content) => crypto.createHash(algorithm).update(content).digest('hex');
  }
  const xxh3 = peer('@node-rs/xxhash')?.xxh3;
  if (xxh3 === undefined) return null;
  return algorithm === 'xxh3-64'
    ? (content) => xxh3.xxh64(content).toString(16).padStart(16, '0')
    : (content) => xxh3.xxh128(content).toString(16).padStart(32, '0');
}

/** @param {string} directory @param {Hash} hash @returns {JobResult} */
export function syncJob(directory, hash) {
  const started = performance.now();
  /** @type {string[]} */
  const paths = [];
  /** @type {FailedFile[]} */
  const failed = [];
  const folders = [directory];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) folders.push(`${folder}/${entry.name}`);
        else if (entry.isFile()) paths.push(`${folder}/${entry.name}`);
      }
    } catch (error) {
      failed.push({ path: folder, code: codeOf(error) });
    }
  }
  const walkMs = performance.now() - started;
  return { ...hashSync(paths, failed, hash), walkMs };
}

/** @param {string} directory @param {Hash} hash @returns {JobResult} */
export function fdirJob(directory, hash) {
  const { fdir: Fdir } = peer('fdir');
  const started = performance.now();
  const paths = new Fdir({ includeBasePath: true, resolvePaths: true, excludeSymlinks: true, suppressErrors: true })
    .crawl(directory)
    .sync();
  const walkMs = performance.now() - started;
  return { ...hashSync(paths, [], hash), walkMs };
}

/** @param {string[]} paths @param {FailedFile[]} failed @param {Hash} hash */
function hashSync(paths, failed, hash) {
  /** @type {HashedFile[]} */
  const files = [];
  for (const path of paths) {
    try {
      const content = readFileSync(path);
      files.push({ path, hash: hash(content), size: content.length });
    } catch (error) {
      failed.push({ path, code: codeOf(error) });
    }
  }
  return { files, failed };
}

/** @param {string} directory @param {Hash} hash @returns {Promise<JobResult>} */
export function naiveJob(directory, hash) {
  return withNaiveClass(NaiveParallelProcessor, directory, hash);
}

/** @param {string} directory @param {Hash} hash @returns {Promise<JobResult>} */
export function repairedNaiveJob(directory, hash) {
  return withNaiveClass(RepairedNaiveParallelProcessor, directory, hash);
}

/**
 * @param {typeof NaiveParallelProcessor} Naive
 * @param {string} directory
 * @param {Hash} hash
 * @returns {Promise<JobResult>}
 */
async function withNaiveClass(Naive, directory, hash) {
  const started = performance.now();
  const paths = await listFiles(directory);
  const walkMs = performance.now() - started;
  const processor = new Naive(
    async (/** @type {string} */ file) => {
      const content = await readFile(file);
      return { path: file, hash: hash(content), size: content.length };
    },
    { concurrency: kNaiveConcurrency },
  );
  const { results, errors } = await processor.process(paths);
  const failed = errors.map(({ item, error }) => ({ path: item, code: codeOf(error) }));
  return { files: results, failed, walkMs };
}

/** @param {string} directory @returns {Promise<string[]>} */
async function listFiles(directory) {
  /** @type {string[]} */
  const files = [];
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) {
      for (const file of await listFiles(full)) files.push(file);
    } else if (entry.isFile()) {
      files.push(full);
    }
  }
  return files;
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {{ code?: string }} */ (error).code ?? String(error);
}
