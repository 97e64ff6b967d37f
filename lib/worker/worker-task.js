// workerTask(): what a ParallelProcessor is given to run the exported function of a module on worker
// threads. Checks and completes the options; starts nothing.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { boolean, describe, integer, optionalFunction, rangeError, record, typeError } from '../options.js';

/** @typedef {import('node:worker_threads').TransferListItem} TransferListItem */

const limitNames = ['maxOldGenerationSizeMb', 'maxYoungGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb'];

export class WorkerTask {
  /**
   * @param {unknown} url
   * @param {unknown} options
   */
  constructor(url, options) {
    const given = record('options', options);
    this.href = hrefOf(url);
    this.exportName = text('export', given.export, 'default');
    /** 0: as many as are useful. @type {number} */
    this.workers = integer('workers', given.workers, 0);
    this.resourceLimits = limits(given.resourceLimits);
    this.env = /** @type {NodeJS.Dict<string> | symbol | undefined} */ (environment(given.env));
    this.execArgv = strings('execArgv', given.execArgv);
    this.argv = list('argv', given.argv);
    this.workerData = given.workerData;
    /** @type {((item: unknown) => readonly TransferListItem[]) | null} */
    this.transfer = optionalFunction('transfer', given.transfer);
    this.rerun = boolean('rerun', given.rerun, true);
    this.crashRetries = integer('crashRetries', given.crashRetries, 1, 0);
    Object.freeze(this);
  }

  /** The module's URL. */
  get url() {
    return this.href;
  }

  /**
   * How many workers serve a concurrency.
   * @param {number} concurrency
   */
  workerCount(concurrency) {
    return this.workers || Math.max(1, Math.min(concurrency, availableParallelism()));
  }
}

/**
 * A processor that runs on worker threads: the exported function of a module.
 * @param {string | URL} url a file: or data: URL, or an absolute path
 * @template [T=unknown]
 * @template [R=unknown]
 * @param {import('../../types/worker.js').WorkerTaskOptions<T> | null} [options]
 * @returns {import('../../types/worker.js').WorkerTask<T, R>}
 */
export function workerTask(url, options) {
  return new WorkerTask(url, options);
}

const urlExpectation = "a file: or data: URL or an absolute path, as in new URL('./task.js', import.meta.url)";

/** @param {unknown} url */
function hrefOf(url) {
  if (typeof url !== 'string' && !(url instanceof URL)) throw typeError('url', urlExpectation, url);
  if (typeof url === 'string' && path.isAbsolute(url)) return pathToFileURL(url).href;
  const parsed = URL.canParse(String(url)) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== 'file:' && parsed.protocol !== 'data:')) {
    throw rangeError('url', urlExpectation, String(url));
  }
  return parsed.href;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} fallback
 */
function text(name, value, fallback) {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'string') throw typeError(name, 'a string', value);
  if (value === '') throw rangeError(name, 'the name of an export', value);
  return value;
}

/** @param {unknown} value */
function limits(value) {
  if (value === undefined || value === null) return undefined;
  /** @type {Record<string, number>} */
  const checked = {};
  for (const [key, size] of Object.entries(record('resourceLimits', value))) {
    if (!limitNames.includes(key)) throw rangeError(`resourceLimits.${key}`, `one of ${limitNames.join(', ')}`, size);
    if (size === undefined || size === null) continue;
    if (typeof size !== 'number') throw typeError(`resourceLimits.${key}`, 'a number above 0', size);
    if (!(size > 0) || size === Infinity) throw rangeError(`resourceLimits.${key}`, 'a number above 0', size);
    checked[key] = size;
  }
  return Object.freeze(checked);
}

/** @param {unknown} value */
function environment(value) {
  if (value === undefined || value === null) return undefined;
  // SHARE_ENV is a registered symbol.
  if (value === Symbol.for('nodejs.worker_threads.SHARE_ENV')) return value;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw typeError('env', 'an object of strings or SHARE_ENV', value);
  }
  return value;
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function list(name, value) {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw typeError(name, 'an array', value);
  return Object.freeze([...value]);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {readonly string[] | undefined}
 */
function strings(name, value) {
  const items = list(name, value);
  for (const item of items ?? []) {
    if (typeof item !== 'string') throw typeError(name, 'an array of strings', `[${describe(item)}]`);
  }
  return items;
}
