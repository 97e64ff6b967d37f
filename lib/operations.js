// The native operations: what each takes, its completed options, and how its packed results become
// JavaScript values. An operation is immutable and may be used by any number of processors.
import { NativeLane, errorFrom } from './native-lane.js';
import { constants } from 'node:buffer';
import { types } from 'node:util';
import { usableCores } from './cores.js';
import { native } from './native.js';
import { typeError, rangeError, boolean, integer, oneOf, optionalSignal, record } from './options.js';

/** @typedef {import('./native-lane.js').BatchResult} BatchResult */

const ALGORITHMS = /** @type {const} */ (['xxh3-64', 'xxh3-128', 'sha256', 'sha1', 'md5']);
const DEFAULT_MAX_BYTES = 1024 * 1024 * 1024;
/** What a Buffer can hold. */
const MOST_BYTES = constants.MAX_LENGTH;

/**
 * @typedef {object} Definition
 * @property {'none' | 'path' | 'bytes'} input what an item is
 * @property {boolean} blocking whether it waits for a device
 * @property {boolean} [returnsBytes] whether results are blocks of bytes, which may be large
 * @property {(result: BatchResult, k: number, item: unknown) => unknown} decode
 */

export class Operation {
  /**
   * @param {string} name
   * @param {Record<string, unknown>} options completed
   * @param {Definition} definition
   */
  constructor(name, options, definition) {
    this.name = name;
    this.options = Object.freeze(options);
    this.input = definition.input;
    this.blocking = definition.blocking;
    this.returnsBytes = definition.returnsBytes ?? false;
    this.decode = definition.decode;
    Object.freeze(this);
  }

  /** @type {string} */
  name;

  /**
   * Whether a value is of the type that the operation takes.
   * @param {unknown} value
   */
  accepts(value) {
    return this.input === 'none' || typeof value === 'string' || types.isUint8Array(value);
  }

  /**
   * @param {unknown} value
   * @param {{ signal?: AbortSignal | null }} [options]
   * @returns {Promise<any>}
   */
  async run(value, options) {
    const signal = optionalSignal('signal', record('options', options).signal);
    signal?.throwIfAborted();
    return runOne(this, value, signal);
  }
}

/**
 * @param {Operation} operation
 * @param {unknown} value
 * @param {AbortSignal | null} signal
 */
