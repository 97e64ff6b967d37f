// Runs items inside a worker: claims each, calls the processor, hands what comes of it to the outbox.
// Synchronous items run one after the other; once the processor has returned a promise, up to
// SHARE items run at once.
import * as c from './control.js';
import { ItemContext } from './item-context.js';
import { Pace } from './pace.js';

const FLUSH_MS = 1.5;
/** In the place of an item that could not be deserialised. */
const UNREADABLE = Symbol('unreadable');

/**
 * @typedef {object} RunnerOptions
 * @property {boolean} isAsync the processor is known to be asynchronous
 * @property {boolean} eager tell main of every result at once
 */

export class ItemRunner {
  /**
   * @param {import('./task-module.js').Processor} processor
   * @param {c.ControlBlock} control
   * @param {import('./outbox.js').Outbox} outbox
   * @param {import('./attribution.js').Attribution} attribution
   * @param {RunnerOptions} options
   */
  constructor(processor, control, outbox, attribution, { isAsync, eager }) {
    this.#processor = processor;
    this.#control = control;
    this.#outbox = outbox;
    this.#pace = new Pace(control.latency);
    this.#attribution = attribution;
    this.#async = isAsync;
    this.#eager = eager;
  }

  #processor;
  #control;
  #outbox;
  #pace;
  #attribution;
  #async;
  #eager;
  /** @type {unknown[]} */
  #items = [];
  #at = 0;
  /** @type {unknown[][]} */
  #later = [];
  #submitted = 0;
  #running = 0;
  /** Counts the uses of each slot, so that a late settlement is not taken for its successor's. */
  #generation = new Int32Array(c.SLOTS);
  /** @type {Map<number, ItemContext>} */
  #contexts = new Map();
  #busySinceMs = 0;
  #flushedMs = 0;
  #flushScheduled = false;
  #pumping = false;

  get running() {
    return this.#running;
  }

  /**
   * @param {number} slot
   * @param {number} generation
   */
  isRunning(slot, generation) {
    return this.#generation[slot] === generation && this.#control.state[slot] === c.STARTED;
  }

