// The calls that are under way on one instance, taking turns: the window is shared fairly, item by item.

/** @typedef {import('./settling.js').Settling} Settling */

export class Feed {
  /** @type {Settling[]} */
  #runs = [];
  #turn = 0;
  /** The index that belongs to the run last returned by next(). */
  index = -1;

  /** @param {Settling} run */
  add(run) {
    this.#runs.push(run);
  }

  /** @param {Settling} run */
  remove(run) {
    const at = this.#runs.indexOf(run);
    if (at >= 0) this.#runs.splice(at, 1);
  }

  get runs() {
    return this.#runs;
  }

  /**
   * The run whose item starts next, with the item in `index`; null when nothing can start.
   * @returns {Settling | null}
   */
  next() {
    const runs = this.#runs;
    for (let tries = runs.length; tries > 0; tries--) {
      if (this.#turn >= runs.length) this.#turn = 0;
      const run = runs[this.#turn++];
      if (run.stopped) continue;
      const index = run.take();
      if (index >= 0) {
        this.index = index;
        return run;
      }
    }
    return null;
  }

  /** Whether next() would return a run. */
  hasReady() {
    return this.#runs.some((run) => !run.stopped && run.hasReady());
  }

  /**
   * Takes up to `max` items of all runs in turn.
   * @param {number} max
   * @param {import('../worker/types.js').Run[]} runs appended to, in step with `indexes`
   * @param {number[]} indexes
   * @returns {number} how many
   */
  pull(max, runs, indexes) {
    let count = 0;
    while (count < max) {
      const run = this.next();
      if (run === null) break;
      runs.push(run);
      indexes.push(this.index);
      count++;
    }
    return count;
  }

  /**
   * Takes up to `max` items of one run, the one whose turn it is.
   * @param {number} max
   * @param {number[]} indexes
   * @returns {Settling | null} null when nothing can start
   */
  pullOne(max, indexes) {
    const run = this.next();
    if (run === null) return null;
    indexes.push(this.index);
    while (indexes.length < max) {
      const index = run.take();
      if (index < 0) break;
      indexes.push(index);
    }
    return run;
  }
}
