// The native placement: items go to C++ threads in batches, of which at most `limit` items run at once.
// Batches are sized by time, so that tiny items cross by the thousand and slow ones one by one.
import { dependencyFailedError } from '../errors.js';
import { NativeLane, NotRun } from '../native-lane.js';
import { typeError } from '../options.js';

/**
 * @typedef {import('./settling.js').Settling} Settling
 * @typedef {import('./collecting.js').Collecting} Collecting
 * @typedef {import('./feed.js').Feed} Feed
 * @typedef {import('../native-lane.js').GraphShape} GraphShape
 * @typedef {import('../operations/operation.js').Operation} Operation
 * @typedef {import('../native-lane.js').BatchResult} BatchResult
 */

/** How long the items of one batch should keep all its threads busy. */
const BATCH_MS = 2;
const MAX_BATCH_ITEMS = 1024;
const FIRST_BATCH_ITEMS = 16;
/** Content that waits natively is bounded; a single larger item goes alone. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;
/** So many batches are under way that the threads never wait for the event loop. */
const BATCHES_AHEAD = 3;
/** Weight of the newest batch in the moving average of an item's duration. */
const SMOOTHING = 0.3;

export class NativeWindow {
  /**
   * @param {Operation} operation
   * @param {Feed} feed
   * @param {{ limit: number }} options
   */
  constructor(operation, feed, { limit }) {
    this.#operation = operation;
    this.#feed = feed;
    this.#limit = limit;
    this.#lane = new NativeLane(operation, limit);
  }

  #operation;
  #feed;
  #limit;
  #lane;
  #outstanding = 0;
  #itemMs = -1;
  #pumping = false;
  /** Batches under way, by id. @type {Map<number, Settling>} */
  #runs = new Map();
  /** @type {(() => void)[]} */
  #whenIdle = [];

  /** Items in work, as far as JavaScript knows. */
  get running() {
    return Math.min(this.#outstanding, this.#limit);
  }

  /** Whether items carry content, so that batches are bounded in bytes. */
  get #hasContent() {
    return this.#operation.input === 'bytes' || this.#operation.input === 'parts';
  }

  #batchItems() {
    if (this.#itemMs < 0) return FIRST_BATCH_ITEMS;
    const items = (this.#limit * BATCH_MS) / Math.max(this.#itemMs, 1e-6);
    return Math.min(MAX_BATCH_ITEMS, Math.max(1, Math.round(items)));
  }

  /** Items may have become ready. */
  wake() {
    // Settling an item may wake the window from within its own loop.
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (;;) {
        const size = this.#batchItems();
        if (this.#outstanding >= Math.max(2 * this.#limit, BATCHES_AHEAD * size)) break;
        if (!this.#submitNext(size)) break;
      }
    } finally {
      this.#pumping = false;
    }
  }

  /**
   * @param {number} size
   * @returns {boolean} whether there was anything to submit
   */
  #submitNext(size) {
    /** @type {number[]} */
    const indexes = [];
    const run = this.#feed.pullOne(this.#hasContent ? 1 : size, indexes);
    if (run === null) return false;
    if (this.#hasContent) this.#pullBytes(run, size, indexes);
    const accepted = this.#operation.input === 'none' ? indexes : indexes.filter((index) => this.#accept(run, index));
    if (accepted.length === 0) return true;
    this.#submit(run, accepted);
    return true;
  }

  /**
   * @param {Settling} run
   * @param {number[]} indexes
   */
  #submit(run, indexes) {
    const items = indexes.map((index) => run.items[index]);
    let id = 0;
    try {
      id = this.#lane.submit(items, run.timeoutMs, (result) => this.#settle(id, run, indexes, items, result));
    } catch (error) {
      this.#refused(run, indexes, error);
      return;
    }
    this.#runs.set(id, run);
    this.#outstanding += indexes.length;
  }

  /**
   * Runs all items of a call in one batch, in the order of their dependencies. The limit is the present
   * one, to the end.
   * @param {Collecting} run
   * @param {GraphShape} shape
   */
  submitGraph(run, shape) {
    const items = run.items;
    const onDone = (/** @type {BatchResult} */ result) => {
      const { failures } = result;
      for (const [index, failure] of failures ?? []) {
        if (!(failure instanceof NotRun)) continue;
        const { position } = failure;
        run.skip(index, dependencyFailedError(shape.keys[index], shape.keys[position], failures?.get(position)));
      }
      this.#settle(id, run, Array.from(items.keys()), items, result);
    };
    const id = this.#lane.submit(items, run.timeoutMs, onDone, shape);
    this.#runs.set(id, run);
    this.#outstanding += items.length;
  }

  /**
   * Nothing of a batch was taken (closed, queue full, no memory for the copy).
   * @param {Settling} run
   * @param {number[]} indexes
   * @param {unknown} error
   */
  #refused(run, indexes, error) {
    // One huge item must not take its neighbours with it.
    if (indexes.length > 1 && /** @type {{ code?: string }} */ (error).code === 'ERR_OUT_OF_MEMORY') {
      for (const index of indexes) this.#submit(run, [index]);
      return;
    }
    // Each item's own failure, which a retry may follow.
    for (const index of indexes) run.fail(index, error, -1);
  }

