// The workers of one ParallelProcessor: pulls items from the feed, hands them to workers in messages of
// adaptive size, and sees to it that every item pulled is settled exactly once, whatever its worker does.
//
// - Items outside any worker wait in `#backlog` (before the feed) or in `#alone` (suspects of a crash, each to
//   run alone in a worker).
// - Workers start when there is work for them, and are replaced when there is work again.
// - Only a worker with items in it, or one that is starting, keeps the process alive.
import { WorkerError } from '../errors.js';
import { BatchSize } from './batch-size.js';
import { CrashLedger, crashError } from './crash-ledger.js';
import { StartPolicy } from './start-policy.js';
import { Watchdog } from './watchdog.js';
import { WorkerLink } from './worker-link.js';

/**
 * @typedef {import('./types.js').Run} Run
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./types.js').Feed} Feed
 * @typedef {import('./types.js').PoolEvent} PoolEvent
 */

export class WorkerPool {
  /**
   * @param {import('./worker-task.js').WorkerTask} task
   * @param {Feed} feed
   * @param {{ concurrency: number, onEvent: (event: PoolEvent) => void }} options
   */
  constructor(task, feed, { concurrency, onEvent }) {
    this.#task = task;
    this.#feed = feed;
    this.#limit = concurrency;
    this.#onEvent = onEvent;
    this.#ledger = new CrashLedger(task);
  }

