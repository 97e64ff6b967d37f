// Compression of content.
import { integer, record } from '../options.js';
import { DEFAULT_MAX_BYTES, MOST_BYTES } from './limits.js';
import { Operation } from './operation.js';

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, Buffer>}
 */
function lz4Compress(options) {
  const given = record('options', options);
  const completed = { level: integer('level', given.level, 0, 0, 12) };
  return new Operation('lz4Compress', completed, { input: 'bytes', blocking: false, returnsBytes: true, decode: (view, k) => view.block(k) });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, Buffer>}
 */
function lz4Decompress(options) {
  const given = record('options', options);
  const completed = { maxBytes: integer('maxBytes', given.maxBytes, DEFAULT_MAX_BYTES, 1, MOST_BYTES) };
  return new Operation('lz4Decompress', completed, { input: 'bytes', blocking: false, returnsBytes: true, decode: (view, k) => view.block(k) });
}

export const compressionOperations = { lz4Compress, lz4Decompress };
