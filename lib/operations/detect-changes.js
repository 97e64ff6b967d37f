// Which files of a list have changed since a manifest was made. The list crosses in slices, each of which
// is looked at by one thread; what comes back are columns.
import { usableCores } from '../cores.js';
import { NativeLane, errorFrom } from '../native-lane.js';
import { integer, oneOf, optionalFunction, optionalSignal, rangeError, record, typeError } from '../options.js';
import { ALGORITHMS } from './digests.js';
import { Manifest, crossingOf, digestBytes, emptyManifest, pathAt } from './manifest.js';
import { Operation } from './operation.js';

/**
 * @typedef {import('./manifest.js').Algorithm} Algorithm
 * @typedef {import('./result-view.js').ResultView} ResultView
 *
 * @typedef {object} Request
 * @property {string[]} paths
 * @property {Manifest} previous
 * @property {Algorithm} algorithm
 * @property {string} directory
 * @property {boolean} readAll
 * @property {number} concurrency
 * @property {AbortSignal | null} signal
 * @property {((completed: number, total: number) => void) | null} onProgress
 */

const SLICE_PATHS = 512;
/** So many slices are under way that the threads never wait for the event loop. */
const SLICES_AHEAD = 4;
const MAX_CONCURRENCY = 1024;
/** FileChange of native/operations/detect_changes_operation.h. */
const UNCHANGED = 0;
const CHANGED = 1;
const ADDED = 2;
const REMOVED = 3;

/**
 * @param {unknown} paths
 * @returns {string[]}
 */
function listOf(paths) {
  const list = typeof paths !== 'string' && typeof (/** @type {any} */ (paths)?.[Symbol.iterator]) === 'function' ? Array.from(/** @type {Iterable<unknown>} */ (paths)) : null;
  if (list === null) throw typeError('paths', 'a list of strings', paths);
  for (const path of list) if (typeof path !== 'string') throw typeError('paths', 'a list of strings', path);
  return /** @type {string[]} */ (list);
}

/**
 * @param {unknown} paths
 * @param {unknown} previous
 * @param {unknown} options
 * @returns {Request}
 */
function requestOf(paths, previous, options) {
  const given = record('options', options);
  const isFirst = previous === undefined || previous === null;
  if (!isFirst && !(previous instanceof Manifest)) throw typeError('previous', 'a Manifest', previous);
  const algorithm = oneOf('algorithm', given.algorithm, isFirst ? 'xxh3-128' : previous.algorithm, ALGORITHMS);
  if (!isFirst && algorithm !== previous.algorithm) {
    throw rangeError('algorithm', `'${previous.algorithm}', as in the manifest`, algorithm);
  }
  const directory = given.directory ?? '';
  if (typeof directory !== 'string' || directory.includes('\0')) throw typeError('directory', 'a path', directory);
  return {
    paths: listOf(paths),
    previous: isFirst ? emptyManifest(algorithm) : previous,
    algorithm,
    directory,
    readAll: oneOf('check', given.check, 'stat', ['stat', 'content']) === 'content',
    concurrency: integer('concurrency', given.concurrency, Math.max(2, usableCores()), 1, MAX_CONCURRENCY),
    signal: optionalSignal('signal', given.signal),
    onProgress: optionalFunction('onProgress', given.onProgress),
  };
}

/** The list's rows, filled slice by slice. */
class Rows {
  /**
   * @param {number} count
   * @param {number} width bytes of a digest
   */
  constructor(count, width) {
    this.times = new BigInt64Array(count);
    this.sizes = new Float64Array(count);
    this.rows = new Int32Array(count);
    this.digests = new Uint8Array(count * width);
    this.changes = new Uint8Array(count);
    this.#width = width;
  }

  #width;

  /**
   * Takes the columns of a slice, in the order of native/operations/detect_changes_operation.h.
   * @param {number} start
   * @param {number} count
   * @param {Buffer} block
   */
  take(start, count, block) {
    const { buffer, byteOffset } = /** @type {{ buffer: ArrayBuffer, byteOffset: number }} */ (block);
    const width = this.#width;
    this.times.set(new BigInt64Array(buffer, byteOffset, count), start);
    this.sizes.set(new Float64Array(buffer, byteOffset + 8 * count, count), start);
    this.rows.set(new Int32Array(buffer, byteOffset + 16 * count, count), start);
    this.digests.set(new Uint8Array(buffer, byteOffset + 20 * count, width * count), width * start);
    this.changes.set(new Uint8Array(buffer, byteOffset + (20 + width) * count, count), start);
  }

