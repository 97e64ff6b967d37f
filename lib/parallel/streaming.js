// One stream() call: items are read from the source only as fast as settled results are consumed, so
// that memory stays bounded whatever the length of the input. Items live in a ring of slots; the index
// the placements see is the slot.
import { Settling } from './settling.js';

/**
 * @typedef {object} Settled
 * @property {number} index
 * @property {unknown} item
 * @property {'fulfilled' | 'rejected'} status
 * @property {unknown} [value]
 * @property {unknown} [reason]
 * @property {number} attempts
 */

export class Streaming extends Settling {
  /**
   * @param {Iterable<unknown> | AsyncIterable<unknown>} source
   * @param {import('./settling.js').SettlingOptions & { highWaterMark: number, ordered: boolean }} options
   */
  constructor(source, options) {
    super(options);
    this.#capacity = options.highWaterMark;
    this.#ordered = options.ordered;
    const iterable = Object(source);
    /** @type {Iterator<unknown> | AsyncIterator<unknown>} */
    this.#iterator = iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]();
  }

  #iterator;
  #capacity;
  #ordered;
  /** Slots to use again; more are made as they are needed. @type {number[]} */
  #free = [];
  /** @type {number[]} */
  #positions = [];
  /** Slots read from the source and not yet started. @type {number[]} */
  #fresh = [];
  /** Settled and not yet consumed, by position. @type {Map<number, Settled>} */
  #settled = new Map();
  #read = 0;
  #consumed = 0;
  #reading = false;
  #ended = false;
  /** @type {{ error: unknown } | null} */
  #failure = null;
  /** @type {(() => void) | null} */
  #changed = null;

  /** @override */
  takeFresh() {
    return this.#fresh.shift() ?? -1;
  }

  /** @override */
  hasFresh() {
    return this.#fresh.length > 0;
  }

  /**
   * @override
   * @param {number} slot
   */
  positionOf(slot) {
    return this.#positions[slot];
  }

  /**
   * @override
   * @param {number} slot
   * @param {unknown} value
   */
  onSuccess(slot, value) {
    this.#settle(slot, { status: 'fulfilled', value });
  }

  /**
   * @override
   * @param {number} slot
   * @param {unknown} reason
   */
  onFailure(slot, reason) {
    this.#settle(slot, { status: 'rejected', reason });
  }

  /**
   * @override
   * @param {unknown} reason
   */
  reject(reason) {
    if (this.stopped) return;
    this.#failure = { error: reason };
    this.stop();
    this.#signalChange();
  }

  /**
   * @param {number} slot
   * @param {{ status: 'fulfilled', value: unknown } | { status: 'rejected', reason: unknown }} outcome
   */
  #settle(slot, outcome) {
    const index = this.positionOf(slot);
    this.#settled.set(index, { index, item: this.items[slot], ...outcome, attempts: this.attemptOf(slot) });
    this.forgetAttempts(slot);
    this.items[slot] = undefined;
    this.#free.push(slot);
    this.#signalChange();
  }

  #signalChange() {
    const changed = this.#changed;
    this.#changed = null;
    changed?.();
  }

  /**
   * The next settled result, waiting for it where need be.
   * @returns {Promise<Settled | null>} null at the end; rejects when the call was ended by an error
   */
  async next() {
    for (;;) {
      if (this.#failure !== null && this.stopped) throw this.#failure.error;
      this.#fill();
      const settled = this.#shift();
      if (settled !== null) return settled;
      if (this.#ended && this.#consumed === this.#read) {
        if (this.#failure !== null) throw this.#failure.error;
        return null;
      }
      await new Promise((resolve) => {
        this.#changed = () => resolve(undefined);
      });
    }
  }

  /** @returns {Settled | null} */
  #shift() {
    const index = this.#ordered ? this.#consumed : this.#settled.keys().next().value;
    const settled = index === undefined ? undefined : this.#settled.get(index);
    if (settled === undefined) return null;
    this.#settled.delete(settled.index);
    this.#consumed++;
    return settled;
  }

  /** Starts reading the source when there is room and nobody reads yet. */
  #fill() {
    if (!this.#reading) void this.#readWhileRoom();
  }

  async #readWhileRoom() {
    this.#reading = true;
    try {
      while (!this.#ended && !this.stopped && this.#read - this.#consumed < this.#capacity) {
        const { done, value } = await this.#iterator.next();
        if (this.stopped) break;
        if (done) this.#ended = true;
        else this.#admit(value);
      }
    } catch (error) {
      // What was read before the source failed is still delivered.
      this.#ended = true;
      this.#failure = { error };
    }
    this.#reading = false;
    this.#signalChange();
  }

  /** @param {unknown} item */
  #admit(item) {
    const slot = this.#free.pop() ?? this.#positions.length;
    this.#positions[slot] = this.#read++;
    this.items[slot] = item;
    this.#fresh.push(slot);
    this.onReady();
  }

  /** The consumer has left, or all is done: nothing starts any more, and the source is closed. */
  async end() {
    const early = !this.#ended;
    this.stop();
    this.#fresh.length = 0;
    if (!early) return;
    const closed = this.#iterator.return?.();
    // An async generator queues the return behind the read under way, which may never end.
    if (this.#reading) Promise.resolve(closed).catch(() => {});
    else await closed;
  }
}
