// One worker as the main thread sees it: starts the isolate, sends it messages of items, settles what comes
// back. Decides nothing about other workers: the pool fills it, watches it and deals with its death.
//
// - `slots.runs[slot]` is null once an item is settled, taken back or given up on: whatever the worker still
//   says about that slot only frees it (inbox.js).
// - The worker is what keeps the process alive, from its start until it is ready and while it has items. Not the
//   port: that closes a moment before the exit of a dying worker is known.
import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import { TimeoutError } from '../errors.js';
import * as c from './control.js';
import { decodeThrown } from './error-transfer.js';
import { Inbox } from './inbox.js';
import { restoreBuffers } from './payload.js';
import { addonPath } from '../native.js';
import { Sender } from './sender.js';
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
    this.slots = new Slots(this.#control);
    this.#inbox = new Inbox(this.#control, this.slots, (run, index) => owner.onUnreadable(run, index));
    this.expiring = this.#inbox.expiring;
    /** @type {import('node:worker_threads').WorkerOptions} */
    const options = { name: `millrace ${id}`, workerData: task.workerData };
    if (task.resourceLimits !== undefined) options.resourceLimits = task.resourceLimits;
    if (task.env !== undefined) options.env = /** @type {any} */ (task.env);
    if (task.execArgv !== undefined) options.execArgv = [...task.execArgv];
    if (task.argv !== undefined) options.argv = [...task.argv];
    this.#worker = new Worker(workerFile, options);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#sender = new Sender(port1, this.#control, this.slots, task, owner.batchSize);
    this.#listen();
    const start = { port: port2, memory: this.#control.memory, href: task.href, exportName: task.exportName };
    this.#worker.postMessage({ ...start, eager: !task.rerun, addon: addonPath() }, [port2]);
  }

  #owner;
  #control = new c.ControlBlock();
  #worker;
  #port;
  #inbox;
  #sender;
  /** @type {Promise<unknown> | null} */
  #ended = null;
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

  /** @returns {'starting' | 'idle' | 'busy'} */
  get activity() {
    if (this.state === 'starting') return 'starting';
    return this.slots.used > 0 ? 'busy' : 'idle';
  }

  get share() {
    return this.#share;
  }

  /** How many completions have been read. */
  get consumed() {
    return this.#inbox.consumed;
  }

  /** Whether it may hold items that have a timeout. */
  get isTimed() {
    return this.#sender.timed > 0;
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
    const inbox = this.#inbox;
    if (message === null || Array.isArray(message)) this.#settle(() => inbox.consume(message));
    else if (message.items !== undefined) this.#settle(() => inbox.consume(restoreBuffers(message)));
    else if (message.lost !== undefined) this.#settle(() => inbox.consumeLost(decodeThrown(message.lost)));
    else if (message.unreadable !== undefined) this.#settle(() => inbox.consumeUnreadable(message.unreadable));
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
    if (this.#inbox.hasNew) this.#settle(() => this.#inbox.consume(null));
  }

  /** @param {() => number} consume */
  #settle(consume) {
    this.#owner.settling++;
    const count = consume();
    this.#owner.settling--;
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
    this.#sender.timed = 0;
    this.expiring.clear();
    this.#worker.unref();
  }

  /**
   * Sends items. Those that cannot be cloned fail; the others go.
   * @param {Run[]} runs
   * @param {number[]} indexes
   * @param {number} count at most `room`
   * @returns {number} how many were sent or failed; the rest would make the message too large
   */
  send(runs, indexes, count) {
    const wasIdle = this.slots.used === 0;
    const sent = this.#sender.send(runs, indexes, count);
    if (wasIdle && this.slots.used > 0) this.#worker.ref();
    return sent;
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

  /** Fails everything in here. @param {unknown} error */
  failAll(error) {
    this.slots.forEach((slot, run) => {
      this.slots.runs[slot] = null;
      if (!run.stopped) run.fail(/** @type {number} */ (this.slots.indexes[slot]), error, -1);
    });
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
    this.#sender.end();
    this.peek();
    this.state = 'dead';
    this.#port.close();
    this.#owner.onExit(this, exitCode);
  }

  /** Ends the worker; onExit follows. @returns {Promise<unknown>} */
  kill() {
    this.isKilled = true;
    // Each terminate() would wait for the exit by a listener of its own.
    this.#ended ??= this.#worker.terminate();
    return this.#ended;
  }
}
