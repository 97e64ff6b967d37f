// Operations on files and directories.
import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import { usableCores } from '../cores.js';
import { native } from '../native.js';
import { errorFrom } from '../native-lane.js';
import { boolean, integer, oneOf, rangeError, record, typeError } from '../options.js';
import { DEFAULT_MAX_BYTES, MOST_BYTES } from './limits.js';
import { Operation } from './operation.js';

/** @typedef {import('./result-view.js').ResultView} ResultView */

const FILE_TYPES = ['unknown', 'file', 'directory', 'symlink', 'fifo', 'socket', 'characterDevice', 'blockDevice'];
const WALK_COLUMNS = 6;

/**
 * @param {ResultView} view
 * @param {number} k
 */
function decodeStat(view, k) {
  const at = (/** @type {number} */ column) => view.number(k, column);
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
 * @returns {import('../../types/operations/index.js').Operation<import('../../types/operations/index.js').FilePath, import('../../types/operations/index.js').FileStat>}
 */
function stat(options) {
  const given = record('options', options);
  const completed = { followSymlinks: boolean('followSymlinks', given.followSymlinks, true) };
  return new Operation('stat', completed, { input: 'path', blocking: true, decode: decodeStat });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<import('../../types/operations/index.js').FilePath, Buffer>}
 */
function readFile(options) {
  const given = record('options', options);
  const completed = { maxBytes: integer('maxBytes', given.maxBytes, DEFAULT_MAX_BYTES, 1, MOST_BYTES) };
  return new Operation('readFile', completed, { input: 'path', blocking: true, returnsBytes: true, passesOn: 'bytes', decode: (view, k) => view.block(k) });
}

const ALL_PERMISSIONS = 0o777;
const FSYNC = /** @type {const} */ (['none', 'file', 'full']);

/**
 * @param {any} item
 * @returns {boolean}
 */
function isFileToWrite(item) {
  return typeof item === 'object' && item !== null && isContent(item.path) && isContent(item.data);
}

/** @param {unknown} value */
function isContent(value) {
  return typeof value === 'string' || types.isUint8Array(value);
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<import('../../types/operations/index.js').FileToWrite, import('../../types/operations/index.js').WrittenFile>}
 */
function writeFile(options) {
  const given = record('options', options);
  const completed = {
    mode: integer('mode', given.mode, 0o666, 0, ALL_PERMISSIONS),
    fsync: oneOf('fsync', given.fsync, 'file', FSYNC),
    overwrite: boolean('overwrite', given.overwrite, true),
    createDirectories: boolean('createDirectories', given.createDirectories, false),
  };
  return new Operation('writeFile', completed, {
    input: 'parts',
    parts: 2,
    encode: ({ path, data }) => [path, data],
    accepts: isFileToWrite,
    expected: '{ path, data }, each a string, Buffer or Uint8Array',
    pathOf: (item) => item.path,
    blocking: true,
    decode: (view, k) => ({ size: view.number(k), created: view.number(k, 1) === 1 }),
  });
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
 * @returns {import('../../types/operations/index.js').Operation<import('../../types/operations/index.js').FilePath, import('../../types/operations/index.js').WalkResult>}
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
    passesOn: null,
    decode: (view, k, root) => decodeWalk(view, k, root, completed.include === 'all'),
  });
}

/**
 * The packing is WalkOperation's (native/operations/walk_operation.h).
 * @param {ResultView} view
 * @param {number} k
 * @param {unknown} root
 * @param {boolean} withTypes
 */
function decodeWalk(view, k, root, withTypes) {
  const [count, directories, , undecodableCount, errorBytes, undecodableBytes] = view.numbers(k, WALK_COLUMNS);
  const extra = view.block(k);
  const entries = count + undecodableCount;
  const sizeBytes = extra.length - entries - errorBytes - undecodableBytes;
  const typesEnd = sizeBytes + entries;
  const errorsEnd = typesEnd + errorBytes;
  return {
    root,
    paths: count === 0 ? [] : view.text(k).split('\0'),
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
  return errorFrom('walk', code, errno, syscall, message, {
    path: pathHex === undefined ? path : Buffer.from(pathHex, 'hex'),
  });
}

/**
 * @template [T=unknown]
 * @returns {import('../../types/operations/index.js').Operation<T, T>}
 */
function noop() {
  return new Operation('noop', {}, { input: 'none', blocking: false, decode: (_result, _k, item) => item });
}

export const fileOperations = { noop, readFile, stat, walk, writeFile };
