// The event-loop placement: `limit` lanes, each an async function that runs one item after the other.
// This is the hot path of I/O-bound pipelines; nothing native is needed on it.
// Not the global function, which tests replace: a lane would wait for ever.
import { setImmediate } from 'node:timers';
import { TimeoutError } from '../errors.js';

/**
 * @typedef {import('./settling.js').Settling} Settling
 * @typedef {import('./feed.js').Feed} Feed
 */

// Items that never wait for anything real run in microtasks, which starve timers and I/O (an abort by
// a timer among them): after this long the lanes let the event loop take a turn.
const TURN_MS = 10;

export class EventLoopWindow {
  /**
   * @param {Function} processor
   * @param {Feed} feed
   * @param {{ limit: number, onTick: (nowMs: number) => void }} options `onTick` is called now and then
   */
  constructor(processor, feed, { limit, onTick }) {
    this.#processor = processor;
    this.#feed = feed;
    this.#limit = limit;
    this.#onTick = onTick;
  }

  #processor;
  #feed;
  #limit;
  #onTick;
  #lanes = 0;
  #turnMs = 0;
  /** @type {Promise<void> | null} */
  #turn = null;

  /** Items in work. */
  get running() {
    return this.#lanes;
  }

  /** Items may have become ready. */
  wake() {
    while (this.#lanes < this.#limit && this.#feed.hasReady()) {
      if (this.#lanes === 0) this.#turnMs = performance.now();
      this.#lanes++;
      void this.#lane();
    }
  }

  /** @param {number} limit */
  setLimit(limit) {
    this.#limit = limit;
    this.wake();
  }

  /** Nothing to recall: an item is taken only when it starts. @param {Settling} _run */
  stopRun(_run) {}

  health() {
    return { queued: 0, workers: [], restarts: 0, lateErrors: 0, reruns: 0 };
  }

  async close() {}

  async #lane() {
    const processor = this.#processor;
    const feed = this.#feed;
    do {
      const run = feed.next();
      if (run === null) break;
      const index = feed.index;
      let startMs = -1;
      if (run.isTimed()) {
        startMs = performance.now();
        if (startMs - this.#turnMs > TURN_MS) {
          await this.#letOthersRun();
          if (run.stopped) continue;
          startMs = performance.now();
        }
      }
      let value;
      try {
        value = run.wantsContext
          ? await attempt(processor, run, index)
          : await processor(run.items[index]);
      } catch (error) {
        run.fail(index, error, startMs < 0 ? -1 : performance.now() - startMs);
        continue;
      }
      run.succeed(index, value, startMs < 0 ? -1 : performance.now() - startMs);
    } while (this.#lanes <= this.#limit);
    this.#lanes--;
  }

  /** One turn of the event loop, shared by all lanes. */
  #letOthersRun() {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = null;
        this.#turnMs = performance.now();
        this.#onTick(this.#turnMs);
        resolve();
      });
    });
    return this.#turn;
  }
}

/** What a processor is told beside the item. */
class Context {
  /**
   * @param {number} index
   * @param {number} attempt
   * @param {AbortSignal | null} outer
   */
  constructor(index, attempt, outer) {
    this.index = index;
    this.attempt = attempt;
    this.#outer = outer;
  }

  #outer;
  /** @type {AbortController | null} */
  #controller = null;
  /** @type {AbortSignal | null} */
  #signal = null;

  /** Aborted when the item times out or the call is aborted. Made when first asked for. */
  get signal() {
    if (this.#signal === null) {
      this.#controller ??= new AbortController();
      const own = this.#controller.signal;
      this.#signal = this.#outer === null ? own : AbortSignal.any([own, this.#outer]);
    }
    return this.#signal;
  }

  /** @param {unknown} reason */
  abort(reason) {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/**
 * One attempt at an item, with context and timeout.
 * @param {Function} processor
 * @param {Settling} run
 * @param {number} index
 * @returns {unknown}
 */
function attempt(processor, run, index) {
  const context = new Context(run.positionOf(index), run.attemptOf(index), run.signal);
  if (run.timeoutMs === 0) return processor(run.items[index], context);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new TimeoutError(run.timeoutMs);
      context.abort(error);
      reject(error);
    }, run.timeoutMs);
    const settle = (/** @type {() => void} */ how) => {
      clearTimeout(timer);
      how();
    };
    // An async function turns a synchronous throw into a rejection like any other.
    (async () => processor(run.items[index], context))().then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}
