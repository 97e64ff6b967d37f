/** The smallest Run and Feed in memory: drives a WorkerPool without ParallelProcessor. */

export class ListRun {
  /** @param {unknown[]} items @param {{ timeoutMs?: number, wantsContext?: boolean }} [options] */
  constructor(items, { timeoutMs = 0, wantsContext = false } = {}) {
    this.items = items;
    this.timeoutMs = timeoutMs;
    this.wantsContext = wantsContext;
    this.stopped = false;
    this.next = 0;
    this.settled = 0;
    this.sum = 0;
    /** @type {Map<number, any>} */
    this.errors = new Map();
    this.done = new Promise((resolve) => (this.resolve = resolve));
  }

  attemptOf() {
    return 1;
  }

  /** @param {number} index */
  positionOf(index) {
    return index;
  }

  /** @param {number} _index @param {number} value @param {number} _latencyMs */
  succeed(_index, value, _latencyMs) {
    this.sum += value;
    if (++this.settled === this.items.length) this.resolve(this.sum);
  }

  /** @param {number} index @param {unknown} error @param {number} _latencyMs */
  fail(index, error, _latencyMs) {
    this.errors.set(index, error);
    if (++this.settled === this.items.length) this.resolve(this.sum);
  }

  /** @param {number} max @param {any[]} runs @param {number[]} indexes */
  pull(max, runs, indexes) {
    const count = Math.min(max, this.items.length - this.next);
    for (let i = 0; i < count; i++) {
      runs.push(this);
      indexes.push(this.next++);
    }
    return count;
  }
}
