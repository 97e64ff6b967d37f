// When and how often a failed item is tried again: exponential backoff with jitter (Brooker,
// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
import { MAX_TIMER_MS, integer, number, optionalFunction, record, rangeError, typeError } from '../options.js';

/**
 * @typedef {object} RetryPolicy
 * @property {number} attempts in all, the first included
 * @property {number} delayMs before the second attempt
 * @property {number} factor
 * @property {number} maxDelayMs
 * @property {number} jitter the part of the delay that is random, 0 to 1
 * @property {((error: unknown, attempt: number) => boolean) | null} retryIf
 */

/**
 * @param {unknown} value a count of further attempts, or a record
 * @returns {RetryPolicy | null} null for none
 */
export function retryPolicy(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || value < 0) throw rangeError('retry', 'an integer from 0', value);
    return value === 0 ? null : { ...complete({}), attempts: value + 1 };
  }
  if (typeof value !== 'object') throw typeError('retry', 'a number or an object', value);
  const policy = complete(record('retry', value));
  return policy.attempts === 1 ? null : policy;
}

/**
 * @param {Record<string, unknown>} options
 * @returns {RetryPolicy}
 */
function complete(options) {
  return {
    attempts: integer('retry.attempts', options.attempts, 3),
    delayMs: number('retry.delay', options.delay, 100, { min: 0, max: MAX_TIMER_MS }),
    factor: number('retry.factor', options.factor, 2, { min: 1 }),
    maxDelayMs: number('retry.maxDelay', options.maxDelay, 30_000, { min: 0, max: MAX_TIMER_MS }),
    jitter: number('retry.jitter', options.jitter, 0.5, { min: 0, max: 1 }),
    retryIf: optionalFunction('retry.retryIf', options.retryIf),
  };
}

/**
 * How long to wait after a failed attempt.
 * @param {RetryPolicy} policy
 * @param {number} attempt the one that failed, counted from 1
 * @returns {number} milliseconds
 */
export function backoffMs(policy, attempt) {
  // No delay stays none: 0 times a growth that has reached Infinity would be NaN.
  const grownMs = policy.delayMs === 0 ? 0 : policy.delayMs * policy.factor ** (attempt - 1);
  const delayMs = Math.min(policy.maxDelayMs, grownMs);
  return delayMs * (1 - policy.jitter * Math.random());
}
