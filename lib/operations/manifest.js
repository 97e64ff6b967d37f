// What detectChanges() knew of a list of files: columns, one row per file, in the form in which they cross
// to the addon. Immutable.
import { Buffer } from 'node:buffer';
import { MillraceError } from '../errors.js';
import { boolean, record, typeError } from '../options.js';
import { ALGORITHMS, WIDTHS } from './digests.js';
import { fileOperations } from './files.js';

/** @typedef {import('./digests.js').Algorithm} Algorithm */

/** Bytes of a digest. @param {Algorithm} algorithm */
export function digestBytes(algorithm) {
  return WIDTHS[algorithm] / 2;
}

/** The time of a file that is read again the next time (kUntrustedTimeNs of the addon). */
const UNTRUSTED = -(2n ** 63n);
const MOST_NS = 2n ** 63n - 1n;
const NS_PER_MS = 1e6;
const FORMAT = 'millrace-manifest';
const VERSION = 1;

/**
 * @typedef {object} Columns
 * @property {Float64Array} sizes
 * @property {BigInt64Array} times nanoseconds since 1970
 * @property {Uint8Array} digests side by side
 */

/** What crosses to the addon. @type {(manifest: Manifest) => { paths: string } & Columns} */
export let crossingOf;

/** The path of a row. @type {(manifest: Manifest, row: number) => string} */
export let pathAt;