  #task;
  #feed;
  #limit;
  #onEvent;
  #ledger;
  /** By position; null where no worker lives. @type {(WorkerLink | null)[]} */
  #links = [];
  /** Ended on purpose, not yet gone. @type {Set<WorkerLink>} */
  #ending = new Set();
  /** @type {Entry[]} */
  #backlog = [];
  /** @type {Entry[]} */
  #alone = [];
  /** @type {Run[]} */
  #runs = [];
  /** @type {number[]} */
  #indexes = [];
  #dispatching = false;
  #again = false;
  /** Why no item can ever run. @type {WorkerError | null} */
  #broken = null;
  /** @type {number[]} */
  #restarts = [];
  #lateErrors = 0;
  #reruns = 0;
  /** Set by close(): the promise it returned, and how to resolve it. @type {{ promise: Promise<void>, resolve: () => void } | null} */
  #closing = null;
  #startPolicy = new StartPolicy(() => this.wake());
  #watchdog = new Watchdog({
    busyLinks: () => this.#alive().filter((link) => link.slots.used > 0),
    hasIdleWorker: () => this.#alone.length === 0 && this.#alive().some((link) => link.hasIdleCapacity),
    recall: (link) => this.#recall(link),
    replace: (link) => this.#replace(link),
    hasWaiting: () => this.#backlog.length + this.#alone.length > 0,
  });

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
      else this.#failAll(this.#broken);
    } while (this.#again);
    this.#dispatching = false;
    if (this.#closing !== null) this.#closeIfDone();
    if (this.#alive().some((link) => link.slots.used > 0)) this.#watchdog.arm();
  }

  /**
   * At most this many items in execution at once, over all workers.
   * @param {number} limit
   */
  setLimit(limit) {
    this.#limit = limit;
    this.#shareOut();
    for (const link of this.#alive()) if (link.share === 0) this.#takeBack(link);
    this.wake();
  }

  /**
   * The run has stopped: take back what has not started, abort the signals of the rest.
   * @param {Run} run
   */
  stopRun(run) {
    this.#backlog = this.#backlog.filter((entry) => entry.run !== run);
    this.#alone = this.#alone.filter((entry) => entry.run !== run);
    for (const link of this.#alive()) if (link.state === 'ready') link.stopRun(run);
    this.wake();
  }

  /** Items in execution. */
  get running() {
    return this.#alive().reduce((sum, link) => sum + link.slots.started().length, 0);
  }

  /** @returns {import('./types.js').PoolHealth} */
  health() {
    const workers = this.#alive().map((link) => ({
      id: link.id,
      state: workerState(link),
      running: link.slots.started().length,
      restarts: this.#restarts[link.id] ?? 0,
    }));
    const waiting = this.#alive().reduce((sum, link) => sum + link.slots.used, 0);
    return {
      workers,
      restarts: this.#restarts.reduce((sum, count) => sum + (count ?? 0), 0),
      lateErrors: this.#lateErrors,
      reruns: this.#reruns,
      queued: this.#backlog.length + this.#alone.length + waiting - this.running,
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
    this.#startPolicy.stop();
    const links = this.#alive();
    this.#links = [];
    const gone = Promise.all([...links, ...this.#ending].map((link) => this.#end(link)));
    for (const link of links) this.#failHeld(link, error);
    this.wake();
    await gone;
    this.#closing?.resolve();
  }

  // --- handing out items ---

  #fill() {
    this.#shareOut();
    let isEmpty = false;
    let isSent = true;
    while (isSent && !isEmpty) {
      isSent = false;
      for (const link of this.#readyByLoad()) {
        if (this.#sendAlone(link)) isSent = true;
        const room = link.room;
        if (room === 0) continue;
        const count = this.#pull(room);
        if (count < room) isEmpty = true;
        if (count === 0) break;
        this.#send(link, count);
        isSent = true;
      }
    }
    this.#startWorkers(isEmpty);
  }

  #readyByLoad() {
    const ready = this.#alive().filter((link) => link.state === 'ready');
    return ready.length > 1 ? ready.sort((a, b) => a.slots.used - b.slots.used) : ready;
  }

  /**
   * A suspect, for a worker that has nothing else in it.
   * @param {WorkerLink} link
   */
  #sendAlone(link) {
    if (this.#alone.length === 0 || link.slots.used > 0 || link.share === 0) return false;
    const { run, index } = /** @type {Entry} */ (this.#alone.shift());
    if (run.stopped) return true;
    link.send([run], [index], 1);
    link.solo = link.slots.used > 0;
    return true;
  }

  /**
   * Fills #runs and #indexes: what waits here first, then the feed.
   * @param {number} max
   */
  #pull(max) {
    this.#runs.length = 0;
    this.#indexes.length = 0;
    let taken = 0;
    while (this.#runs.length < max && taken < this.#backlog.length) {
      const { run, index } = /** @type {Entry} */ (this.#backlog[taken++]);
      if (run.stopped) continue;
      this.#runs.push(run);
      this.#indexes.push(index);
    }
    if (taken > 0) this.#backlog.splice(0, taken);
    const missing = max - this.#runs.length;
    if (missing > 0) this.#feed.pull(missing, this.#runs, this.#indexes);
    return this.#runs.length;
  }

  /**
   * @param {WorkerLink} link
   * @param {number} count of #runs and #indexes
   */
  #send(link, count) {
    const sent = link.send(this.#runs, this.#indexes, count);
    // Too many bytes for one message: the rest goes with the next.
    for (let i = count - 1; i >= sent; i--) {
      this.#backlog.unshift({ run: /** @type {Run} */ (this.#runs[i]), index: /** @type {number} */ (this.#indexes[i]) });
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
    this.#backlog.unshift(...entries);
    return entries.length > 0;
  }

  // --- starting and ending workers ---

  #alive() {
    return /** @type {WorkerLink[]} */ (this.#links.filter((link) => link !== null && link !== undefined));
  }

  #shareOut() {
    const count = Math.min(this.#task.workerCount(this.#limit), this.#limit);
    const least = Math.floor(this.#limit / count);
    for (const link of this.#alive()) {
      const extra = link.id < this.#limit % count ? 1 : 0;
      link.setShare(link.id < count ? least + extra : 0);
    }
  }

  /** @param {boolean} isEmpty the feed has nothing more */
  #startWorkers(isEmpty) {
    const wanted = Math.min(this.#task.workerCount(this.#limit), this.#limit);
    const alive = this.#alive().filter((link) => link.id < wanted);
    let missing = wanted - alive.length;
    if (missing <= 0) return;
    if (!isEmpty) this.#prefetch(missing);
    let demand = this.#backlog.length + this.#alone.length;
    for (const link of alive) if (link.state === 'starting') demand--;
    for (let id = 0; missing > 0 && demand > 0; id++) {
      if (this.#links[id]) continue;
      if (!this.#startPolicy.mayStart()) return;
      this.#start(id);
      missing--;
      demand--;
    }
  }

  /** Takes a few items off the feed, to know how many workers are worth starting. @param {number} count */
  #prefetch(count) {
    const got = this.#pull(count);
    for (let i = got - 1; i >= 0; i--) {
      this.#backlog.unshift({ run: /** @type {Run} */ (this.#runs[i]), index: /** @type {number} */ (this.#indexes[i]) });
    }
  }

  /** @param {number} id */
  #start(id) {
    try {
      this.#links[id] = new WorkerLink(id, this.#task, this);
      this.#shareOut();
    } catch (cause) {
      // Options that `new Worker` refuses will be refused again.
      this.#broken = new WorkerError('ERR_WORKER_START', 'A worker cannot be created', { cause });
      this.#again = true;
    }
  }

  /**
   * Ends a worker that is stuck; what has not begun in it goes elsewhere at once.
   * @param {WorkerLink} link
   */
  #replace(link) {
    this.#links[link.id] = null;
    // Work that must not run twice cannot show by running alone which item it was: all that are over time fail.
    if (link.isHung && !this.#task.rerun) for (const slot of link.expiring.keys()) link.condemn(slot);
    void this.#end(link);
    this.#takeBack(link);
    this.#countRestart(link, 'timeout', undefined);
    this.wake();
  }

  /** @param {WorkerLink} link */
  async #end(link) {
    this.#ending.add(link);
    await link.kill();
    this.#ending.delete(link);
  }

  // --- what links report ---

  /** @param {WorkerLink} _link */
  onReady(_link) {
    this.#startPolicy.succeeded();
    this.wake();
  }

  /** @param {WorkerLink} _link */
  onProgress(_link) {
    this.wake();
  }

  /**
   * @param {WorkerLink} link
   * @param {unknown} cause
   */
  onModuleError(link, cause) {
    this.#links[link.id] = null;
    void this.#end(link);
    const detail = cause instanceof Error ? cause.message : String(cause);
    // A module that others have loaded may load next time.
    if (this.#alive().some(({ state }) => state === 'ready')) this.#startPolicy.failed();
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
    const isExpected = this.#links[link.id] !== link;
    if (!isExpected) this.#links[link.id] = null;
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
    this.#alone.push(...alone);
    this.#backlog.unshift(...again, ...untouched);
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
    if (this.#startPolicy.failed()) return;
    this.#failAll(new WorkerError('ERR_WORKER_START', `No worker could be started: ${cause.message}`, { cause }));
  }

  /**
   * @param {WorkerLink} link
   * @param {string} reason
   * @param {unknown} error
   */
  #countRestart(link, reason, error) {
    this.#restarts[link.id] = (this.#restarts[link.id] ?? 0) + 1;
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

  // --- giving up ---

  /** @param {WorkerError} error for everything that waits, here and in the feed */
  #failAll(error) {
    const waiting = [...this.#alone, ...this.#backlog];
    this.#alone = [];
    this.#backlog = [];
    for (const { run, index } of waiting) if (!run.stopped) run.fail(index, error, -1);
    while (this.#pull(1024) > 0) {
      const runs = this.#runs.splice(0);
      const indexes = this.#indexes.splice(0);
      runs.forEach((run, i) => run.fail(/** @type {number} */ (indexes[i]), error, -1));
    }
  }

  /**
   * @param {WorkerLink} link
   * @param {WorkerError} error
   */
  #failHeld(link, error) {
    link.slots.forEach((slot, run) => {
      link.slots.runs[slot] = null;
      if (!run.stopped) run.fail(/** @type {number} */ (link.slots.indexes[slot]), error, -1);
    });
  }

  #closeIfDone() {
    if (this.#backlog.length + this.#alone.length > 0 || this.#alive().some((link) => link.slots.isWanted)) return;
    if ([...this.#ending].some((link) => link.state !== 'dead' && link.slots.isWanted)) return;
    this.#watchdog.stop();
    this.#startPolicy.stop();
    const links = this.#alive();
    this.#links = [];
    void Promise.all(links.map((link) => this.#end(link))).then(() => this.#closing?.resolve());
  }
}

/**
 * @param {WorkerLink} link
 * @returns {'starting' | 'idle' | 'busy'}
 */
function workerState(link) {
  if (link.state === 'starting') return 'starting';
  return link.slots.used > 0 ? 'busy' : 'idle';
}
