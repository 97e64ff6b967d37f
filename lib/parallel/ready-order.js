// Which item is ready to start next when that is not simply the next of the input: by priority, by
// dependencies, or both. `take` returns an index or -1; `succeeded` says whether items became ready;
// `failed` returns the items that can never run because of the failure, each with its error.

/**
 * @typedef {object} Skipped
 * @property {number} index
 * @property {unknown} error
 */

/**
 * @typedef {object} ReadyOrder
 * @property {() => number} take
 * @property {() => boolean} hasReady
 * @property {(index: number) => boolean} succeeded
 * @property {(index: number, error: unknown) => Skipped[]} failed
 */

/** @type {Skipped[]} */
const NONE = [];

/**
 * All items are ready from the start; higher priorities first, equal ones in input order.
 * @implements {ReadyOrder}
 */
export class PriorityOrder {
  /** @param {Float64Array} priorities one for each item */
  constructor(priorities) {
    this.#order = new Uint32Array(priorities.length);
    for (let index = 0; index < priorities.length; index++) this.#order[index] = index;
    this.#order.sort((a, b) => priorities[b] - priorities[a] || a - b);
  }

  #order;
  #next = 0;

  take() {
    return this.#next < this.#order.length ? this.#order[this.#next++] : -1;
  }

  hasReady() {
    return this.#next < this.#order.length;
  }

  succeeded() {
    return false;
  }

  failed() {
    return NONE;
  }
}

/** Ready items in the order they became ready. */
export class FifoQueue {
  /** @type {number[]} */
  #items = [];
  #head = 0;

  get size() {
    return this.#items.length - this.#head;
  }

  /** @param {number} index */
  push(index) {
    this.#items.push(index);
  }

  /** @returns {number} -1 when empty */
  pop() {
    if (this.#head === this.#items.length) return -1;
    const index = this.#items[this.#head++];
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    }
    return index;
  }
}

/** Ready items by priority: a binary heap, equal priorities in input order. O(log n). */
export class PriorityQueue {
  /** @param {Float64Array} priorities */
  constructor(priorities) {
    this.#priorities = priorities;
  }

  #priorities;
  /** @type {number[]} */
  #heap = [];

  get size() {
    return this.#heap.length;
  }

  /**
   * @param {number} a
   * @param {number} b
   */
  #before(a, b) {
    const difference = this.#priorities[a] - this.#priorities[b];
    return difference > 0 || (difference === 0 && a < b);
  }

  /** @param {number} index */
  push(index) {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(index);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!this.#before(index, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = index;
  }

  /** @returns {number} -1 when empty */
  pop() {
    const heap = this.#heap;
    const top = heap[0];
    if (top === undefined) return -1;
    const last = /** @type {number} */ (heap.pop());
    if (heap.length > 0) this.#sink(last);
    return top;
  }

  /** @param {number} index put at the root, then lowered to its place */
  #sink(index) {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      const right = child + 1;
      if (right < heap.length && this.#before(heap[right], heap[child])) child = right;
      const below = heap[child];
      if (!this.#before(below, index)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = index;
  }
}