  /** @param {unknown[]} items in the order of the submission ring */
  add(items) {
    if (this.#isIdle()) this.#busySinceMs = c.clockMs();
    if (this.#at >= this.#items.length) {
      this.#items = items;
      this.#at = 0;
    } else {
      this.#later.push(items);
    }
    this.pump();
  }

  /** Items that are numbers. @param {number} count */
  addNumbers(count) {
    const items = new Array(count);
    // They come after those that are already here.
    let at = this.#submitted + (this.#items.length - this.#at);
    for (const later of this.#later) at += later.length;
    for (let i = 0; i < count; i++) items[i] = this.#control.input[(at + i) & c.SLOT_MASK];
    this.add(items);
  }

  /** Items that could not be read. @param {number} count */
  addUnreadable(count) {
    this.add(new Array(count).fill(UNREADABLE));
  }

  /**
   * Main has given up on an item: tell it so, and let go of it.
   * @param {number} slot
   * @param {unknown} reason
   */
  abandon(slot, reason) {
    if (this.#control.state[slot] !== c.STARTED) return;
    this.#generation[slot]++;
    this.#running--;
    const context = this.#contexts.get(slot);
    this.#contexts.delete(slot);
    this.#outbox.release(c.IS_ABANDONED, slot);
    this.flush();
    context?.abort(reason);
    this.pump();
  }

  /** Starts what may start. */
  pump() {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#pace.begin(c.clockMs(), this.#outbox.head);
    const header = this.#control.header;
    while (this.#hasItems() && this.#running < /** @type {number} */ (header[c.SHARE])) {
      const item = this.#items[this.#at];
      this.#items[this.#at++] = undefined;
      this.#start(this.#nextSlot(), item);
    }
    this.#endGroup();
    this.#pumping = false;
    this.#settleDown();
  }

  flush() {
    const nowMs = c.clockMs();
    if (this.#busySinceMs > 0) {
      this.#control.busyMs[0] += nowMs - this.#busySinceMs;
      this.#busySinceMs = nowMs;
    }
    this.#flushedMs = nowMs;
    this.#outbox.flush();
    this.#attribution.forget();
  }

  #isIdle() {
    return this.#running === 0 && this.#at >= this.#items.length && this.#later.length === 0;
  }

  #hasItems() {
    if (this.#at < this.#items.length) return true;
    const next = this.#later.shift();
    if (next === undefined) return false;
    this.#items = next;
    this.#at = 0;
    return next.length > 0;
  }

  #nextSlot() {
    const word = /** @type {number} */ (this.#control.submitted[this.#submitted & c.SLOT_MASK]);
    this.#submitted = (this.#submitted + 1) | 0;
    return word;
  }

  /**
   * @param {number} word
   * @param {unknown} item
   */
  #start(word, item) {
    const slot = word & c.INDEX_MASK;
    const { state, start, header } = this.#control;
    if (this.#pace.isCautious()) this.#tellBeforeNext();
    start[slot] = this.#pace.startMs;
    header[c.SYNC_SLOT] = slot + 1;
    if (Atomics.compareExchange(state, slot, c.QUEUED, c.STARTED) !== c.QUEUED) {
      header[c.SYNC_SLOT] = 0;
      this.#outbox.release(c.IS_RECALLED, slot);
      return;
    }
    if (item === UNREADABLE) {
      header[c.SYNC_SLOT] = 0;
      this.#outbox.release(c.IS_UNREADABLE, slot);
      return;
    }
    const context = (word & c.WITH_CONTEXT) === 0 ? undefined : this.#contextOf(slot);
    let value;
    try {
      value = this.#call(slot, item, context);
      if (typeof value === 'object' && value !== null && typeof (/** @type {any} */ (value).then) === 'function') {
        header[c.SYNC_SLOT] = 0;
        this.#await(slot, /** @type {PromiseLike<unknown>} */ (value));
        return;
      }
    } catch (error) {
      header[c.SYNC_SLOT] = 0;
      this.#generation[slot]++;
      this.#outbox.fail(slot, error, this.#async ? this.#latencyOf(slot) : 0);
      this.#afterSync(slot, context);
      return;
    }
    header[c.SYNC_SLOT] = 0;
    this.#generation[slot]++;
    this.#outbox.succeed(slot, value, this.#async ? this.#latencyOf(slot) : 0);
    this.#afterSync(slot, context);
  }

  /**
   * @param {number} slot
   * @param {unknown} item
   * @param {ItemContext | undefined} context
   */
  #call(slot, item, context) {
    const processor = this.#processor;
    if (this.#async) {
      const generation = /** @type {number} */ (this.#generation[slot]);
      return this.#attribution.call(slot, generation, processor, item, context);
    }
    return context === undefined ? processor(item) : processor(item, context);
  }

  /** @param {number} slot */
  #contextOf(slot) {
    const { index, attempt } = this.#control;
    const context = new ItemContext(/** @type {number} */ (index[slot]), /** @type {number} */ (attempt[slot]));
    this.#contexts.set(slot, context);
    return context;
  }

  /**
   * @param {number} slot
   * @param {ItemContext | undefined} context
   */
  #afterSync(slot, context) {
    if (context !== undefined) this.#contexts.delete(slot);
    if (this.#eager || this.#pace.isGroupFull(this.#outbox.head)) this.#endGroup();
    if (this.#eager) this.flush();
  }

  /**
   * @param {number} slot
   * @param {PromiseLike<unknown>} promise
   */
  #await(slot, promise) {
    if (!this.#async) this.#becomeAsync();
    const generation = /** @type {number} */ (this.#generation[slot]);
    this.#running++;
    Promise.resolve(promise).then(
      (value) => {
        if (this.#finish(slot, generation)) this.#outbox.succeed(slot, value, this.#latencyOf(slot));
        this.#afterAsync();
      },
      (error) => {
        if (this.#finish(slot, generation)) this.#outbox.fail(slot, error, this.#latencyOf(slot));
        this.#afterAsync();
      },
    );
    this.#endGroup();
  }

  /** Main sends more items to a worker that runs several at once: let it know. */
  #becomeAsync() {
    this.#async = true;
    Atomics.store(this.#control.header, c.ASYNC, 1);
    this.#outbox.touch();
  }

  /**
   * @param {number} slot
   * @param {number} generation
   * @returns {boolean} false when main has given up on the item
   */
  #finish(slot, generation) {
    if (this.#generation[slot] !== generation) return false;
    this.#generation[slot]++;
    this.#running--;
    this.#contexts.delete(slot);
    return true;
  }

  /** @param {number} slot */
  #latencyOf(slot) {
    return c.clockMs() - /** @type {number} */ (this.#control.start[slot]);
  }

  #afterAsync() {
    if (this.#eager) this.flush();
    this.pump();
  }

  /** After a group of items: notes how long they took, and sends their results if it is time to. */
  #endGroup() {
    const nowMs = c.clockMs();
    this.#pace.end(nowMs, this.#outbox.head, !this.#async);
    if (nowMs - this.#flushedMs > FLUSH_MS) this.flush();
  }

  /** After slow items, finished results do not wait for the next one, which may be slow too. */
  #tellBeforeNext() {
    if (this.#outbox.holdsValues) {
      this.#endGroup();
      this.flush();
    }
  }

  /** Nothing more can start now. */
  #settleDown() {
    if (this.#isIdle()) {
      this.flush();
      this.#busySinceMs = 0;
    } else if (this.#outbox.unsent && !this.#flushScheduled) {
      this.#flushScheduled = true;
      setImmediate(() => {
        this.#flushScheduled = false;
        this.flush();
      });
    }
  }
}
