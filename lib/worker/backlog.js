// Items that are in the pool's hands and in no worker: taken back from one, returned by a crash, or taken off the
// feed to see how many there are. They go before the feed's. Suspects of a crash wait apart.

/**
 * @typedef {import('./types.js').Run} Run
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').Feed} Feed
 */

export class Backlog {
  /** @param {Feed} feed */
  constructor(feed) {
    this.#feed = feed;
  }

  #feed;
  /** @type {Entry[]} */
  #entries = [];
  /** Suspects, each to run alone in a worker. @type {Entry[]} */
  #alone = [];
  /** What pull() found, in step. @type {Run[]} */
  runs = [];
  /** @type {number[]} */
  indexes = [];

  get size() {
    return this.#entries.length + this.#alone.length;
  }

  get hasAlone() {
    return this.#alone.length > 0;
  }

  /** @param {Entry[]} entries to go before everything else */
  putFirst(entries) {
    if (entries.length > 0) this.#entries = [...entries, ...this.#entries];
  }

  /** @param {Entry[]} entries */
  putAlone(entries) {
    for (const entry of entries) this.#alone.push(entry);
  }

  /**
   * Fills `runs` and `indexes`: what waits here first, then the feed.
   * @param {number} max
   * @returns {number} how many
   */
  pull(max) {
    const { runs, indexes } = this;
    runs.length = 0;
    indexes.length = 0;
    let taken = 0;
    while (runs.length < max && taken < this.#entries.length) {
      const { run, index } = /** @type {Entry} */ (this.#entries[taken++]);
      if (run.stopped) continue;
      runs.push(run);
      indexes.push(index);
    }
    if (taken > 0) this.#entries.splice(0, taken);
    if (runs.length < max) this.#feed.pull(max - runs.length, runs, indexes);
    return runs.length;
  }

  /** Puts back what pull() found, from this position on. @param {number} from */
  unpull(from) {
    const { runs, indexes } = this;
    this.putFirst(runs.slice(from).map((run, i) => ({ run, index: /** @type {number} */ (indexes[from + i]) })));
  }

  /** @returns {Entry | undefined} the next suspect */
  nextAlone() {
    let entry = this.#alone.shift();
    while (entry?.run.stopped) entry = this.#alone.shift();
    return entry;
  }

  /** @param {Run} run whose items nobody wants any more */
  drop(run) {
    this.#entries = this.#entries.filter((entry) => entry.run !== run);
    this.#alone = this.#alone.filter((entry) => entry.run !== run);
  }

  /**
   * Fails everything that waits, here and in the feed.
   * @param {unknown} error
   */
  failAll(error) {
    this.putFirst(this.#alone.splice(0));
    while (this.pull(1024) > 0) {
      const runs = this.runs.splice(0);
      const indexes = this.indexes.splice(0);
      runs.forEach((run, i) => run.fail(/** @type {number} */ (indexes[i]), error, -1));
    }
  }
}
