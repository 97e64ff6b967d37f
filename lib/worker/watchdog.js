// Looks after busy workers every few milliseconds: results that wait in a stuck worker, items over their
// timeout, items that wait behind a slow one while others are free. Off while nothing runs; its timer
// never keeps the process alive.
import * as c from './control.js';

/** @typedef {import('./worker-link.js').WorkerLink} WorkerLink */

const TICK_MS = 4;
/** A worker that has been told to give up on an item and has not answered for this long is stuck in it. */
const GRACE_MS = 50;
/** Ticks without progress after which waiting items are taken from a worker though no other is free. */
const OUTLIER_TICKS = 5;
const FEW = 2;

/**
 * @typedef {object} Watched
 * @property {() => WorkerLink[]} busyLinks
 * @property {() => boolean} hasIdleWorker
 * @property {(link: WorkerLink) => void} recall
 * @property {(link: WorkerLink) => void} replace
 */

export class Watchdog {
  /** @param {Watched} watched */
  constructor(watched) {
    this.#watched = watched;
  }

  #watched;
  /** @type {NodeJS.Timeout | null} */
  #timer = null;

  /** Something runs. */
  arm() {
    this.#timer ??= setTimeout(() => this.#tick(), TICK_MS).unref();
  }

  stop() {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tick() {
    const links = this.#watched.busyLinks();
    for (const link of links) {
      link.peek();
      if (link.timed > 0 && this.#enforceTimeouts(link)) continue;
      this.#lookForSlow(link);
    }
    this.#timer = null;
    if (this.#watched.busyLinks().length > 0) this.arm();
  }

  /**
   * @param {WorkerLink} link
   * @returns {boolean} whether the worker had to be replaced
   */
  #enforceTimeouts(link) {
    const nowMs = c.clockMs();
    const { slots } = link;
    let isLooping = false;
    slots.forEach((slot, run) => {
      if (run.timeoutMs === 0 || slots.stateOf(slot) !== c.STARTED) return;
      if (nowMs - slots.startOf(slot) < run.timeoutMs) return;
      if (link.syncSlot === slot) isLooping = true;
      link.expire(slot, run);
    });
    if (isLooping || this.#isUnresponsive(link, nowMs)) {
      this.#watched.replace(link);
      return true;
    }
    return false;
  }

  /**
   * @param {WorkerLink} link
   * @param {number} nowMs
   */
  #isUnresponsive(link, nowMs) {
    for (const [slot, sinceMs] of link.abandoned) {
      if (nowMs - sinceMs < GRACE_MS) continue;
      // Another item may hold the worker, with time left: it is not to blame.
      const { syncSlot } = link;
      if (syncSlot < 0 || syncSlot === slot) return true;
    }
    return false;
  }

  /** @param {WorkerLink} link */
  #lookForSlow(link) {
    link.still = link.consumed === link.seen ? link.still + 1 : 0;
    link.seen = link.consumed;
    if (link.still === 0 || link.slots.used < 2) return;
    const isOutlier = link.still >= OUTLIER_TICKS && link.slots.used > link.share + FEW;
    if (this.#watched.hasIdleWorker() || isOutlier) this.#watched.recall(link);
  }
}