function runOne(operation, value, signal) {
  if (!operation.accepts(value)) {
    throw typeError('value', 'a string, Buffer or Uint8Array', value);
  }
  const lane = new NativeLane(operation, 1);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      lane.close();
      reject(signal?.reason);
    };
    try {
      lane.submit([value], 0, (result) => {
        signal?.removeEventListener('abort', onAbort);
        lane.close();
        try {
          if (result.failures !== null) reject(result.failures.get(0));
          else resolve(operation.decode(result, 0, value));
        } catch (error) {
          reject(error);
        }
      });
    } catch (error) {
      lane.close();
      throw error;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * @param {BatchResult} result
 * @param {number} k
 */
function blockOf({ blocks, places }, k) {
  const at = 3 * k;
  const [block = 0, offset = 0, length = 0] = /** @type {Float64Array} */ (places).subarray(at, at + 3);
  return Buffer.from(/** @type {ArrayBuffer} */ (/** @type {ArrayBuffer[]} */ (blocks)[block]), offset, length);
}

/**
 * @param {BatchResult} result
 * @param {number} k
 */
function textOf({ text = '', ends }, k) {
  const list = /** @type {Float64Array} */ (ends);
  return text.slice(k === 0 ? 0 : list[k - 1], list[k]);
}

/**
 * @param {number} width characters of a digest
 * @returns {Definition['decode']}
 */
function digestAt(width) {
  return ({ text = '' }, k) => text.slice(k * width, (k + 1) * width);
}

/** @param {typeof ALGORITHMS[number]} algorithm */
function digestWidth(algorithm) {
  return { 'xxh3-64': 16, 'xxh3-128': 32, sha256: 64, sha1: 40, md5: 32 }[algorithm];
}

/** @param {unknown} options */
function hashOptions(options) {
  const given = record('options', options);
  return { algorithm: oneOf('algorithm', given.algorithm, 'xxh3-64', ALGORITHMS) };
}

/**
 * @param {unknown} [options]
 * @returns {import('../types/operations.js').Operation<string | Uint8Array, string>}
 */
function hash(options) {
  const completed = hashOptions(options);
  const decode = digestAt(digestWidth(completed.algorithm));
  return new Operation('hash', completed, { input: 'bytes', blocking: false, decode });
}

/**
 * @param {unknown} [options]
 * @returns {import('../types/operations.js').Operation<import('../types/operations.js').FilePath, import('../types/operations.js').FileHash>}
 */
function hashFile(options) {
  const completed = hashOptions(options);
  const digest = digestAt(digestWidth(completed.algorithm));
  return new Operation('hashFile', completed, {
    input: 'path',
    blocking: true,
    decode: (result, k, item) => ({ hash: digest(result, k, item), size: result.numbers?.[k] }),
  });
}

const FILE_TYPES = ['unknown', 'file', 'directory', 'symlink', 'fifo', 'socket', 'characterDevice', 'blockDevice'];
const STAT_COLUMNS = 12;
const WALK_COLUMNS = 6;

/**
 * @param {BatchResult} result
 * @param {number} k
 */
function decodeStat({ numbers }, k) {
  const columns = /** @type {Float64Array} */ (numbers);
  const at = (/** @type {number} */ column) => columns[k * STAT_COLUMNS + column];
  return {
    size: at(0),
    mtimeMs: at(1),
    mode: at(2),
    ino: at(3),
    dev: at(4),
    type: FILE_TYPES[at(5)] ?? 'unknown',
    nlink: at(6),
    ctimeMs: at(7),
    birthtimeMs: at(8),
    atimeMs: at(9),
    uid: at(10),
    gid: at(11),
  };
}

/**
 * @param {unknown} [options]
 * @returns {import('../types/operations.js').Operation<import('../types/operations.js').FilePath, import('../types/operations.js').FileStat>}
 */
function stat(options) {
  const given = record('options', options);
  const completed = { followSymlinks: boolean('followSymlinks', given.followSymlinks, true) };
  return new Operation('stat', completed, { input: 'path', blocking: true, decode: decodeStat });
}

/**
 * @param {unknown} [options]
 * @returns {import('../types/operations.js').Operation<import('../types/operations.js').FilePath, Buffer>}
 */
function readFile(options) {
  const given = record('options', options);
  const completed = { maxBytes: integer('maxBytes', given.maxBytes, DEFAULT_MAX_BYTES, 1, MOST_BYTES) };
  return new Operation('readFile', completed, { input: 'path', blocking: true, returnsBytes: true, decode: blockOf });
}

/**
 * @param {unknown} [options]
 * @returns {import('../types/operations.js').Operation<string | Uint8Array, Buffer>}
 */
function lz4Compress(options) {
  const given = record('options', options);
  const completed = { level: integer('level', given.level, 0, 0, 12) };
  return new Operation('lz4Compress', completed, { input: 'bytes', blocking: false, returnsBytes: true, decode: blockOf });
}

/**
 * @param {unknown} [options]
 * @returns {import('../types/operations.js').Operation<string | Uint8Array, Buffer>}
 */
function lz4Decompress(options) {
  const given = record('options', options);
  const completed = { maxBytes: integer('maxBytes', given.maxBytes, DEFAULT_MAX_BYTES, 1, MOST_BYTES) };
  return new Operation('lz4Decompress', completed, { input: 'bytes', blocking: false, returnsBytes: true, decode: blockOf });
}

/**
 * A glob or a list of globs.
 * @param {string} name
 * @param {unknown} value
 * @returns {string[]}
 */
function globList(name, value) {
  if (value === undefined || value === null) return [];
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list)) throw typeError(name, 'a glob or a list of globs', value);
  for (const glob of list) {
    if (typeof glob !== 'string') throw typeError(name, 'a glob or a list of globs', glob);
    const problem = native().checkGlob(glob);
    if (problem !== undefined) throw rangeError(name, `a glob (${problem})`, glob);
  }
  return list;
}