  /**
   * Adds items of the same run while the batch stays small in bytes.
   * @param {Settling} run
   * @param {number} size
   * @param {number[]} indexes
   */
  #pullBytes(run, size, indexes) {
    let bytes = this.#operation.contentBytes(run.items[indexes[0]]);
    while (indexes.length < size && bytes < MAX_BATCH_BYTES) {
      const index = run.take();
      if (index < 0) break;
      indexes.push(index);
      bytes += this.#operation.contentBytes(run.items[index]);
    }
  }

  /**
   * An item of the wrong type fails by itself and never crosses.
   * @param {Settling} run
   * @param {number} index
   */
  #accept(run, index) {
    const item = run.items[index];
    if (this.#operation.accepts(item)) return true;
    run.fail(index, typeError('item', this.#operation.expected, item), -1);
    return false;
  }

  /**
   * @param {number} id
   * @param {Settling} run
   * @param {number[]} indexes
   * @param {unknown[]} items
   * @param {BatchResult} result
   */
  #settle(id, run, indexes, items, result) {
    this.#runs.delete(id);
    this.#outstanding -= indexes.length;
    try {
      this.#settleItems(run, indexes, items, result);
    } catch (error) {
      // A defect, of which the caller hears: nothing awaited is left pending.
      run.reject(error);
    }
    const meanMs = result.elapsedMs.reduce((sum, ms) => sum + ms, 0) / indexes.length;
    this.#itemMs = this.#itemMs < 0 ? meanMs : this.#itemMs + SMOOTHING * (meanMs - this.#itemMs);
    this.wake();
    if (this.#outstanding === 0) for (const idle of this.#whenIdle.splice(0)) idle();
  }

  /**
   * @param {Settling} run
   * @param {number[]} indexes
   * @param {unknown[]} items
   * @param {BatchResult} result
   */
  #settleItems(run, indexes, items, result) {
    const { failures, elapsedMs } = result;
    const decode = this.#operation.decode;
    const view = this.#lane.view(result, indexes.length);
    for (let k = 0; k < indexes.length && !run.stopped; k++) {
      const index = indexes[k];
      const failure = failures?.get(k);
      if (failure instanceof NotRun) continue;
      if (failure !== undefined) run.fail(index, failure, elapsedMs[k]);
      else run.succeed(index, decode(view, k, items[k]), elapsedMs[k]);
    }
  }

  /** @param {number} limit */
  setLimit(limit) {
    this.#limit = limit;
    this.#lane.setLimit(limit);
    this.wake();
  }

  /** Batches of the run that are under way do no further work. @param {Settling} run */
  stopRun(run) {
    for (const [id, owner] of this.#runs) if (owner === run) this.#lane.cancel(id);
  }

  health() {
    return { queued: this.#outstanding - this.running, workers: [], restarts: 0, lateErrors: 0, reruns: 0 };
  }

  /** Resolves when what is under way has finished. */
  async close() {
    if (this.#outstanding > 0) await new Promise((resolve) => this.#whenIdle.push(() => resolve(undefined)));
    this.#lane.close();
  }
}
