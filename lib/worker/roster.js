// The workers of a pool by position: how many there may be, what share of the limit each has, starting them when
// there is demand and ending them.
import { WorkerError } from '../errors.js';
import { StartPolicy } from './start-policy.js';
import { WorkerLink } from './worker-link.js';

/** @typedef {import('./worker-link.js').LinkOwner} LinkOwner */

export class Roster {
  /**
   * @param {import('./worker-task.js').WorkerTask} task
   * @param {LinkOwner} owner of the links
   * @param {number} limit
   * @param {() => void} onMayStart a pause after failed starts is over
   */
  constructor(task, owner, limit, onMayStart) {
    this.#task = task;
    this.#owner = owner;
    this.#limit = limit;
    this.#policy = new StartPolicy(onMayStart);
  }

  #task;
  #owner;
  #limit;
  #policy;
  /** By position; null where no worker lives. @type {(WorkerLink | null)[]} */
  #links = [];
  /** Ended on purpose, not yet gone. @type {Set<WorkerLink>} */
  #ending = new Set();
  /** By position. @type {number[]} */
  #restarts = [];

  /** The workers that live. */
  get links() {
    return /** @type {WorkerLink[]} */ (this.#links.filter((link) => link !== null && link !== undefined));
  }

  /** Those that have items. */
  get busy() {
    return this.links.filter((link) => link.slots.used > 0);
  }

  /** Those that can take items, the least busy first. */
  get ready() {
    const ready = this.links.filter((link) => link.state === 'ready');
    return ready.length > 1 ? ready.sort((a, b) => a.slots.used - b.slots.used) : ready;
  }

  get restarts() {
    return this.#restarts.reduce((sum, count) => sum + (count ?? 0), 0);
  }

  /** @param {number} id */
  restartsOf(id) {
    return this.#restarts[id] ?? 0;
  }

  /** Whether someone waits for an item in a worker, even one that is being ended. */
  get isWanted() {
    const ending = [...this.#ending].filter((link) => link.state !== 'dead');
    return [...this.links, ...ending].some((link) => link.slots.isWanted);
  }

  /** How many workers the limit allows. */
  get #wanted() {
    return Math.min(this.#task.workerCount(this.#limit), this.#limit);
  }

  /** How many more may live. */
  get missing() {
    return this.#wanted - this.links.filter((link) => link.id < this.#wanted).length;
  }

  /** @param {number} limit items in execution at once, over all workers */
  setLimit(limit) {
    this.#limit = limit;
    this.shareOut();
  }

  shareOut() {
    const count = this.#wanted;
    const least = Math.floor(this.#limit / count);
    for (const link of this.links) {
      const extra = link.id < this.#limit % count ? 1 : 0;
      link.setShare(link.id < count ? least + extra : 0);
    }
  }

  /**
   * Starts workers for so many items, counting those that are starting already. Throws ERR_WORKER_START where Node
   * refuses the options.
   * @param {number} demand
   */
  start(demand) {
    let missing = this.missing;
    for (const link of this.links) if (link.state === 'starting') demand--;
    for (let id = 0; missing > 0 && demand > 0; id++) {
      if (this.#links[id]) continue;
      if (!this.#policy.mayStart()) return;
      this.#create(id);
      missing--;
      demand--;
    }
  }

  /** @param {number} id */
  #create(id) {
    try {
      this.#links[id] = new WorkerLink(id, this.#task, this.#owner);
    } catch (cause) {
      throw new WorkerError('ERR_WORKER_START', 'A worker cannot be created', { cause });
    }
    this.shareOut();
  }

  startSucceeded() {
    this.#policy.succeeded();
  }

  /** @returns {boolean} whether to try again */
  startFailed() {
    return this.#policy.failed();
  }

  /** @param {WorkerLink} link */
  has(link) {
    return this.#links[link.id] === link;
  }

  /** The worker is dead or of no use: its position is free. @param {WorkerLink} link */
  remove(link) {
    if (this.has(link)) this.#links[link.id] = null;
  }

  /** @param {WorkerLink} link */
  countRestart(link) {
    this.#restarts[link.id] = this.restartsOf(link.id) + 1;
  }

  /** Ends a worker. @param {WorkerLink} link */
  async end(link) {
    this.remove(link);
    this.#ending.add(link);
    await link.kill();
    this.#ending.delete(link);
  }

  /** Ends all workers and starts none until there is demand. */
  async endAll() {
    this.#policy.stop();
    await Promise.all([...this.links, ...this.#ending].map((link) => this.end(link)));
  }
}
