// The process-wide native thread pools: their sizes, before first use, and their figures.
import { MillraceError } from './errors.js';
import { native } from './native.js';
import { integer, record, typeError, rangeError } from './options.js';

const MAX_THREADS = 1024;

/**
 * @param {unknown} value
 * @returns {number[]}
 */
function coreList(value) {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw typeError('affinity', 'an array of core numbers', value);
  for (const core of value) {
    if (!Number.isSafeInteger(core) || core < 0) throw rangeError('affinity', 'an array of core numbers from 0', core);
  }
  return value;
}

/** @param {unknown} [options] */
export function configurePools(options) {
  const given = record('options', options);
  const completed = {
    workers: integer('workers', given.workers, 0, 1, MAX_THREADS),
    ioWorkers: integer('ioWorkers', given.ioWorkers, 0, 1, MAX_THREADS),
    maxQueued: integer('maxQueued', given.maxQueued, 0),
    affinity: coreList(given.affinity),
  };
  try {
    native().configurePools(completed);
  } catch (error) {
    const { code, message } = /** @type {{ code: string, message: string }} */ (error);
    throw new MillraceError(code, message);
  }
}

export function poolStats() {
  return native().poolStats();
}
