// The workers of one ParallelProcessor: pulls items from the feed, hands them to workers in messages of
// adaptive size, and sees to it that every item pulled is settled exactly once, whatever its worker does.
//
// - An item is in the backlog, in one worker's slots, or settled.
// - Workers start when there is work for them, and are replaced when there is work again.
// - Only a worker with items in it, or one that is starting, keeps the process alive.
import { WorkerError } from '../errors.js';
import { Backlog } from './backlog.js';
import { BatchSize } from './batch-size.js';
import { CrashLedger, crashError } from './crash-ledger.js';
import { Roster } from './roster.js';
import { Watchdog } from './watchdog.js';

/**
 * @typedef {import('./types.js').Run} Run
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').Feed} Feed
 * @typedef {import('./types.js').PoolEvent} PoolEvent
 * @typedef {import('./worker-link.js').WorkerLink} WorkerLink
 */

/** Ending a worker that was only slow to answer costs a rerun; where nothing may run twice, it costs items. */
const GRACE_MS = 25;
const LONG_GRACE_MS = 100;

export class WorkerPool {
  /**
   * @param {import('./worker-task.js').WorkerTask} task
   * @param {Feed} feed
   * @param {{ concurrency: number, onEvent: (event: PoolEvent) => void }} options
   */
  constructor(task, feed, { concurrency, onEvent }) {
    this.#task = task;
    this.#onEvent = onEvent;
    this.#backlog = new Backlog(feed);
    this.#ledger = new CrashLedger(task);
    this.#roster = new Roster(task, this, concurrency, () => this.wake());
    this.#watchdog = new Watchdog({
      graceMs: task.rerun ? GRACE_MS : LONG_GRACE_MS,
      busyLinks: () => this.#roster.busy,
      hasIdleWorker: () => !this.#backlog.hasAlone && this.#roster.links.some((link) => link.hasIdleCapacity),
      hasWaiting: () => this.#backlog.size > 0,
      recall: (link) => this.#recall(link),
      replace: (link) => this.#replace(link),
    });
  }

  #task;
  #onEvent;
  #backlog;
  #ledger;
  #roster;
  #watchdog;
  #dispatching = false;
  #again = false;
  /** Why no item can ever run. @type {WorkerError | null} */
  #broken = null;
  #lateErrors = 0;
  #reruns = 0;
  /** Set by close(): the promise it returned, and how to resolve it. @type {{ promise: Promise<void>, resolve: () => void } | null} */
  #closing = null;
  // What its links see of it.
  batchSize = new BatchSize();
  settling = 0;

  /** The feed may have items now. */
  wake() {
    if (this.#dispatching || this.settling > 0) {
      this.#again = true;
      return;
    }
    this.#dispatching = true;
    do {
      this.#again = false;
      if (this.#broken === null) this.#fill();
      else this.#backlog.failAll(this.#broken);
    } while (this.#again);
    this.#dispatching = false;
    if (this.#closing !== null) this.#closeIfDone();
    if (this.#roster.busy.length > 0) this.#watchdog.arm();
  }

  /**
   * At most this many items in execution at once, over all workers.
   * @param {number} limit
   */
  setLimit(limit) {
    this.#roster.setLimit(limit);
    for (const link of this.#roster.links) if (link.share === 0) this.#takeBack(link);
    this.wake();
  }

  /**
   * The run has stopped: take back what has not started, abort the signals of the rest.
   * @param {Run} run
   */
  stopRun(run) {
    this.#backlog.drop(run);
    for (const link of this.#roster.ready) link.stopRun(run);
    this.wake();
  }

  /** Items in execution. */
  get running() {
    return this.#roster.links.reduce((sum, link) => sum + link.slots.started().length, 0);
  }

  /** @returns {import('./types.js').PoolHealth} */
  health() {
    const workers = this.#roster.links.map((link) => ({
      id: link.id,
      state: link.activity,
      running: link.slots.started().length,
      restarts: this.#roster.restartsOf(link.id),
    }));
    const inWorkers = this.#roster.links.reduce((sum, link) => sum + link.slots.used, 0);
    return {
      workers,
      restarts: this.#roster.restarts,
      lateErrors: this.#lateErrors,
      reruns: this.#reruns,
      queued: this.#backlog.size + inWorkers - this.running,
    };
  }

  /** Resolves once everything that the feed offers has been settled and the workers are gone. */
  close() {
    if (this.#closing === null) {
      let resolve = () => {};
      const promise = /** @type {Promise<void>} */ (new Promise((settle) => (resolve = settle)));
      this.#closing = { promise, resolve };
      this.wake();
    }
    return this.#closing.promise;
  }

  /** Ends all workers at once. Items in them, and those the feed offers from now on, fail. */
  async terminate() {
    const error = new WorkerError('ERR_WORKER_EXITED', 'The worker pool was terminated');
    this.#broken ??= error;
    this.#watchdog.stop();
    const { links } = this.#roster;
    const gone = this.#roster.endAll();
    for (const link of links) link.failAll(error);
    this.wake();
    await gone;
    this.#closing?.resolve();
  }

  #closeIfDone() {
    if (this.#backlog.size > 0 || this.#roster.isWanted) return;
    this.#watchdog.stop();
    void this.#roster.endAll().then(() => this.#closing?.resolve());
  }

  // --- handing out items ---

  #fill() {
    this.#roster.shareOut();
    const backlog = this.#backlog;
    let isEmpty = false;
    let isSent = true;
    while (isSent && !isEmpty) {
      isSent = false;
      for (const link of this.#roster.ready) {
        if (this.#sendAlone(link)) isSent = true;
        const { room } = link;
        if (room === 0) continue;
        const count = backlog.pull(room);
        if (count < room) isEmpty = true;
        if (count === 0) break;
        // Too many bytes for one message: the rest goes with the next.
        const sent = link.send(backlog.runs, backlog.indexes, count);
        if (sent < count) backlog.unpull(sent);
        isSent = true;
      }
    }
    this.#startWorkers(isEmpty);
  }

  /**
   * A suspect, for a worker that has nothing else in it.
   * @param {WorkerLink} link
   */
  #sendAlone(link) {
    if (!this.#backlog.hasAlone || link.slots.used > 0 || link.share === 0) return false;
    const entry = this.#backlog.nextAlone();
    if (entry === undefined) return false;
    link.send([entry.run], [entry.index], 1);
    link.solo = link.slots.used > 0;
    return true;
  }

  /** @param {boolean} isEmpty the feed has nothing more */
  #startWorkers(isEmpty) {
    const { missing } = this.#roster;
    if (missing <= 0) return;
    // A few items off the feed tell how many workers are worth starting.
    if (!isEmpty && this.#backlog.pull(missing) > 0) this.#backlog.unpull(0);
    try {
      this.#roster.start(this.#backlog.size);
    } catch (error) {
      // Options that Node refuses will be refused again.
      this.#broken = /** @type {WorkerError} */ (error);
      this.#again = true;
    }
  }

  /** @param {WorkerLink} link whose waiting items shall run elsewhere */
  #recall(link) {
    if (this.#takeBack(link)) link.stuck = true;
    this.wake();
  }

  /** @param {WorkerLink} link */
  #takeBack(link) {
    const entries = link.slots.recallAll();
    this.#backlog.putFirst(entries);
    return entries.length > 0;
  }

  /**
   * Ends a worker that is stuck; what has not begun in it goes elsewhere at once.
   * @param {WorkerLink} link
   */
  #replace(link) {
    // Work that must not run twice cannot show by running alone which item it was: all that are over time fail.
    if (link.isHung && !this.#task.rerun) for (const slot of link.expiring.keys()) link.condemn(slot);
    void this.#roster.end(link);
    this.#takeBack(link);
    this.#countRestart(link, 'timeout', undefined);
    this.wake();
  }

  // --- what links report ---

  onReady() {
    this.#roster.startSucceeded();
    this.wake();
  }

  onProgress() {
    this.wake();
  }

  /**
   * @param {WorkerLink} link
   * @param {unknown} cause
   */
  onModuleError(link, cause) {
    void this.#roster.end(link);
    const detail = cause instanceof Error ? cause.message : String(cause);
    // A module that others have loaded may load next time.
    if (this.#roster.ready.length > 0) this.#roster.startFailed();
    else this.#broken ??= new WorkerError('ERR_TASK_MODULE', `The task module cannot be used: ${detail}`, { cause });
    this.wake();
  }

  /**
   * @param {Run} run
   * @param {number} index of an item that came with others, any of which may be the one
   */
  onUnreadable(run, index) {
    run.fail(index, new WorkerError('ERR_NOT_CLONEABLE', 'The item cannot be read in the worker'), -1);
  }

  /**
   * @param {WorkerLink} link
   * @param {number} exitCode
   */
  onExit(link, exitCode) {
    const isExpected = !this.#roster.has(link);
    this.#roster.remove(link);
    if (link.wasReady) this.#afterCrash(link, exitCode, isExpected);
    else if (!isExpected) this.#afterFailedStart(link, exitCode);
    this.wake();
  }

  /**
   * @param {WorkerLink} link
   * @param {number} exitCode
   * @param {boolean} isExpected
   */
  #afterCrash(link, exitCode, isExpected) {
    const { error, isLate, failed, alone, again, untouched } = this.#ledger.judge(link, exitCode);
    if (!isExpected) {
      this.#countRestart(link, error.code, error);
      if (isLate) this.#reportLate(link, error);
    }
    this.#backlog.putAlone(alone);
    this.#backlog.putFirst([...again, ...untouched]);
    const reruns = alone.length + again.length;
    if (reruns > 0) {
      this.#reruns += reruns;
      this.#onEvent({ type: 'rerun', worker: link.id, count: reruns });
    }
    for (const { run, index } of failed) if (!run.stopped) run.fail(index, error, -1);
  }

  /**
   * @param {WorkerLink} link
   * @param {number} exitCode
   */
  #afterFailedStart(link, exitCode) {
    const cause = crashError(link, exitCode);
    if (this.#roster.startFailed()) return;
    const message = `No worker could be started: ${cause.message}`;
    this.#backlog.failAll(new WorkerError('ERR_WORKER_START', message, { cause }));
  }

  /**
   * @param {WorkerLink} link
   * @param {string} reason
   * @param {unknown} error
   */
  #countRestart(link, reason, error) {
    this.#roster.countRestart(link);
    this.#onEvent({ type: 'restart', worker: link.id, reason, error });
  }

  /**
   * @param {WorkerLink} link
   * @param {WorkerError} error
   */
  #reportLate(link, error) {
    this.#lateErrors++;
    this.#onEvent({ type: 'late-error', worker: link.id, error: error.cause ?? error });
  }
}
