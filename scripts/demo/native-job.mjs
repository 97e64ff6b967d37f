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
 * @property {(completed: number, total: number) => void} [onProgress]
 */

/**
 * @param {string} directory
 * @param {JobSettings & { onWalked?: (files: number) => void }} settings
 * @returns {Promise<JobResult>}
 */
export async function nativeJob(directory, { onWalked, ...settings }) {
  const started = performance.now();
  const { signal } = settings;
  const { paths, undecodable, errors } = await operations.walk({ dot: true }).run(directory, { ...(signal && { signal }) });
  const walkMs = performance.now() - started;
  onWalked?.(paths.length + undecodable.length);
  // A name that is not UTF-8 has no string that leads back to the file: it goes in as bytes.
  const { files, failed } = await hashFiles([...paths, ...undecodable], settings);
  return { files, failed: [...errors.map(({ path, code }) => ({ path: String(path), code })), ...failed], walkMs };
}

/**
 * @param {(string | Buffer)[]} items
 * @param {JobSettings} settings
 * @returns {Promise<{ files: HashedFile[], failed: FailedFile[] }>}
 */
export async function hashFiles(items, { algorithm, signal, onProgress }) {
  const processor = new ParallelProcessor(operations.hashFile({ algorithm }), {
    ...(signal && { signal }),
    ...(onProgress && { progressCallback: onProgress }),
  });
  try {
    const { results, errors } = await processor.process(items);
    const failures = new Map(errors.map(({ index, error }) => [index, codeOf(error)]));
    /** @type {HashedFile[]} */
    const files = [];
    /** @type {FailedFile[]} */
    const failed = [];
    for (const [index, item] of items.entries()) {
      const path = item.toString();
      const code = failures.get(index);
      if (code !== undefined) failed.push({ path, code });
      else files.push({ path, ...results[files.length], ...(typeof item !== 'string' && { rawPath: item }) });
    }
    return { files, failed };
  } finally {
    await processor.close();
  }
}

/**
 * The status of each file that still has one.
 *
 * @template {{ path: string, rawPath?: Buffer }} File
 * @param {File[]} files
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<File, import('millrace').FileStat>>}
 */
export async function statuses(files, signal) {
  const processor = new ParallelProcessor(operations.stat(), { ...(signal && { signal }) });
  try {
    const { results, errors } = await processor.process(files.map(({ path, rawPath }) => rawPath ?? path));
    const failed = new Set(errors.map(({ index }) => index));
    const found = files.filter((_, index) => !failed.has(index));
    return new Map(found.map((file, index) => [file, results[index]]));
  } finally {
    await processor.close();
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {{ code?: string }} */ (error).code ?? String(error);
}
