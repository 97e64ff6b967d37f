// Looks after busy workers every few milliseconds: results that wait in a stuck worker, items over their
// timeout, items that wait behind a slow one while others are free. Off while nothing runs; its timer
// never keeps the process alive.
import * as c from './control.js';

/** @typedef {import('./worker-link.js').WorkerLink} WorkerLink */

const TICK_MS = 4;
/** Ticks without progress after which waiting items are taken from a worker though no other is free. */
const OUTLIER_TICKS = 5;
const FEW = 2;
/** Ticks for which a stopped run may still hold a worker that others wait for: one second. */
const UNWANTED_TICKS = 250;

/**
 * @typedef {object} Watched
 * @property {number} graceMs a worker that has been asked to let go of an item and has not answered for this long hangs
 * @property {() => WorkerLink[]} busyLinks
 * @property {() => boolean} hasIdleWorker
 * @property {(link: WorkerLink) => void} recall
 * @property {(link: WorkerLink) => void} replace
 * @property {() => boolean} hasWaiting items wait outside any worker
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
      if (link.isTimed && this.#enforceTimeouts(link)) continue;
      this.#lookForSlow(link);
    }
    this.#timer = null;
    if (this.#watched.busyLinks().length > 0) this.arm();
  }

  /**
   * An item that is on the worker's stack beyond its time is the one that holds it. Otherwise the worker is asked
   * to let go, which one that answers does; its other items go on.
   * @param {WorkerLink} link
   * @returns {boolean} whether the worker had to be replaced
   */
  #enforceTimeouts(link) {
    const nowMs = c.clockMs();
    const { slots, syncSlot } = link;
    let isHeld = false;
    slots.forEach((slot, run) => {
      if (run.timeoutMs === 0 || slots.stateOf(slot) !== c.STARTED) return;
      if (nowMs - slots.startOf(slot) < run.timeoutMs) return;
      if (syncSlot === slot) {
        isHeld = true;
        link.condemn(slot);
      } else {
        link.expire(slot);
      }
    });
    if (!isHeld && !this.#isHung(link, nowMs)) return false;
    this.#watched.replace(link);
    return true;
  }

  /**
   * Whether the worker no longer answers. Any of its items may be the one that loops: if there is but one,
   * that is it, otherwise each has to run alone to show.
   * @param {WorkerLink} link
   * @param {number} nowMs
   */
  #isHung(link, nowMs) {
    // A processor call on the stack, with time left, is not to blame.
    if (link.syncSlot >= 0 || ![...link.expiring.values()].some((sinceMs) => nowMs - sinceMs > this.#watched.graceMs)) return false;
    const started = link.slots.started();
    if (started.length === 1) link.condemn(/** @type {number} */ (started[0]));
    else link.isHung = true;
    return true;
  }

  /** @param {WorkerLink} link */
  #lookForSlow(link) {
    link.still = link.consumed === link.seen ? link.still + 1 : 0;
    link.seen = link.consumed;
    if (link.still === 0) return;
    if (link.still >= UNWANTED_TICKS && this.#isHeldByUnwanted(link)) {
      this.#watched.replace(link);
      return;
    }
    if (link.slots.used < 2) return;
    const isOutlier = link.still >= OUTLIER_TICKS && link.slots.used > link.share + FEW;
    if (this.#watched.hasIdleWorker() || isOutlier) this.#watched.recall(link);
  }

  /**
   * Whether others wait for a worker that is held by items of stopped runs only.
   * @param {WorkerLink} link
   */
  #isHeldByUnwanted(link) {
    const { slots } = link;
    const isWaitedFor = this.#watched.hasWaiting() || slots.isWanted;
    return isWaitedFor && slots.started().every((slot) => slots.runs[slot]?.stopped);
  }
}
