// The job as Millrace does it: walk, hash and, for duplicates only, stat, all on native threads.

import { ParallelProcessor, operations } from 'millrace';
import { walkedFiles } from './walked-files.mjs';

/**
 * @typedef {object} HashedFile
 * @property {string} path
 * @property {string} hash
 * @property {number} size
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
 * @property {string} algorithm
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
  const { paths, failed } = await walkedFiles(directory, signal);
  const walkMs = performance.now() - started;
  onWalked?.(paths.length);
  const processor = new ParallelProcessor(operations.hashFile({ algorithm }), {
    ...(signal && { signal }),
    ...(onProgress && { progressCallback: onProgress }),
  });
  try {
    const { results, errors } = await processor.process(paths);
    const failures = new Map(errors.map(({ index, error }) => [index, codeOf(error)]));
    /** @type {HashedFile[]} */
    const files = [];
    for (const [index, path] of paths.entries()) {
      const code = failures.get(index);
      if (code === undefined) files.push({ path, ...results[files.length] });
      else failed.push({ path, code });
    }
    return { files, failed, walkMs };
  } finally {
    await processor.close();
  }
}

/**
 * Which file on disk each path names: hard links of one file share theirs, and waste nothing.
 *
 * @param {string[]} paths
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<string, string>>}
 */
export async function identities(paths, signal) {
  const processor = new ParallelProcessor(operations.stat(), { ...(signal && { signal }) });
  try {
    const { results, errors } = await processor.process(paths);
    const failed = new Set(errors.map(({ index }) => index));
    let next = 0;
    return new Map(
      paths.flatMap((path, index) => {
        if (failed.has(index)) return [];
        const { dev, ino } = results[next++];
        return [/** @type {[string, string]} */ ([path, `${dev}:${ino}`])];
      }),
    );
  } finally {
    await processor.close();
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {{ code?: string }} */ (error).code ?? String(error);
}
