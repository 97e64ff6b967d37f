// Compression of content: LZ4 and zstd frames, gzip, zlib and raw deflate.
import { types } from 'node:util';
import { NativeLane } from '../native-lane.js';
import { boolean, integer, oneOf, rangeError, record, typeError } from '../options.js';
import { DEFAULT_MAX_BYTES, MOST_BYTES } from './limits.js';
import { Operation } from './operation.js';

/** @typedef {import('../../types/operations/index.js').Operation<string | Uint8Array, Buffer>} BytesOperation */

const DEFLATE_FORMATS = /** @type {const} */ (['gzip', 'zlib', 'deflate']);
const INFLATE_FORMATS = /** @type {const} */ ([...DEFLATE_FORMATS, 'auto']);

/**
 * @param {string} name
 * @param {Record<string, unknown>} options completed
 */
function bytesToBytes(name, options) {
  return new Operation(name, options, {
    input: 'bytes',
    blocking: false,
    returnsBytes: true,
    passesOn: 'bytes',
    decode: (view, k) => view.block(k),
  });
}

/** @param {unknown} value */
export function maxBytesOf(value) {
  return integer('maxBytes', value, DEFAULT_MAX_BYTES, 1, MOST_BYTES);
}

/** @param {unknown} value */
export function lz4LevelOf(value) {
  return integer('level', value, 0, 0, 12);
}

/**
 * @param {unknown} value
 * @param {number} max 12, or 9 in streams
 */
export function deflateLevelOf(value, max) {
  return integer('level', value, 6, 0, max);
}

/**
 * A copy: the caller may go on to use the bytes for something else.
 * @param {unknown} value
 * @returns {Uint8Array | null}
 */
function dictionaryOf(value) {
  if (value === undefined || value === null) return null;
  if (!types.isUint8Array(value)) throw typeError('dictionary', 'a Buffer or Uint8Array', value);
  if (value.byteLength === 0) throw rangeError('dictionary', 'bytes', value);
  return Uint8Array.from(value);
}

/** @param {Record<string, unknown>} given */
export function zstdCompressOptions(given) {
  return {
    level: integer('level', given.level, 3, -7, 22),
    checksum: boolean('checksum', given.checksum, true),
    dictionary: dictionaryOf(given.dictionary),
  };
}

/** @param {Record<string, unknown>} given */
export function zstdDecompressOptions(given) {
  return {
    maxBytes: maxBytesOf(given.maxBytes),
    windowLogMax: integer('windowLogMax', given.windowLogMax, 27, 10, 31),
    dictionary: dictionaryOf(given.dictionary),
  };
}

/**
 * Only libzstd can tell whether it takes a dictionary, which it does when a lane is opened.
 * @param {Operation} operation
 */
export function withUsableDictionary(operation) {
  if (operation.options.dictionary === null) return operation;
  try {
    new NativeLane(operation, 1).close();
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code !== 'ERR_INVALID_ARGUMENT') throw error;
    throw rangeError('dictionary', 'a zstd dictionary', operation.options.dictionary);
  }
  return operation;
}

/**
 * @param {unknown} [options]
 * @returns {BytesOperation}
 */
function lz4Compress(options) {
  const given = record('options', options);
  return bytesToBytes('lz4Compress', { level: lz4LevelOf(given.level) });
}

/**
 * @param {unknown} [options]
 * @returns {BytesOperation}
 */
function lz4Decompress(options) {
  const given = record('options', options);
  return bytesToBytes('lz4Decompress', { maxBytes: maxBytesOf(given.maxBytes) });
}

/**
 * @param {unknown} [options]
 * @returns {BytesOperation}
 */
function zstdCompress(options) {
  return withUsableDictionary(bytesToBytes('zstdCompress', zstdCompressOptions(record('options', options))));
}

/**
 * @param {unknown} [options]
 * @returns {BytesOperation}
 */
function zstdDecompress(options) {
  return withUsableDictionary(bytesToBytes('zstdDecompress', zstdDecompressOptions(record('options', options))));
}

/**
 * @param {unknown} [options]
 * @returns {BytesOperation}
 */
function gzip(options) {
  const given = record('options', options);
  return bytesToBytes('gzip', { format: oneOf('format', given.format, 'gzip', DEFLATE_FORMATS), level: deflateLevelOf(given.level, 12) });
}

/**
 * @param {unknown} [options]
 * @returns {BytesOperation}
 */
function gunzip(options) {
  const given = record('options', options);
  return bytesToBytes('gunzip', { format: oneOf('format', given.format, 'gzip', INFLATE_FORMATS), maxBytes: maxBytesOf(given.maxBytes) });
}

export const compressionOperations = { lz4Compress, lz4Decompress, zstdCompress, zstdDecompress, gzip, gunzip };
