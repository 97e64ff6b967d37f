// How many items go into one message. A message costs a few microseconds and a wake-up, so tiny items
// travel by the hundred; items of a millisecond travel alone, so that none waits behind a slow one.
// Measured on the way: execution per item (told by the workers), encoding per item, bytes per item.

const TARGET_MS = 1;
const MAX_ITEMS = 1024;
const MAX_BYTES = 1 << 20;
const GROWTH = 4;

export class BatchSize {
  #perItemMs = 0;
  #encodeMs = 0;
  #bytes = 0;
  /** Items in the next message. */
  value = 1;

  /** Expected milliseconds of one item. */
  get perItemMs() {
    return this.#perItemMs;
  }

  /**
   * @param {number} elapsedMs a worker's time over `count` items
   * @param {number} count
   */
  observe(elapsedMs, count) {
    const sample = elapsedMs / count;
    // A rise counts less than a fall: on a busy machine it is often a worker that was not running. An item that
    // is really slower by orders of magnitude makes the next messages small all the same.
    const weight = sample > this.#perItemMs && this.#perItemMs > 0 ? 0.25 : 0.5;
    this.#perItemMs = this.#perItemMs === 0 ? sample : this.#perItemMs + weight * (sample - this.#perItemMs);
    this.#update();
  }

  /**
   * @param {number} elapsedMs the main thread's time over `count` items
   * @param {number} count
   * @param {number} bytes of those parts whose size is known
   */
  observeEncoding(elapsedMs, count, bytes) {
    const sample = elapsedMs / count;
    const weight = sample > this.#encodeMs && this.#encodeMs > 0 ? 0.1 : 0.5;
    this.#encodeMs += weight * (sample - this.#encodeMs);
    this.#bytes = (this.#bytes * 3 + bytes / count) / 4;
  }

  /** Whether a message of this many bytes is full. @param {number} bytes */
  isFull(bytes) {
    return bytes >= MAX_BYTES;
  }

  #update() {
    const byTime = TARGET_MS / Math.max(this.#perItemMs, this.#encodeMs, TARGET_MS / MAX_ITEMS);
    const byBytes = MAX_BYTES / Math.max(this.#bytes, 1);
    const wanted = Math.floor(Math.min(byTime, byBytes));
    this.value = Math.max(1, Math.min(wanted, this.value * GROWTH));
  }
}
