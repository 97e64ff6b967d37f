// Digests of content and of files.
import { oneOf, record } from '../options.js';
import { Operation } from './operation.js';

/** Hex characters of each digest. */
export const WIDTHS = { 'xxh3-64': 16, 'xxh3-128': 32, sha256: 64, sha1: 40, md5: 32, blake3: 64 };
/** @typedef {keyof typeof WIDTHS} Algorithm */
export const ALGORITHMS = /** @type {Algorithm[]} */ (Object.keys(WIDTHS));

/** @param {unknown} value */
export function algorithmOf(value) {
  return oneOf('algorithm', value, 'xxh3-64', ALGORITHMS);
}

/** @param {unknown} options */
function hashOptions(options) {
  return { algorithm: algorithmOf(record('options', options).algorithm) };
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, string>}
 */
function hash(options) {
  const completed = hashOptions(options);
  const width = WIDTHS[completed.algorithm];
  return new Operation('hash', completed, { input: 'bytes', blocking: false, decode: (view, k) => view.fixedText(k, width) });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<import('../../types/operations/index.js').FilePath, import('../../types/operations/index.js').FileHash>}
 */
function hashFile(options) {
  const completed = hashOptions(options);
  const width = WIDTHS[completed.algorithm];
  return new Operation('hashFile', completed, {
    input: 'path',
    blocking: true,
    decode: (view, k) => ({ hash: view.fixedText(k, width), size: view.number(k) }),
  });
}

export const digestOperations = { hash, hashFile };
