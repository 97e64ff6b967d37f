// One process() call: an array in, all results and errors out, in input order.
import { Settling } from './settling.js';

/** @typedef {import('./ready-order.js').ReadyOrder} ReadyOrder */

/**
 * @typedef {object} Failure
 * @property {unknown} item
 * @property {unknown} error
 * @property {number} index
 * @property {number} attempts
 */

export class Collecting extends Settling {
  /**
   * @param {unknown[]} items not changed by anybody during the call
   * @param {import('./settling.js').SettlingOptions & { batchSize: number,
   *   progress: ((completed: number, total: number) => void) | null, order: ReadyOrder | null }} options
   */
  constructor(items, options) {
    super(options);
    this.items = items;
    this.total = items.length;
    /** @type {unknown[]} */
    this.#results = new Array(items.length);
    this.#progress = options.progress;
    this.#batchSize = options.batchSize;
    this.#order = options.order;
    this.#mark = this.#nextMark();
    /** @type {Promise<void>} */
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (this.total === 0) this.#finish();
  }

  #next = 0;
  #finished = false;
  #results;
  /** @type {Failure[]} */
  #failures = [];
  #progress;
  #batchSize;
  /** Decides what is ready when it is not simply the next item. @type {ReadyOrder | null} */
  #order;
  /** The count of completed items at which something has to be done. */
  #mark;
  /** @type {() => void} */
  #resolve = () => {};
  /** @type {(reason: unknown) => void} */
  #reject = () => {};

  /** What decides the order of items; null for the input. */
  get order() {
    return this.#order;
  }

  /** @override */
  takeFresh() {
    if (this.#order !== null) return this.#order.take();
    return this.#next < this.total ? this.#next++ : -1;
  }

  /** @override */
  hasFresh() {
    return this.#order !== null ? this.#order.hasReady() : this.#next < this.total;
  }

  /**
   * @override
   * @param {number} index
   * @param {unknown} value
   */
  onSuccess(index, value) {
    this.#results[index] = value;
    if (this.#order !== null && this.#order.succeeded(index)) this.onReady();
    if (this.settledCount === this.#mark) this.#reachMark();
  }

  /**
   * @override
   * @param {number} index
   * @param {unknown} error
   */
  onFailure(index, error) {
    this.#addFailure(index, error, this.attemptOf(index));
    if (this.#order === null) return;
    for (const skipped of this.#order.failed(index, error)) this.skip(skipped.index, skipped.error);
  }

  /**
   * The item is never run, because of another that failed.
   * @param {number} index
   * @param {unknown} error
   */
  skip(index, error) {
    if (this.stopped) return;
    this.settledCount++;
    this.#addFailure(index, error, 0);
  }

  /**
   * @param {number} index
   * @param {unknown} error
   * @param {number} attempts
   */
  #addFailure(index, error, attempts) {
    this.#failures.push({ item: this.items[index], error, index, attempts });
    if (this.settledCount === this.#mark) this.#reachMark();
  }

  #nextMark() {
    if (this.#progress === null) return this.total;
    return Math.min(this.total, this.settledCount + this.#batchSize);
  }

  #reachMark() {
    if (this.#progress !== null) {
      try {
        this.#progress(this.settledCount, this.total);
      } catch (thrown) {
        this.reject(thrown);
        return;
      }
    }
    // The callback itself may have ended the call, by aborting its signal.
    if (this.stopped) return;
    if (this.settledCount === this.total) this.#finish();
    else this.#mark = this.#nextMark();
  }

  #finish() {
    this.#finished = true;
    this.#resolve();
  }

  /**
   * @override
   * @param {unknown} reason
   */
  reject(reason) {
    if (this.stopped || this.#finished) return;
    this.stop();
    this.#reject(reason);
  }

  /** The successes in input order and the failures in input order. REQUIRES: done has resolved. */
  outcome() {
    const errors = this.#failures.sort((a, b) => a.index - b.index);
    if (errors.length === 0) return { results: this.#results, errors };
    const results = [];
    let failure = 0;
    for (let index = 0; index < this.total; index++) {
      if (failure < errors.length && errors[failure].index === index) failure++;
      else results.push(this.#results[index]);
    }
    return { results, errors };
  }
}
