// How fast the items of a worker go. The clock is read for every item, except while they take only a few
// microseconds: then once for a group, whose items share its time. And how careful to be: after slow items, a
// finished result shall not wait for the next one, which may be slow too.
import { SLOT_MASK } from './control.js';

/** Items below this are timed in groups. */
const TINY_MS = 0.004;
const GROUP = 8;
/** A group that took this long had an item in it that is not tiny. */
const ODD_GROUP_MS = 0.1;
const CALM_ITEMS = 64;
const SLOW_MS = 0.25;
/** Results sent singly per millisecond of slow items: a tenth of the time, at 4 us a message. */
const CAUTION_PER_MS = 25;
const MAX_CAUTION = 4096;

export class Pace {
  /** @param {Float32Array} latency by completion */
  constructor(latency) {
    this.#latency = latency;
  }

  #latency;
  /** When the group began: as good as the start of any of its items. */
  startMs = 0;
  #head = 0;
  #groupSize = 1;
  #calm = 0;
  #caution = CALM_ITEMS;

  /**
   * @param {number} nowMs
   * @param {number} head completions so far
   */
  begin(nowMs, head) {
    this.startMs = nowMs;
    this.#head = head;
  }

  /** @param {number} head */
  isGroupFull(head) {
    return ((head - this.#head) | 0) >= this.#groupSize;
  }

  /** Whether what is finished shall be sent before the next item starts. Counts down. */
  isCautious() {
    return this.#caution > 0 && this.#caution-- > 0;
  }

  /**
   * Ends the group and begins the next.
   * @param {number} nowMs
   * @param {number} head
   * @param {boolean} isExclusive its items had the worker to themselves, so that its time is theirs
   */
  end(nowMs, head, isExclusive) {
    const count = (head - this.#head) | 0;
    if (isExclusive && count > 0) this.#record(nowMs - this.startMs, count);
    this.begin(nowMs, head);
  }

  /**
   * @param {number} elapsedMs
   * @param {number} count
   */
  #record(elapsedMs, count) {
    const latency = this.#latency;
    const isOdd = count > 1 && elapsedMs > ODD_GROUP_MS;
    // In an odd group one item took nearly all of the time.
    const each = isOdd ? TINY_MS : elapsedMs / count;
    for (let i = 0; i < count; i++) latency[(this.#head + i) & SLOT_MASK] = each;
    if (isOdd) latency[this.#head & SLOT_MASK] = elapsedMs - each * (count - 1);
    if (elapsedMs > SLOW_MS) this.#caution = Math.min(MAX_CAUTION, this.#caution + elapsedMs * CAUTION_PER_MS);
    if (each > TINY_MS || isOdd) {
      this.#calm = 0;
      this.#groupSize = 1;
    } else if (this.#groupSize === 1 && ++this.#calm > CALM_ITEMS) {
      this.#groupSize = GROUP;
    }
  }
}
