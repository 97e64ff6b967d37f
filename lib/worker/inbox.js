// What comes back from one worker: reads the ring of completions and settles the items. The ring is the truth; a
// message brings the values that do not fit into it, in the ring's order.
import { TimeoutError, WorkerError } from '../errors.js';
import * as c from './control.js';
import { decodeThrown } from './error-transfer.js';

/** @typedef {import('./types.js').Run} Run */

export class Inbox {
  /**
   * @param {c.ControlBlock} control
   * @param {import('./slots.js').Slots} slots
   * @param {(run: Run, index: number) => void} onUnreadable
   */
  constructor(control, slots, onUnreadable) {
    this.#control = control;
    this.#slots = slots;
    this.#onUnreadable = onUnreadable;
  }

  #control;
  #slots;
  #onUnreadable;
  /** How many completions have been read, modulo 2^32. */
  consumed = 0;
  /** Items over their timeout, and when the worker was asked to let go of them. @type {Map<number, number>} */
  expiring = new Map();

  /** Whether there are completions that have not been read. */
  get hasNew() {
    return Atomics.load(this.#control.header, c.HEAD) !== this.consumed;
  }

  /**
   * Settles what the ring and these values allow.
   * @param {unknown[] | null} values
   * @returns {number} how many completions were read
   */
  consume(values) {
    const control = this.#control;
    const head = Atomics.load(control.header, c.HEAD);
    const before = this.consumed;
    let next = 0;
    while (this.consumed !== head) {
      const at = this.consumed & c.SLOT_MASK;
      const word = /** @type {number} */ (control.completed[at]);
      const kind = word >> c.KIND_SHIFT;
      let value;
      if (kind === c.IS_NUMBER) value = control.number[at];
      else if (kind === c.IS_VALUE || kind === c.IS_ERROR) {
        if (values === null || next >= values.length) break;
        value = values[next++];
      }
      const latencyMs = /** @type {number} */ (control.latency[at]);
      this.consumed = (this.consumed + 1) | 0;
      this.#settle(kind, word & c.INDEX_MASK, value, latencyMs);
    }
    return (this.consumed - before) | 0;
  }

  /**
   * @param {number} kind
   * @param {number} slot
   * @param {unknown} value
   * @param {number} latencyMs
   */
  #settle(kind, slot, value, latencyMs) {
    const slots = this.#slots;
    const run = slots.runs[slot];
    const index = /** @type {number} */ (slots.indexes[slot]);
    if (this.expiring.size > 0) this.expiring.delete(slot);
    const startMs = slots.startOf(slot);
    slots.release(slot);
    if (run === null || run === undefined || run.stopped) return;
    switch (kind) {
      case c.IS_NUMBER:
      case c.IS_UNDEFINED:
        return run.succeed(index, value, latencyMs);
      case c.IS_NULL:
        return run.succeed(index, null, latencyMs);
      case c.IS_TRUE:
        return run.succeed(index, true, latencyMs);
      case c.IS_FALSE:
        return run.succeed(index, false, latencyMs);
      case c.IS_ABANDONED:
        return run.fail(index, new TimeoutError(run.timeoutMs), c.clockMs() - startMs);
      case c.IS_UNREADABLE:
        return this.#onUnreadable(run, index);
      case c.IS_ERROR:
        return run.fail(index, value instanceof Lost ? value.error : decodeThrown(/** @type {any} */ (value)), latencyMs);
      default:
        if (value instanceof Lost) return run.fail(index, value.error, latencyMs);
        return run.succeed(index, value, latencyMs);
    }
  }

  /**
   * One value that the worker could not send.
   * @param {unknown} error
   */
  consumeLost(error) {
    return this.consume([new Lost(error)]);
  }

  /**
   * A message of values that cannot be deserialised here: which, nobody can tell, so all that it may have held fail.
   * @param {unknown} cause
   */
  consumeUnreadable(cause) {
    const error = new WorkerError('ERR_NOT_CLONEABLE', 'The result cannot be read in the main thread', { cause });
    return this.consume(new Array(c.SLOTS).fill(new Lost(error)));
  }
}

/** A value that did not make it across; in its place the error that says so. */
class Lost {
  /** @param {unknown} error */
  constructor(error) {
    this.error = error;
  }
}
