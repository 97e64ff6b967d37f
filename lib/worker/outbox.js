// The worker's results on their way to the main thread. Each completion is an entry in the shared ring,
// published at once; a small value (number, boolean, null, undefined) lies in the entry itself, so that
// main can take it even while this worker is stuck in the next item, or dead. Other values wait here
// for flush(), which sends them in one message. The order of values is the order of their entries.
import { WorkerError } from '../errors.js';
import * as c from './control.js';
import { encodeThrown } from './error-transfer.js';
import { markBuffers } from './payload.js';
import { isTransfer } from './transfer.js';

/** @typedef {import('node:worker_threads').TransferListItem} TransferListItem */

export class Outbox {
  /**
   * @param {c.ControlBlock} control
   * @param {import('node:worker_threads').MessagePort} port
   */
  constructor(control, port) {
    this.#control = control;
    this.#port = port;
  }

  #control;
  #port;
  /** @type {unknown[]} */
  #values = [];
  /** What to move with each value, where the processor said so. @type {Map<number, TransferListItem[]>} */
  #transfers = new Map();
  #unsent = false;
  /** Completions published so far. */
  head = 0;

  /** Whether results wait here that main cannot see. */
  get holdsValues() {
    return this.#values.length > 0;
  }

  /** Whether main has not been told of the latest entries. */
  get unsent() {
    return this.#unsent;
  }

  /**
   * @param {number} slot
   * @param {unknown} value
   * @param {number} latencyMs
   */
  succeed(slot, value, latencyMs) {
    if (typeof value === 'number') {
      this.#control.number[this.head & c.SLOT_MASK] = value;
      this.#publish(c.IS_NUMBER, slot, latencyMs);
    } else if (value === undefined) this.#publish(c.IS_UNDEFINED, slot, latencyMs);
    else if (value === null) this.#publish(c.IS_NULL, slot, latencyMs);
    else if (value === true) this.#publish(c.IS_TRUE, slot, latencyMs);
    else if (value === false) this.#publish(c.IS_FALSE, slot, latencyMs);
    else {
      this.#add(value);
      this.#publish(c.IS_VALUE, slot, latencyMs);
    }
  }

  /**
   * @param {number} slot
   * @param {unknown} thrown
   * @param {number} latencyMs
   */
  fail(slot, thrown, latencyMs) {
    this.#values.push(encodeThrown(thrown));
    this.#publish(c.IS_ERROR, slot, latencyMs);
  }

  /**
   * An item that has no result.
   * @param {number} kind
   * @param {number} slot
   */
  release(kind, slot) {
    this.#publish(kind, slot, -1);
  }

  /** Main shall look, though there may be no new entry. */
  touch() {
    this.#unsent = true;
  }

  /** @param {unknown} value */
  #add(value) {
    if (typeof value === 'object' && value !== null && isTransfer(value)) {
      this.#transfers.set(this.#values.length, value.list);
      this.#values.push(value.value);
    } else {
      this.#values.push(value);
    }
  }

  /**
   * @param {number} kind
   * @param {number} slot
   * @param {number} latencyMs
   */
  #publish(kind, slot, latencyMs) {
    const control = this.#control;
    const at = this.head & c.SLOT_MASK;
    control.completed[at] = (kind << c.KIND_SHIFT) | slot;
    control.latency[at] = latencyMs;
    control.state[slot] = c.DONE;
    this.head = (this.head + 1) | 0;
    this.#unsent = true;
    // Publishes the entry and the slot's state.
    Atomics.store(control.header, c.HEAD, this.head);
  }

  /** Tells main of everything published so far. */
  flush() {
    if (!this.#unsent) return;
    this.#unsent = false;
    const values = this.#values;
    if (values.length === 0) {
      this.#port.postMessage(null);
      return;
    }
    const transfers = this.#transfers;
    this.#values = [];
    this.#transfers = new Map();
    const list = transfers.size === 0 ? undefined : [...transfers.values()].flat();
    try {
      this.#port.postMessage(markBuffers(values), list);
    } catch {
      this.#sendOneByOne(values, transfers);
    }
  }

  /**
   * One of the values cannot be cloned: find out which, and send an error in its place.
   * @param {unknown[]} values
   * @param {Map<number, TransferListItem[]>} transfers
   */
  #sendOneByOne(values, transfers) {
    values.forEach((value, at) => {
      try {
        this.#port.postMessage(markBuffers([value]), transfers.get(at));
      } catch (cause) {
        const error = new WorkerError('ERR_NOT_CLONEABLE', 'The result cannot be passed to the main thread', { cause });
        this.#port.postMessage({ lost: encodeThrown(error) });
      }
    });
  }
}
