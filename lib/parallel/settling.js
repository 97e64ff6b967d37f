// What every call on a ParallelProcessor has in common, whether it collects (process) or streams: which
// item starts next, retries, counters and latencies. One instance per call. The placements pull items
// by take() and hand each back exactly once by succeed() or fail().
import { TimeoutError } from '../errors.js';
import { LatencyHistogram } from './latency.js';
import { backoffMs } from './retry.js';

/** @typedef {import('./retry.js').RetryPolicy} RetryPolicy */

/**
 * @typedef {object} SettlingOptions
 * @property {number} timeoutMs 0 for none
 * @property {RetryPolicy | null} retry
 * @property {AbortSignal | null} signal
 * @property {boolean} stopOnError
 */

// Reading the clock costs as much as the rest of the bookkeeping: after the first items, one in this
// many is timed.
const ALWAYS_TIMED = 1024;
const TIMED_MASK = 15;

export class Settling {
  /** @param {SettlingOptions} options */
  constructor(options) {
    this.timeoutMs = options.timeoutMs;
    this.signal = options.signal;
    this.stopOnError = options.stopOnError;
    /** Processors get a second argument only where it says something, so that drop-in code that
     * takes optional parameters (parseInt) is called as before. */
    this.wantsContext = options.timeoutMs > 0 || options.retry !== null || options.signal !== null;
    /** True once nobody wants results any more. */
    this.stopped = false;
    this.latency = new LatencyHistogram();
    this.retries = 0;
    this.timeouts = 0;
    this.settledCount = 0;
    /** The item of each index that a placement may hold. @type {unknown[]} */
    this.items = [];
    /** Called when items may have become ready outside a placement's own pull. */
    this.onReady = () => {};
    this.#retry = options.retry;
  }

  /** @type {RetryPolicy | null} */
  #retry;
  /** Attempts made so far, of the items that failed at least once. @type {Map<number, number>} */
  #attempts = new Map();
  /** Items whose backoff has ended. @type {number[]} */
  #again = [];
  /** @type {Set<NodeJS.Timeout>} */
  #backoffs = new Set();
  #starts = 0;

  /**
   * The next item to start, or -1 when none can start now.
   * @returns {number}
   */
  take() {
    if (this.#again.length > 0) return /** @type {number} */ (this.#again.shift());
    return this.takeFresh();
  }

  /**
   * The next item not yet started. Subclasses decide the order.
   * @returns {number}
   */
  takeFresh() {
    return -1;
  }

  /** Whether take() would return an item. @returns {boolean} */
  hasReady() {
    return this.#again.length > 0 || this.hasFresh();
  }

  /** @returns {boolean} */
  hasFresh() {
    return false;
  }

  /** Whether the item that starts now is one whose latency is measured. */
  isTimed() {
    const n = this.#starts++;
    return n < ALWAYS_TIMED || (n & TIMED_MASK) === 0;
  }

  /**
   * The number of the attempt that an item is in, counted from 1.
   * @param {number} index
   */
  attemptOf(index) {
    return (this.#attempts.get(index) ?? 0) + 1;
  }

  /** The index is about to stand for another item. @param {number} index */
  forgetAttempts(index) {
    this.#attempts.delete(index);
  }

  /**
   * The position of an item in the input, which is what processors are told.
   * @param {number} index
   */
  positionOf(index) {
    return index;
  }

  /**
   * @param {number} index
   * @param {unknown} value
   * @param {number} latencyMs negative when not measured
   */
  succeed(index, value, latencyMs) {
    if (this.stopped) return;
    if (latencyMs >= 0) this.latency.record(latencyMs);
    this.settledCount++;
    this.onSuccess(index, value);
  }

  /**
   * @param {number} index
   * @param {unknown} error
   * @param {number} latencyMs negative when not measured
   */
  fail(index, error, latencyMs) {
    if (this.stopped) return;
    if (latencyMs >= 0) this.latency.record(latencyMs);
    if (error instanceof TimeoutError) this.timeouts++;
    try {
      if (this.#scheduleRetry(index, error)) return;
    } catch (thrown) {
      this.reject(thrown);
      return;
    }
    this.settledCount++;
    if (this.stopOnError) this.reject(error);
    else this.onFailure(index, error);
  }

  /**
   * @param {number} index
   * @param {unknown} error
   * @returns {boolean} whether the item will be tried again
   */
  #scheduleRetry(index, error) {
    const policy = this.#retry;
    if (policy === null) return false;
    const attempt = this.attemptOf(index);
    if (attempt >= policy.attempts) return false;
    if (policy.retryIf !== null && !policy.retryIf(error, attempt)) return false;
    this.retries++;
    this.#attempts.set(index, attempt);
    const timer = setTimeout(() => {
      this.#backoffs.delete(timer);
      this.#again.push(index);
      this.onReady();
    }, backoffMs(policy, attempt));
    this.#backoffs.add(timer);
    return true;
  }

  /**
   * @param {number} _index
   * @param {unknown} _value
   */
  onSuccess(_index, _value) {}

  /**
   * @param {number} _index
   * @param {unknown} _error
   */
  onFailure(_index, _error) {}

  /**
   * Ends the call with an error: no further item starts.
   * @param {unknown} _reason
   */
  reject(_reason) {}

  /** No further item starts, and what still settles is ignored. */
  stop() {
    this.stopped = true;
    for (const timer of this.#backoffs) clearTimeout(timer);
    this.#backoffs.clear();
    this.#again.length = 0;
  }
}
