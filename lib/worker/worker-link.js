// One worker as the main thread sees it: starts the isolate, sends it messages of items, settles what comes
// back. Decides nothing about other workers: the pool fills it, watches it and deals with its death.
//
// - `slots.runs[slot]` is null once an item is settled, taken back or given up on: whatever the worker still
//   says about that slot only frees it.
// - The worker is what keeps the process alive, from its start until it is ready and while it has items. Not the
//   port: that closes a moment before the exit of a dying worker is known.
// - The ring of completions is the truth; a message brings the values that do not fit into it.
import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import { TimeoutError, WorkerError } from '../errors.js';
import * as c from './control.js';
import { decodeThrown } from './error-transfer.js';
import { PayloadWriter, restoreBuffers } from './payload.js';
import { Slots } from './slots.js';

/**
 * @typedef {import('./types.js').Run} Run
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').CrashReport} CrashReport
 * @typedef {import('node:worker_threads').TransferListItem} TransferListItem
 */

/**
 * What a link asks of its pool.
 * @typedef {object} LinkOwner
 * @property {import('./batch-size.js').BatchSize} batchSize
 * @property {number} settling above 0 while a link settles items: what they wake waits for onProgress
 * @property {(link: WorkerLink) => void} onReady
 * @property {(link: WorkerLink) => void} onProgress completions have been settled
 * @property {(link: WorkerLink, error: unknown) => void} onModuleError
 * @property {(link: WorkerLink, exitCode: number) => void} onExit
 * @property {(run: Run, index: number) => void} onUnreadable
 */

const workerFile = new URL('./worker-main.js', import.meta.url);

