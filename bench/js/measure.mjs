// How a contender times itself inside its own fresh process, so that all are timed in the same way.

import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { peakMemory } from '../harness/machine.mjs';

/**
 * @typedef {object} Measurement
 * @property {number} ms
 * @property {number} items    units done in the timed part
 * @property {string} digest   of the result
 * @property {number} rss      peak bytes of the process
 * @property {number} cpu      cores used on average
 * @property {Record<string, number | string>} [details]
 */

/**
 * @template T
 * @param {() => T | Promise<T>} run  the timed part
 * @param {object} settings
 * @param {number} settings.items
 * @param {() => unknown} [settings.warmUp]
 * @param {(result: T) => unknown} settings.digest  what has to be equal between contenders (JSON)
 * @param {(result: T) => Record<string, number | string>} [settings.details]
 * @returns {Promise<Measurement>}
 */
export async function measure(run, { items, warmUp, digest, details }) {
  await warmUp?.();
  // What the warm-up or the module left to do must not be charged to the run.
  await new Promise((resolve) => setImmediate(resolve));
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const result = await run();
  const ms = performance.now() - before;
  const used = process.cpuUsage(cpuBefore);
  const rss = peakMemory();
  return {
    ms,
    items,
    digest: hashOf(digest(result)),
    rss,
    cpu: (used.user + used.system) / 1000 / ms,
    ...(details && { details: details(result) }),
  };
}

/** @param {unknown} value */
function hashOf(value) {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError('digest must return something that JSON can hold');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