export class Manifest {
  static {
    crossingOf = (manifest) => ({ paths: (manifest.#joined ?? manifest.#paths).join('\0'), ...manifest.#columns });
    pathAt = (manifest, row) => manifest.#paths[row];
  }

  /**
   * @param {Algorithm} algorithm
   * @param {readonly string[]} paths
   * @param {Columns} columns
   * @param {readonly string[] | null} [joined] the paths by NUL, in several pieces, if that is known
   */
  constructor(algorithm, paths, columns, joined = null) {
    this.#algorithm = algorithm;
    this.#paths = paths;
    this.#columns = columns;
    this.#joined = joined;
  }

  #algorithm;
  #paths;
  #columns;
  #joined;
  /** @type {Map<string, number> | undefined} */
  #rows;

  /** @param {unknown} json what toJSON() has returned */
  static from(json) {
    const { algorithm, paths, sizes, mtimes, hashes } = checked(json);
    const columns = { sizes: Float64Array.from(sizes), times: timesFrom(mtimes), digests: digestsFrom(hashes, digestBytes(algorithm)) };
    return new Manifest(algorithm, paths, columns);
  }

  /**
   * @param {string | Uint8Array} path
   * @param {unknown} [options]
   * @returns {Promise<Manifest>} or null, as types/operations/detect-changes.d.ts says
   */
  static async load(path, options) {
    const optional = boolean('optional', record('options', options).optional, false);
    let content;
    try {
      content = await fileOperations.readFile().run(path);
    } catch (error) {
      if (optional && /** @type {{ code?: unknown }} */ (error).code === 'ENOENT') return /** @type {any} */ (null);
      throw error;
    }
    return Manifest.from(parsed(content));
  }

  /** How many files it knows. */
  get size() {
    return this.#paths.length;
  }

  get algorithm() {
    return this.#algorithm;
  }

  /** A copy. */
  paths() {
    return this.#paths.slice();
  }

  /** @param {string} path */
  get(path) {
    this.#rows ??= new Map(this.#paths.map((each, row) => [each, row]));
    const row = this.#rows.get(path);
    if (row === undefined) return undefined;
    const time = this.#columns.times[row];
    return {
      hash: this.#hashAt(row),
      size: this.#columns.sizes[row],
      mtimeMs: time === UNTRUSTED ? null : Number(time) / NS_PER_MS,
    };
  }

  /** @returns {import('../../types/operations/detect-changes.js').ManifestJson} */
  toJSON() {
    const { sizes, times } = this.#columns;
    return {
      format: FORMAT,
      version: VERSION,
      algorithm: this.#algorithm,
      paths: this.paths(),
      sizes: Array.from(sizes),
      mtimes: Array.from(times, (time) => (time === UNTRUSTED ? null : String(time))),
      hashes: this.#paths.map((_path, row) => this.#hashAt(row)),
    };
  }

  /**
   * @param {string | Uint8Array} path
   * @param {unknown} [options] of writeFile
   */
  async save(path, options) {
    await fileOperations.writeFile(options).run({ path, data: JSON.stringify(this) });
  }

  /** @param {number} row */
  #hashAt(row) {
    const width = digestBytes(this.#algorithm);
    const { digests } = this.#columns;
    return Buffer.from(digests.buffer, digests.byteOffset + row * width, width).toString('hex');
  }
}

/** A manifest of no files. @param {Algorithm} algorithm */
export function emptyManifest(algorithm) {
  return new Manifest(algorithm, [], { sizes: new Float64Array(0), times: new BigInt64Array(0), digests: new Uint8Array(0) });
}

/** @param {string} message */
function corrupt(message) {
  return new MillraceError('ERR_CORRUPT_DATA', `the manifest is damaged: ${message}`);
}

/** @param {Buffer} content */
function parsed(content) {
  try {
    return JSON.parse(content.toString());
  } catch (error) {
    throw new MillraceError('ERR_CORRUPT_DATA', 'the manifest is damaged: it is not JSON', { cause: error });
  }
}

/**
 * @param {unknown} json
 * @returns {{ algorithm: Algorithm, paths: string[], sizes: number[], mtimes: (string | null)[], hashes: string[] }}
 */
function checked(json) {
  if (typeof json !== 'object' || json === null) throw typeError('json', 'what Manifest.toJSON() returns', json);
  const { format, version, algorithm, paths, sizes, mtimes, hashes } = /** @type {Record<string, any>} */ (json);
  if (format !== FORMAT) throw corrupt(`its format is not '${FORMAT}'`);
  if (version !== VERSION) throw new MillraceError('ERR_UNSUPPORTED', `the manifest is of version ${version}, and this is version ${VERSION}`);
  if (!ALGORITHMS.includes(algorithm)) throw corrupt('its algorithm is unknown');
  for (const [name, list] of Object.entries({ paths, sizes, mtimes, hashes })) {
    if (!Array.isArray(list) || list.length !== paths.length) throw corrupt(`"${name}" is not a list of one entry per file`);
  }
  if (!paths.every(isPath)) throw corrupt('a path is not a string, empty, or contains NUL');
  if (new Set(paths).size !== paths.length) throw corrupt('a path is there twice');
  if (!sizes.every((/** @type {unknown} */ size) => Number.isSafeInteger(size) && /** @type {number} */ (size) >= 0)) throw corrupt('a size is not a whole number');
  return { algorithm, paths: paths.slice(), sizes, mtimes, hashes };
}

/** @param {unknown} path */
function isPath(path) {
  return typeof path === 'string' && path !== '' && !path.includes('\0');
}

/** @param {readonly unknown[]} mtimes */
function timesFrom(mtimes) {
  const times = new BigInt64Array(mtimes.length);
  for (let row = 0; row < mtimes.length; row++) {
    const time = mtimes[row];
    const isTime = typeof time === 'string' && /^-?\d{1,19}$/.test(time);
    if (time !== null && !isTime) throw corrupt('a time is not a number of nanoseconds');
    const ns = time === null ? UNTRUSTED : BigInt(time);
    if (ns < UNTRUSTED || ns > MOST_NS) throw corrupt('a time is out of range');
    times[row] = ns;
  }
  return times;
}

/**
 * @param {readonly unknown[]} hashes
 * @param {number} width bytes
 */
function digestsFrom(hashes, width) {
  if (!hashes.every((hash) => typeof hash === 'string' && hash.length === 2 * width)) throw corrupt('a hash has the wrong length');
  // Decoding stops at what is no hexadecimal digit.
  const digests = Buffer.from(hashes.join(''), 'hex');
  if (digests.length !== hashes.length * width) throw corrupt('a hash is not hexadecimal');
  return new Uint8Array(digests);
}