export class WorkerLink {
  /**
   * Throws what `new Worker` throws.
   * @param {number} id
   * @param {import('./worker-task.js').WorkerTask} task
   * @param {LinkOwner} owner
   */
  constructor(id, task, owner) {
    this.id = id;
    this.#owner = owner;
    this.#task = task;
    this.slots = new Slots(this.#control);
    this.#payload = new PayloadWriter(this.#control);
    /** @type {import('node:worker_threads').WorkerOptions} */
    const options = { name: `millrace ${id}`, workerData: task.workerData };
    if (task.resourceLimits !== undefined) options.resourceLimits = task.resourceLimits;
    if (task.env !== undefined) options.env = /** @type {any} */ (task.env);
    if (task.execArgv !== undefined) options.execArgv = [...task.execArgv];
    if (task.argv !== undefined) options.argv = [...task.argv];
    this.#worker = new Worker(workerFile, options);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#listen();
    const start = { port: port2, memory: this.#control.memory, href: task.href, exportName: task.exportName };
    this.#worker.postMessage({ ...start, eager: !task.rerun }, [port2]);
  }

  #owner;
  #task;
  #control = new c.ControlBlock();
  #payload;
  #worker;
  #port;
  #consumed = 0;
  #messages = 0;
  #busyMs = 0;
  #share = 0;
  /** @type {'starting' | 'ready' | 'dead'} */
  state = 'starting';
  /** An item runs alone here, to see whether it is the one that ends workers. */
  solo = false;
  /** Its items were taken back because it made no progress: nothing is sent until it does. */
  stuck = false;
  /** The consumed count at the watchdog's last look, and for how many looks it has not changed. */
  seen = -1;
  still = 0;
  /** Items in use that have a timeout. */
  timed = 0;
  /** Items over their timeout, and when the worker was asked to let go of them. @type {Map<number, number>} */
  expiring = new Map();
  /** What the worker said when it died. @type {CrashReport | null} */
  report = null;
  /** What Node says of its death. @type {unknown} */
  error = undefined;
  /** The pool has ended it on purpose. */
  isKilled = false;
  /** It was ended because it no longer answered; any of its items may be the one that holds it. */
  isHung = false;
  /** It was ready before it died. */
  wasReady = false;

  get share() {
    return this.#share;
  }

  /** How many completions have been read. */
  get consumed() {
    return this.#consumed;
  }

  get isAsync() {
    return this.#control.header[c.ASYNC] === 1;
  }

  /** The slot whose processor call is on the worker's stack, or -1. */
  get syncSlot() {
    return Atomics.load(this.#control.header, c.SYNC_SLOT) - 1;
  }

  /** Whether it could begin to execute another item at once. */
  get hasIdleCapacity() {
    return this.state === 'ready' && !this.solo && this.slots.used < (this.isAsync ? this.#share : Math.min(1, this.#share));
  }

  /** How many items to send now: a whole message or none, so that two messages are outstanding. */
  get room() {
    if (this.state !== 'ready' || this.solo || this.stuck || this.#share === 0) return 0;
    const size = this.#owner.batchSize.value;
    const capacity = Math.min(2 * size + (this.isAsync ? this.#share : 0), c.SLOTS);
    return capacity - this.slots.used >= size ? size : 0;
  }

  /** @param {number} share how many items it may run at once */
  setShare(share) {
    if (share === this.#share) return;
    const isMore = share > this.#share;
    this.#share = share;
    Atomics.store(this.#control.header, c.SHARE, share);
    if (isMore && this.slots.used > 0 && this.state === 'ready') this.#port.postMessage({ pump: true });
  }

  #listen() {
    this.#port.on('message', (message) => this.#receive(message));
    this.#port.on('messageerror', (error) => this.#receive({ unreadable: error }));
    this.#port.unref();
    this.#worker.on('error', (error) => (this.error = error));
    this.#worker.on('exit', (code) => this.#onExit(code));
  }

  /** @param {any} message */
  #receive(message) {
    if (message === null || Array.isArray(message)) this.#consume(message);
    else if (message.items !== undefined) this.#consume(restoreBuffers(message));
    else if (message.lost !== undefined) this.#consume([new Lost(decodeThrown(message.lost))]);
    else if (message.unreadable !== undefined) this.#consumeUnreadable(message.unreadable);
    else if (message.crash !== undefined) this.report = message.crash;
    else if (message.moduleError !== undefined) this.#owner.onModuleError(this, decodeThrown(message.moduleError));
    else if (message.ready) this.#onReady();
    if (message !== null && message.crash !== undefined) return;
    // It went on after the report: someone in the worker handled the error.
    this.report = null;
  }

  #onReady() {
    if (this.state !== 'starting') return;
    this.state = 'ready';
    this.wasReady = true;
    this.#worker.unref();
    this.#owner.onReady(this);
  }

  /** Looks for completions that no message has announced yet. */
  peek() {
    if (Atomics.load(this.#control.header, c.HEAD) !== this.#consumed) this.#consume(null);
  }

  /** @param {unknown[] | null} values */
  #consume(values) {
    const control = this.#control;
    const head = Atomics.load(control.header, c.HEAD);
    const before = this.#consumed;
    let next = 0;
    this.#owner.settling++;
    while (this.#consumed !== head) {
      const at = this.#consumed & c.SLOT_MASK;
      const word = /** @type {number} */ (control.completed[at]);
      const kind = word >> c.KIND_SHIFT;
      let value;
      if (kind === c.IS_NUMBER) value = control.number[at];
      else if (kind === c.IS_VALUE || kind === c.IS_ERROR) {
        if (values === null || next >= values.length) break;
        value = values[next++];
      }
      const latencyMs = /** @type {number} */ (control.latency[at]);
      this.#consumed = (this.#consumed + 1) | 0;
      this.#settle(kind, word & c.INDEX_MASK, value, latencyMs);
    }
    this.#owner.settling--;
    this.#afterProgress((this.#consumed - before) | 0);
  }

  /** @param {number} count */
  #afterProgress(count) {
    if (count > 0) {
      this.stuck = false;
      const busyMs = /** @type {number} */ (this.#control.busyMs[0]);
      if (busyMs > this.#busyMs) this.#owner.batchSize.observe(busyMs - this.#busyMs, count);
      this.#busyMs = busyMs;
      if (this.slots.used === 0) this.#becomeIdle();
    }
    this.#owner.onProgress(this);
  }

  #becomeIdle() {
    this.solo = false;
    this.timed = 0;
    this.expiring.clear();
    this.#worker.unref();
  }

  /**
   * @param {number} kind
   * @param {number} slot
   * @param {unknown} value
   * @param {number} latencyMs
   */
  #settle(kind, slot, value, latencyMs) {
    const slots = this.slots;
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
        return this.#owner.onUnreadable(run, index);
      case c.IS_ERROR:
        return run.fail(index, value instanceof Lost ? value.error : decodeThrown(/** @type {any} */ (value)), latencyMs);
      default:
        if (value instanceof Lost) return run.fail(index, value.error, latencyMs);
        return run.succeed(index, value, latencyMs);
    }
  }

  /**
   * A message of values that cannot be deserialised here: which, nobody can tell, so all that it may have held fail.
   * @param {unknown} cause
   */
  #consumeUnreadable(cause) {
    const error = new WorkerError('ERR_NOT_CLONEABLE', 'The result cannot be read in the main thread', { cause });
    this.#consume(new Array(c.SLOTS).fill(new Lost(error)));
  }

  /**
   * Sends items. Those that cannot be cloned fail; the others go.
   * @param {Run[]} runs
   * @param {number[]} indexes
   * @param {number} from
   * @param {number} count at most the number of free slots
   * @returns {number} how many were sent or failed; the rest would make the message too large
   */
  send(runs, indexes, from, count) {
    const startMs = c.clockMs();
    const items = new Array(count);
    let bytes = 0;
    let sent = 0;
    while (sent < count && !this.#owner.batchSize.isFull(bytes)) {
      const run = /** @type {Run} */ (runs[from + sent]);
      const item = run.items[/** @type {number} */ (indexes[from + sent])];
      if (typeof item === 'string') bytes += item.length;
      else if (typeof item === 'object' && ArrayBuffer.isView(item)) bytes += item.byteLength;
      items[sent++] = item;
    }
    items.length = sent;
    const failure = this.#post(items, runs, indexes, from);
    if (failure !== null) this.#sendOneByOne(items, runs, indexes, from, failure);
    this.#owner.batchSize.observeEncoding(c.clockMs() - startMs, sent, bytes);
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
    const wasIdle = this.slots.used === 0;
    const count = items.length;
    try {
      const { transfer } = this.#task;
      const lists = transfer === null ? null : items.map((item) => [...transfer(item)]);
      const message = this.#writeNumbers(items) ? count : this.#payload.write(items);
      this.#control.message[this.#messages & c.SLOT_MASK] = count;
      this.#take(runs, indexes, from, count, lists);
      try {
        if (lists === null && this.#payload.moved.length === 0) this.#port.postMessage(message);
        else this.#port.postMessage(message, [...(lists?.flat() ?? []), ...this.#payload.moved]);
      } catch (error) {
        this.slots.undo(count);
        return { error };
      }
    } catch (error) {
      return { error };
    }
    this.#payload.posted();
    this.#messages++;
    if (wasIdle) this.#worker.ref();
    return null;
  }

  /**
   * Items that are all numbers need no serialiser: they lie beside their slots.
   * @param {unknown[]} items
   * @returns {boolean} false when they are not all numbers
   */
  #writeNumbers(items) {
    const { input } = this.#control;
    const at = this.slots.submitted;
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
      const slot = this.slots.take(run, /** @type {number} */ (indexes[from + i]));
      if (run.timeoutMs > 0) this.timed++;
      if (lists !== null && /** @type {TransferListItem[]} */ (lists[i]).length > 0) this.slots.moved.add(slot);
    }
  }

  /**
   * @param {unknown[]} items
   * @param {Run[]} runs
   * @param {number[]} indexes
   * @param {number} from
   * @param {{ error: unknown }} failure of all of them together
   */
  #sendOneByOne(items, runs, indexes, from, failure) {
    for (let i = 0; i < items.length; i++) {
      const run = /** @type {Run} */ (runs[from + i]);
      const index = /** @type {number} */ (indexes[from + i]);
      const single = items.length === 1 ? failure : this.#post([run.items[index]], runs, indexes, from + i);
      if (single === null) continue;
      const cause = single.error;
      const isClone = cause instanceof DOMException || this.#task.transfer === null;
      const message = 'The item cannot be passed to a worker';
      run.fail(index, isClone ? new WorkerError('ERR_NOT_CLONEABLE', message, { cause }) : cause, -1);
    }
  }

  /**
   * An item has run too long: asks the worker to let go of it. A worker that answers ends the item, with
   * its signal aborted, and goes on.
   * @param {number} slot
   */
  expire(slot) {
    if (this.expiring.has(slot)) return;
    this.expiring.set(slot, c.clockMs());
    this.#port.postMessage({ abandon: [slot], reason: 'The item ran longer than its timeout', name: 'TimeoutError' });
  }

  /**
   * Settles an item that holds the worker beyond its timeout. The worker has to be ended.
   * @param {number} slot
   */
  condemn(slot) {
    const run = this.slots.runs[slot];
    this.slots.runs[slot] = null;
    if (run === null || run === undefined || run.stopped) return;
    const index = /** @type {number} */ (this.slots.indexes[slot]);
    run.fail(index, new TimeoutError(run.timeoutMs), c.clockMs() - this.slots.startOf(slot));
  }

  /** @param {Run} run takes back what has not started; aborts the signals of the others */
  stopRun(run) {
    /** @type {number[]} */
    const started = [];
    this.slots.forEach((slot, owner) => {
      if (owner !== run || this.slots.recall(slot)) return;
      if (this.slots.stateOf(slot) === c.STARTED && this.isAsync) started.push(slot);
    });
    if (started.length === 0) return;
    this.#port.postMessage({ abandon: started, reason: 'The call was aborted', name: 'AbortError' });
  }

  /** @param {number} exitCode */
  #onExit(exitCode) {
    if (this.state === 'dead') return;
    // What the worker sent before its end is still in the port.
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
      this.#receive(next.message);
    }
    this.peek();
    this.state = 'dead';
    this.#port.close();
    this.#owner.onExit(this, exitCode);
  }

  /** Ends the worker; onExit follows. @returns {Promise<unknown>} */
  kill() {
    this.isKilled = true;
    return this.#worker.terminate();
  }
}

/** A value that did not make it across; in its place the error that says so. */
class Lost {
  /** @param {unknown} error */
  constructor(error) {
    this.error = error;
  }
}
