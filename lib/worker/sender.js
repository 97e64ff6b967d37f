// What goes to one worker: turns items into messages. Numbers lie beside their slots, long strings in the slab,
// everything else is cloned once, by the message.
import { WorkerError } from '../errors.js';
import * as c from './control.js';
import { PayloadWriter, serialisedBytes } from './payload.js';

/**
 * @typedef {import('./types.js').Run} Run
 * @typedef {import('node:worker_threads').TransferListItem} TransferListItem
 */

export class Sender {
  /**
   * @param {import('node:worker_threads').MessagePort} port
   * @param {c.ControlBlock} control
   * @param {import('./slots.js').Slots} slots
   * @param {import('./worker-task.js').WorkerTask} task
   * @param {import('./batch-size.js').BatchSize} batchSize
   */
  constructor(port, control, slots, task, batchSize) {
    this.#port = port;
    this.#control = control;
    this.#slots = slots;
    this.#task = task;
    this.#batchSize = batchSize;
    this.#payload = new PayloadWriter(control);
  }

  #port;
  #control;
  #slots;
  #task;
  #batchSize;
  #payload;
  #messages = 0;
  /** Items sent that have a timeout, since this was last set to 0. */
  timed = 0;

  /** The worker is gone. */
  end() {
    this.#payload.end();
  }

  /**
   * Sends items. Those that cannot be cloned fail; the others go.
   * @param {Run[]} runs
   * @param {number[]} indexes
   * @param {number} count at most the number of free slots
   * @returns {number} how many were sent or failed; the rest would make the message too large
   */
  send(runs, indexes, count) {
    const startMs = c.clockMs();
    const items = new Array(count);
    let bytes = 0;
    let sent = 0;
    while (sent < count && !this.#batchSize.isFull(bytes)) {
      const run = /** @type {Run} */ (runs[sent]);
      const item = run.items[/** @type {number} */ (indexes[sent])];
      if (typeof item === 'string') bytes += item.length;
      else if (typeof item === 'object' && ArrayBuffer.isView(item)) bytes += serialisedBytes(item.byteLength);
      items[sent++] = item;
    }
    items.length = sent;
    const failure = this.#post(items, runs, indexes, 0);
    if (failure !== null) this.#sendOneByOne(items, runs, indexes, failure);
    this.#batchSize.observeEncoding(c.clockMs() - startMs, sent, bytes);
    return sent;
  }

  /**
   * @param {unknown[]} items
   * @param {Run[]} runs
   * @param {number[]} indexes
   * @param {number} from
   * @returns {{ error: unknown } | null}
   */
  #post(items, runs, indexes, from) {
    const count = items.length;
    try {
      const { transfer } = this.#task;
      const lists = transfer === null ? null : items.map((item) => [...transfer(item)]);
      const message = this.#writeNumbers(items) ? count : this.#payload.write(items, transfer === null);
      this.#control.message[this.#messages & c.SLOT_MASK] = count;
      this.#take(runs, indexes, from, count, lists);
      try {
        this.#port.postMessage(message, lists?.flat());
      } catch (error) {
        this.#slots.undo(count);
        this.#payload.discard();
        return { error };
      }
    } catch (error) {
      return { error };
    }
    this.#payload.posted();
    this.#messages++;
    return null;
  }

  /**
   * Items that are all numbers need no serialiser: they lie beside their slots.
   * @param {unknown[]} items
   * @returns {boolean} false when they are not all numbers
   */
  #writeNumbers(items) {
    const { input } = this.#control;
    const at = this.#slots.submitted;
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (typeof item !== 'number') return false;
      input[(at + i) & c.SLOT_MASK] = item;
    }
    this.#payload.clear();
    return true;
  }

  /**
   * @param {Run[]} runs
   * @param {number[]} indexes
   * @param {number} from
   * @param {number} count
   * @param {TransferListItem[][] | null} lists what each item gives away
   */
  #take(runs, indexes, from, count, lists) {
    for (let i = 0; i < count; i++) {
      const run = /** @type {Run} */ (runs[from + i]);
      const slot = this.#slots.take(run, /** @type {number} */ (indexes[from + i]));
      if (run.timeoutMs > 0) this.timed++;
      if (lists !== null && /** @type {TransferListItem[]} */ (lists[i]).length > 0) this.#slots.moved.add(slot);
    }
  }

  /**
   * @param {unknown[]} items
   * @param {Run[]} runs
   * @param {number[]} indexes
   * @param {{ error: unknown }} failure of all of them together
   */
  #sendOneByOne(items, runs, indexes, failure) {
    for (let i = 0; i < items.length; i++) {
      const run = /** @type {Run} */ (runs[i]);
      const index = /** @type {number} */ (indexes[i]);
      const single = items.length === 1 ? failure : this.#post([run.items[index]], runs, indexes, i);
      if (single === null) continue;
      const cause = single.error;
      const isClone = cause instanceof DOMException || this.#task.transfer === null;
      const message = 'The item cannot be passed to a worker';
      run.fail(index, isClone ? new WorkerError('ERR_NOT_CLONEABLE', message, { cause }) : cause, -1);
    }
  }
}