  /**
   * The columns of a manifest of some of the rows.
   * @param {Uint8Array} kept one flag for each
   * @param {number} count how many are kept
   */
  columns(kept, count) {
    const { sizes, times, digests } = this;
    if (count === kept.length) return { sizes, times, digests };
    const columns = { sizes: new Float64Array(count), times: new BigInt64Array(count), digests: new Uint8Array(count * this.#width) };
    for (let from = 0, to = 0; from < kept.length; from++) {
      if (kept[from] === 0) continue;
      columns.sizes[to] = sizes[from];
      columns.times[to] = times[from];
      columns.digests.set(digests.subarray(from * this.#width, (from + 1) * this.#width), to * this.#width);
      to++;
    }
    return columns;
  }
}

/** One call of detectChanges(). */
class Detection {
  /**
   * @param {Request} request
   * @param {NativeLane} lane
   */
  constructor(request, lane) {
    this.#request = request;
    this.#lane = lane;
    this.#rows = new Rows(request.paths.length, digestBytes(request.algorithm));
  }

  #request;
  #lane;
  #rows;
  #next = 0;
  #underWay = 0;
  #completed = 0;
  #filesRead = 0;
  #bytesRead = 0;
  /** The slices' paths, joined, in order. @type {string[]} */
  #joined = [];
  /** @type {{ index: number, error: import('../errors.js').OperationError }[]} */
  #errors = [];

  /** Resolves when all slices have been looked at. @returns {Promise<void>} */
  run() {
    return new Promise((resolve, reject) => {
      const advance = () => {
        try {
          while (this.#next < this.#request.paths.length && this.#underWay < SLICES_AHEAD * this.#request.concurrency) {
            const start = this.#next;
            this.#next = Math.min(start + SLICE_PATHS, this.#request.paths.length);
            this.#submit(start, this.#request.paths.slice(start, this.#next), advance, reject);
          }
          if (this.#underWay === 0) resolve();
        } catch (error) {
          reject(error);
        }
      };
      advance();
    });
  }

  /**
   * @param {number} start
   * @param {string[]} paths
   * @param {() => void} onDone
   * @param {(error: unknown) => void} onError
   */
  #submit(start, paths, onDone, onError) {
    const body = paths.join('\0');
    this.#joined[start / SLICE_PATHS] = body;
    this.#underWay++;
    this.#lane.submit([`${start}\0${body}`], 0, (result) => {
      this.#underWay--;
      if (result.failures !== null) {
        onError(result.failures.get(0));
        return;
      }
      try {
        if (!this.#take(start, paths, this.#lane.view(result, 1))) return this.#submit(start, this.#withoutNul(start, paths), onDone, onError);
        this.#completed += paths.length;
        this.#request.onProgress?.(this.#completed, this.#request.paths.length);
      } catch (error) {
        onError(error);
        return;
      }
      onDone();
    });
  }

  /**
   * False when the slice did not split into its paths: one of them contains NUL.
   * @param {number} start
   * @param {string[]} paths
   * @param {ResultView} view
   */
  #take(start, paths, view) {
    if (view.number(0) !== paths.length) return false;
    this.#filesRead += view.number(0, 1);
    this.#bytesRead += view.number(0, 2);
    this.#rows.take(start, paths.length, view.block(0));
    const errors = view.text(0);
    if (errors === '') return true;
    for (const [k, code, errno, syscall, message] of JSON.parse(errors)) this.#report(start + k, code, errno, syscall, message);
    return true;
  }

  /**
   * Paths with NUL become empty ones, which fail in the same way.
   * @param {number} start
   * @param {string[]} paths
   */
  #withoutNul(start, paths) {
    return paths.map((path, k) => {
      if (!path.includes('\0')) return path;
      this.#report(start + k, 'ERR_INVALID_PATH', 0, '', 'the path contains a NUL byte');
      return '';
    });
  }

  /**
   * @param {number} index
   * @param {string} code
   * @param {number} errno
   * @param {string} syscall
   * @param {string} message
   */
  #report(index, code, errno, syscall, message) {
    const path = this.#request.paths[index];
    if (code === 'ERR_INVALID_PATH' && path !== '' && message === 'the path is empty') return;
    this.#errors.push({ index, error: errorFrom('detectChanges', code, errno, syscall, message, { path }) });
  }

  result() {
    const { paths, previous, algorithm } = this.#request;
    const { rows, changes } = this.#rows;
    const lists = { added: /** @type {string[]} */ ([]), changed: /** @type {string[]} */ ([]), removed: /** @type {string[]} */ ([]) };
    const seen = new Uint8Array(previous.size);
    const news = new Set();
    const kept = new Uint8Array(paths.length);
    let [unchanged, keptCount] = [0, 0];
    for (let i = 0; i < paths.length; i++) {
      const row = rows[i];
      const change = changes[i];
      const isAgain = row >= 0 ? seen[row] === 1 : news.has(paths[i]);
      if (isAgain) continue;
      if (row >= 0) seen[row] = 1;
      else if (change === ADDED) news.add(paths[i]);
      if (change === UNCHANGED) unchanged++;
      else if (change === CHANGED) lists.changed.push(paths[i]);
      else if (change === ADDED) lists.added.push(paths[i]);
      else if (change === REMOVED) lists.removed.push(paths[i]);
      // What failed keeps what was known of it.
      if (change <= ADDED || (change !== REMOVED && row >= 0)) {
        kept[i] = 1;
        keptCount++;
      }
    }
    for (let row = 0; row < seen.length; row++) if (seen[row] === 0) lists.removed.push(pathAt(previous, row));
    const isWhole = keptCount === paths.length;
    const columns = this.#rows.columns(kept, keptCount);
    const manifest = new Manifest(algorithm, isWhole ? paths : paths.filter((_path, i) => kept[i] === 1), columns, isWhole ? this.#joined : null);
    const errors = this.#errors.sort((a, b) => a.index - b.index).map(({ error }) => error);
    return { ...lists, unchanged, errors, filesRead: this.#filesRead, bytesRead: this.#bytesRead, manifest };
  }
}

/**
 * @param {unknown} paths
 * @param {unknown} [previous]
 * @param {unknown} [options]
 * @returns {Promise<import('../../types/operations/detect-changes.js').Changes>}
 */
export async function detectChanges(paths, previous, options) {
  const request = requestOf(paths, previous, options);
  const { signal, algorithm, directory, readAll, concurrency } = request;
  signal?.throwIfAborted();
  const crossing = { algorithm, directory, readAll, previous: crossingOf(request.previous) };
  const operation = new Operation('detectChanges', crossing, { input: 'bytes', blocking: true, decode: () => undefined });
  const lane = new NativeLane(operation, concurrency);
  const detection = new Detection(request, lane);
  /** @type {(() => void) | undefined} */
  let onAbort;
  const aborted = new Promise((_resolve, reject) => {
    onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([detection.run(), aborted]);
    return detection.result();
  } finally {
    lane.close();
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
}
