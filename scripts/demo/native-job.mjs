// The job as Millrace does it: walk, hash and, for duplicates only, stat, all on native threads.

import { ParallelProcessor, operations } from 'millrace';

/**
 * @typedef {object} HashedFile
 * @property {string} path
 * @property {string} hash
 * @property {number} size
 * @property {Buffer} [rawPath]   the bytes of a path that is not UTF-8
 *
 * @typedef {object} FailedFile
 * @property {string} path
 * @property {string} code
 *
 * @typedef {object} JobResult
 * @property {HashedFile[]} files
 * @property {FailedFile[]} failed
 * @property {number} walkMs
 *
 * @typedef {object} JobSettings
 * @property {import('millrace').HashAlgorithm} algorithm
 * @property {AbortSignal} [signal]
 * @property {(files: number) => void} [onWalked]
 * @property {(completed: number, total: number) => void} [onProgress]
 */

/**
 * @param {string} directory
 * @param {JobSettings} settings
 * @returns {Promise<JobResult>}
 */
export async function nativeJob(directory, { algorithm, signal, onWalked, onProgress }) {
  const started = performance.now();
  const { paths, undecodable, errors: unread } = await operations.walk().run(directory, { ...(signal && { signal }) });
  const walkMs = performance.now() - started;
  onWalked?.(paths.length + undecodable.length);
  const processor = new ParallelProcessor(operations.hashFile({ algorithm }), {
    ...(signal && { signal }),
    ...(onProgress && { progressCallback: onProgress }),
  });
  try {
    // A name that is not UTF-8 has no string that leads back to the file: it goes in as bytes.
    const items = [...paths, ...undecodable];
    const { results, errors } = await processor.process(items);
    const failures = new Map(errors.map(({ index, error }) => [index, codeOf(error)]));
    /** @type {HashedFile[]} */
    const files = [];
    const failed = unread.map(({ path, code }) => ({ path, code }));
    for (const [index, item] of items.entries()) {
      const path = item.toString();
      const code = failures.get(index);
      if (code !== undefined) failed.push({ path, code });
      else files.push({ path, ...results[files.length], ...(typeof item !== 'string' && { rawPath: item }) });
    }
    return { files, failed, walkMs };
  } finally {
    await processor.close();
  }
}

/**
 * Which file on disk each path names: hard links of one file share theirs, and waste nothing.
 *
 * @param {HashedFile[]} files
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<HashedFile, string>>}
 */
export async function identities(files, signal) {
  const processor = new ParallelProcessor(operations.stat(), { ...(signal && { signal }) });
  try {
    const { results, errors } = await processor.process(files.map(({ path, rawPath }) => rawPath ?? path));
    const failed = new Set(errors.map(({ index }) => index));
    const found = files.filter((_, index) => !failed.has(index));
    return new Map(found.map((file, index) => [file, `${results[index].dev}:${results[index].ino}`]));
  } finally {
    await processor.close();
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {{ code?: string }} */ (error).code ?? String(error);
}