const MAX_DEPTH = 0xffffffff;
const PATH_FORMS = /** @type {const} */ (['rooted', 'relative', 'absolute']);

/**
 * @param {unknown} [options]
 * @returns {import('../types/operations.js').Operation<import('../types/operations.js').FilePath, import('../types/operations.js').WalkResult>}
 */
function walk(options) {
  const given = record('options', options);
  const completed = {
    patterns: globList('patterns', given.patterns),
    ignore: globList('ignore', given.ignore),
    gitignore: boolean('gitignore', given.gitignore, false),
    dot: boolean('dot', given.dot, false),
    caseSensitive: boolean('caseSensitive', given.caseSensitive, true),
    symlinks: oneOf('symlinks', given.symlinks, 'skip', ['skip', 'list', 'follow']),
    include: oneOf('include', given.include, 'files', ['files', 'directories', 'all']),
    paths: oneOf('paths', given.paths, 'rooted', PATH_FORMS),
    maxDepth: given.maxDepth === Infinity ? MAX_DEPTH : integer('maxDepth', given.maxDepth, MAX_DEPTH, 1, MAX_DEPTH),
    sorted: boolean('sorted', given.sorted, false),
    sizes: boolean('sizes', given.sizes, false),
    threads: integer('threads', given.threads, Math.max(2, usableCores()), 1, 64),
  };
  return new Operation('walk', completed, {
    input: 'path',
    blocking: true,
    returnsBytes: true,
    decode: (result, k, root) => decodeWalk(result, k, root, completed.include === 'all'),
  });
}

/**
 * The packing is WalkOperation's (native/operations/walk_operation.h).
 * @param {BatchResult} result
 * @param {number} k
 * @param {unknown} root
 * @param {boolean} withTypes
 */
function decodeWalk(result, k, root, withTypes) {
  const columns = /** @type {Float64Array} */ (result.numbers).subarray(k * WALK_COLUMNS, (k + 1) * WALK_COLUMNS);
  const [count, directories, , undecodableCount, errorBytes, undecodableBytes] = columns;
  const extra = blockOf(result, k);
  const entries = count + undecodableCount;
  const sizeBytes = extra.length - entries - errorBytes - undecodableBytes;
  const typesEnd = sizeBytes + entries;
  const errorsEnd = typesEnd + errorBytes;
  return {
    root,
    paths: count === 0 ? [] : textOf(result, k).split('\0'),
    undecodable: undecodableCount === 0 ? [] : splitBytes(extra.subarray(errorsEnd)),
    errors: errorBytes === 0 ? [] : JSON.parse(extra.toString('utf8', typesEnd, errorsEnd)).map(walkError),
    directories,
    ...(withTypes ? { types: Array.from(extra.subarray(sizeBytes, sizeBytes + count), (type) => FILE_TYPES[type]) } : {}),
    ...(sizeBytes > 0 ? { sizes: new Float64Array(Uint8Array.from(extra.subarray(0, 8 * count)).buffer) } : {}),
  };
}

/**
 * @param {Buffer} bytes joined by NUL
 * @returns {Buffer[]} copies
 */
function splitBytes(bytes) {
  const parts = [];
  let begin = 0;
  while (begin <= bytes.length) {
    const at = bytes.indexOf(0, begin);
    const end = at < 0 ? bytes.length : at;
    parts.push(Buffer.from(bytes.subarray(begin, end)));
    begin = end + 1;
  }
  return parts;
}

/** @param {{ path: string, pathHex?: string, code: string, errno: number, syscall: string, message: string }} entry */
function walkError({ path, pathHex, code, errno, syscall, message }) {
  return errorFrom('walk', code, errno, syscall, message, pathHex === undefined ? path : Buffer.from(pathHex, 'hex'));
}

/**
 * @template [T=unknown]
 * @returns {import('../types/operations.js').Operation<T, T>}
 */
function noop() {
  return new Operation('noop', {}, { input: 'none', blocking: false, decode: (_result, _k, item) => item });
}

export const operations = Object.freeze({ hash, hashFile, lz4Compress, lz4Decompress, noop, readFile, stat, walk });
