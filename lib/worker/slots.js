// The slots of one worker as the main thread sees them: which item sits in each, and the transitions that
// main may make (see control.js). Settles nothing.
import * as c from './control.js';

/**
 * @typedef {import('./types.js').Run} Run
 * @typedef {import('./types.js').Entry} Entry
 */

export class Slots {
  /** @param {c.ControlBlock} control */
  constructor(control) {
    this.#control = control;
  }

  #control;
  /** The run of each slot; null for one that is free, or whose item main has taken back or given up on.
   * @type {(Run | null)[]} */
  runs = new Array(c.SLOTS).fill(null);
  indexes = new Int32Array(c.SLOTS);
  /** Slots whose item was moved to the worker: it cannot be sent again. @type {Set<number>} */
  moved = new Set();
  #free = Int32Array.from({ length: c.SLOTS }, (_, i) => c.SLOTS - 1 - i);
  #freeCount = c.SLOTS;
  /** Position in the submission ring. */
  submitted = 0;
  /** Slots from here on have never been used. */
  #highWater = 0;
  /** Slots in use. */
  get used() {
    return c.SLOTS - this.#freeCount;
  }

  /** How many slots are free. */
  get free() {
    return this.#freeCount;
  }

  /**
   * REQUIRES: a free slot.
   * @param {Run} run
   * @param {number} index
   * @returns {number}
   */
  take(run, index) {
    const control = this.#control;
    const slot = /** @type {number} */ (this.#free[--this.#freeCount]);
    if (slot >= this.#highWater) this.#highWater = slot + 1;
    this.runs[slot] = run;
    this.indexes[slot] = index;
    control.state[slot] = c.QUEUED;
    let word = slot;
    if (run.wantsContext) {
      word |= c.WITH_CONTEXT;
      control.index[slot] = run.positionOf(index);
      control.attempt[slot] = run.attemptOf(index);
    }
    control.submitted[this.submitted & c.SLOT_MASK] = word;
    this.submitted = (this.submitted + 1) | 0;
    return slot;
  }

  /** Takes back the last `count` submissions, whose message was not posted. @param {number} count */
  undo(count) {
    for (let i = 0; i < count; i++) {
      this.submitted = (this.submitted - 1) | 0;
      const word = /** @type {number} */ (this.#control.submitted[this.submitted & c.SLOT_MASK]);
      this.release(word & c.INDEX_MASK);
    }
  }

  /** @param {number} slot */
  release(slot) {
    this.runs[slot] = null;
    if (this.moved.size > 0) this.moved.delete(slot);
    this.#control.state[slot] = c.FREE;
    this.#free[this.#freeCount++] = slot;
  }

  /** @param {number} slot */
  stateOf(slot) {
    return Atomics.load(this.#control.state, slot);
  }

  /** When the slot's item started, by clockMs(). @param {number} slot */
  startOf(slot) {
    return /** @type {number} */ (this.#control.start[slot]);
  }

  /**
   * Takes an item back if it has not started. The slot stays in use until the worker has seen it.
   * @param {number} slot
   */
  recall(slot) {
    const state = this.#control.state;
    if (Atomics.compareExchange(state, slot, c.QUEUED, c.RECALLED) !== c.QUEUED) return false;
    this.runs[slot] = null;
    return true;
  }

  /**
   * Calls `visit` for each slot that holds an item someone waits for.
   * @param {(slot: number, run: Run) => void} visit
   */
  forEach(visit) {
    for (let slot = 0; slot < this.#highWater; slot++) {
      const run = this.runs[slot];
      if (run !== null && run !== undefined) visit(slot, run);
    }
  }

  /**
   * Takes back everything that has not started and can be sent elsewhere.
   * @returns {Entry[]}
   */
  recallAll() {
    /** @type {Entry[]} */
    const entries = [];
    this.forEach((slot, run) => {
      if (this.moved.has(slot)) return;
      const entry = { run, index: /** @type {number} */ (this.indexes[slot]) };
      if (this.recall(slot)) entries.push(entry);
    });
    return entries;
  }

  /** The slots whose items are being executed. */
  started() {
    /** @type {number[]} */
    const slots = [];
    this.forEach((slot) => {
      if (this.stateOf(slot) === c.STARTED) slots.push(slot);
    });
    return slots;
  }

  /** Whether someone waits for an item in here. */
  get isWanted() {
    let isWanted = false;
    this.forEach((_, run) => {
      if (!run.stopped) isWanted = true;
    });
    return isWanted;
  }
}
