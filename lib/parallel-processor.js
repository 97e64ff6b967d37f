// ParallelProcessor: validates and completes the options, picks the placement, and runs calls on it.
// All state is in Core, so that an instance that was dropped without close() can be collected while a
// call it started goes on.
import { channel } from 'node:diagnostics_channel';
import { MillraceError } from './errors.js';
import { MAX_TIMER_MS, integer, number, boolean, optionalFunction, optionalSignal, record, rangeError, typeError } from './options.js';
import { operations } from './operations/index.js';
import { Operation, provideProcessing } from './operations/operation.js';
import { Admission } from './parallel/admission.js';
import { Collecting } from './parallel/collecting.js';
import { EventLoopWindow } from './parallel/event-loop-window.js';
import { Feed } from './parallel/feed.js';
import { GraphOrder, NativeGraphOrder, resolveGraph } from './parallel/graph.js';
import { NativeWindow } from './parallel/native-window.js';
import { PriorityOrder } from './parallel/ready-order.js';
import { retryPolicy } from './parallel/retry.js';
import { Streaming } from './parallel/streaming.js';
import { usableCores } from './cores.js';
import { WorkerTask } from './worker/worker-task.js';
import { WorkerPool } from './worker/pool.js';

/**
 * @typedef {import('./parallel/settling.js').Settling} Settling
 * @typedef {import('./parallel/settling.js').SettlingOptions} SettlingOptions
 * @typedef {import('./parallel/ready-order.js').ReadyOrder} ReadyOrder
 */

const MEGABYTE = 1024 * 1024;
/** How far 'auto' goes: waiting costs little on the event loop, a thread each natively. */
const MAX_AUTO = { 'event-loop': 512, worker: 64, native: 64 };

/** What happens to workers, for whoever listens: restarts, reruns, late errors. */
const workerEvents = channel('millrace:worker');

/** @param {object} event */
function publish(event) {
  if (workerEvents.hasSubscribers) workerEvents.publish(event);
}

/**
 * @param {unknown} processor
 * @returns {'event-loop' | 'worker' | 'native'}
 */
function placementOf(processor) {
  if (typeof processor === 'function') return 'event-loop';
  if (processor instanceof WorkerTask) return 'worker';
  if (processor instanceof Operation) return 'native';
  throw typeError('processor', 'a function, a workerTask() or one of operations', processor);
}

/**
 * @param {'event-loop' | 'worker' | 'native'} placement
 * @param {unknown} value
 * @returns {number | 'auto'}
 */
function concurrencyOf(placement, value) {
  if (value === 'auto') return value;
  if (value === undefined || value === null) {
    return placement === 'native' ? 'auto' : Math.max(1, Math.floor(usableCores() / 2));
  }
  if (typeof value !== 'number') throw typeError('concurrency', "an integer from 1 or 'auto'", value);
  if (!Number.isSafeInteger(value) || value < 1) throw rangeError('concurrency', "an integer from 1 or 'auto'", value);
  return value;
}

/**
 * @param {unknown} processor
 * @param {unknown} value
 * @returns {((item: unknown) => number) | 'largest' | null}
 */
function priorityOf(processor, value) {
  if (value !== 'largest') return optionalFunction('priority', value);
  if (processor instanceof Operation && processor.input === 'path') return value;
  throw rangeError('priority', "a function; 'largest' is for operations on files", value);
}

provideProcessing(async (operation, values, { onProgress, ...options }) => {
  const processor = new ParallelProcessor(operation, { ...options, progressCallback: optionalFunction('onProgress', onProgress) });
  try {
    return await processor.process(values);
  } finally {
    await processor.close();
  }
});

/** The health of a placement that no call has used yet. */
const NO_HEALTH = { queued: 0, workers: [], restarts: 0, lateErrors: 0, reruns: 0 };

class Core {
  /**
   * @param {unknown} processor
   * @param {Record<string, unknown>} given
   */
  constructor(processor, given) {
    this.placement = placementOf(processor);
    this.concurrency = concurrencyOf(this.placement, given.concurrency);
    this.batchSize = integer('batchSize', given.batchSize, 50);
    this.progress = optionalFunction('progressCallback', given.progressCallback);
    this.signal = optionalSignal('signal', given.signal);
    this.retry = retryPolicy(given.retry);
    this.timeoutMs = number('timeout', given.timeout, 0, { max: MAX_TIMER_MS });
    this.stopOnError = boolean('stopOnError', given.stopOnError, false);
    this.priority = priorityOf(processor, given.priority);
    this.keyOf = optionalFunction('key', given.key);
    this.#processor = processor;
    this.admission = new Admission({
      concurrency: this.concurrency,
      auto: this.#autoRange(),
      maxBytes: integer('maxMemory', given.maxMemory, 1024) * MEGABYTE,
      onLimit: (limit) => this.#window?.setLimit(limit),
      completed: () => this.#settledBefore + this.#feed.runs.reduce((sum, run) => sum + run.settledCount, 0),
    });
  }

  #processor;
  #feed = new Feed();
  #settledBefore = 0;
  /** @type {EventLoopWindow | NativeWindow | WorkerPool | null} */
  #window = null;
  /** @type {Set<Promise<unknown>>} */
  #calls = new Set();
  /** @type {Promise<void> | null} */
  #closing = null;

  #autoRange() {
    const max = MAX_AUTO[this.placement];
    const cores = usableCores();
    if (this.placement === 'event-loop') return { initial: 4, max, cores: 1 };
    if (this.placement === 'worker') return { initial: cores, max, cores };
    const blocking = /** @type {Operation} */ (this.#processor).blocking;
    return blocking ? { initial: 2 * cores, max, cores } : { initial: cores, max: cores, cores };
  }

  refuseIfClosed() {
    if (this.#closing !== null) throw new MillraceError('ERR_CLOSED', 'this ParallelProcessor is closed');
  }

  /** The placement is made by the first call: constructing costs nothing. */
  #ready() {
    this.#window ??= this.#makeWindow();
    return this.#window;
  }

  #makeWindow() {
    const limit = this.admission.limit;
    if (this.#processor instanceof Operation) return new NativeWindow(this.#processor, this.#feed, { limit });
    if (this.#processor instanceof WorkerTask) {
      return new WorkerPool(this.#processor, this.#feed, { concurrency: limit, onEvent: publish });
    }
    const onTick = (/** @type {number} */ nowMs) => this.admission.tick(nowMs);
    return new EventLoopWindow(/** @type {Function} */ (this.#processor), this.#feed, { limit, onTick });
  }

  /**
   * What one call runs with: the instance's options and its own.
   * @param {Record<string, unknown>} given
   * @returns {SettlingOptions}
   */
  settlingOptions(given) {
    const own = optionalSignal('signal', given.signal);
    const signal = own !== null && this.signal !== null ? AbortSignal.any([own, this.signal]) : (own ?? this.signal);
    return { timeoutMs: this.timeoutMs, retry: this.retry, stopOnError: this.stopOnError, signal };
  }

  /**
   * The order items start in, where it is not simply the input's.
   * @param {unknown[]} items
   * @param {Record<string, unknown>} given
   * @returns {Promise<ReadyOrder | null> | ReadyOrder | null}
   */
  orderOf(items, given) {
    const dependenciesOf = optionalFunction('dependencies', given.dependencies);
    const keyOf = optionalFunction('key', given.key) ?? this.keyOf;
    if (dependenciesOf !== null && keyOf === null) throw typeError('key', 'a function where dependencies are given', keyOf);
    const shape = dependenciesOf === null ? null : resolveGraph(items, /** @type {Function} */ (keyOf), dependenciesOf);
    if (shape !== null && this.#runsGraphsNatively(items)) return new NativeGraphOrder(shape);
    const order = (/** @type {Float64Array | null} */ priorities) => {
      if (shape !== null) return new GraphOrder(shape, priorities);
      return priorities === null ? null : new PriorityOrder(priorities);
    };
    if (this.priority === 'largest') return fileSizes(items).then(order);
    return order(this.priority === null ? null : readPriorities(items, this.priority));
  }

  /**
   * A graph of a native operation crosses once, as a whole, unless something has to be decided between
   * two items: retries, priorities, progress, stopping, memory (results that are blocks of bytes).
   * @param {unknown[]} items
   */
  #runsGraphsNatively(items) {
    const operation = this.#processor;
    if (!(operation instanceof Operation) || operation.returnsBytes) return false;
    if (this.retry !== null || this.priority !== null || this.progress !== null || this.stopOnError) return false;
    return items.length > 0 && items.every((item) => operation.accepts(item));
  }

  /**
   * Lets a call take part in the window until `body` has settled.
   * @template T
   * @param {Settling} run
   * @param {(usage: import('./parallel/admission.js').Usage) => Promise<T>} body
   * @returns {Promise<T>}
   */
  async take(run, body) {
    const window = this.#ready();
    const usage = this.admission.begin();
    const onAbort = () => run.reject(run.signal?.reason);
    run.signal?.addEventListener('abort', onAbort, { once: true });
    run.onReady = () => window.wake();
    this.#feed.add(run);
    const call = body(usage);
    try {
      if (run instanceof Collecting && run.order instanceof NativeGraphOrder) {
        /** @type {NativeWindow} */ (window).submitGraph(run, run.order.shape);
      } else {
        window.wake();
      }
      return await this.track(call);
    } finally {
      run.signal?.removeEventListener('abort', onAbort);
      this.#feed.remove(run);
      this.#settledBefore += run.settledCount;
      this.admission.end(usage);
      if (run.stopped) window.stopRun(run);
    }
  }

  /**
   * Makes close() wait for a call, from the reading of its input on.
   * @template T
   * @param {Promise<T>} call
   * @returns {Promise<T>}
   */
  async track(call) {
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  health() {
    const window = this.#window;
    return {
      placement: this.placement,
      concurrency: this.admission.limit,
      calls: this.#feed.runs.length,
      closed: this.#closing !== null,
      running: window?.running ?? 0,
      ...(window?.health() ?? NO_HEALTH),
    };
  }

  close() {
    this.#closing ??= (async () => {
      await Promise.allSettled(this.#calls);
      await this.#window?.close();
    })();
    return this.#closing;
  }
}

/**
 * @param {unknown[]} items
 * @param {(item: unknown) => number} priority
 */
function readPriorities(items, priority) {
  return Float64Array.from(items, (item) => {
    const value = priority(item);
    if (typeof value !== 'number' || Number.isNaN(value)) throw typeError('priority', 'a function that returns a number', value);
    return value;
  });
}

/**
 * The sizes of files; those that cannot be read come last.
 * @param {unknown[]} paths
 */
async function fileSizes(paths) {
  const sizes = new Float64Array(paths.length).fill(-1);
  const probe = new ParallelProcessor(operations.stat());
  const { results, errors } = await probe.process(paths);
  const failed = new Set(errors.map((/** @type {{ index: number }} */ { index }) => index));
  let next = 0;
  for (let index = 0; index < paths.length; index++) if (!failed.has(index)) sizes[index] = results[next++].size;
  await probe.close();
  return sizes;
}

/**
 * A snapshot of the items, so that nobody changes them during the call.
 * @param {unknown} items
 * @param {AbortSignal | null} signal
 * @returns {unknown[] | Promise<unknown[]>}
 */
function snapshot(items, signal) {
  if (Array.isArray(items)) return items.slice();
  if (items !== null && items !== undefined) {
    if (typeof items === 'string') return Array.from(items);
    if (typeof items === 'object' && Symbol.iterator in items) return Array.from(/** @type {Iterable<unknown>} */ (items));
    if (typeof items === 'object' && Symbol.asyncIterator in items) {
      return fromAsync(/** @type {AsyncIterable<unknown>} */ (items), signal);
    }
  }
  throw typeError('items', 'an array, an iterable or an async iterable', items);
}

/**
 * @param {AsyncIterable<unknown>} source
 * @param {AbortSignal | null} signal
 */
async function fromAsync(source, signal) {
  const items = [];
  for await (const item of source) {
    if (signal?.aborted) break; // which closes the source
    items.push(item);
  }
  return items;
}

/**
 * A call may be aborted before its items are there, by a source or a disk that stays silent.
 * @template T
 * @param {Promise<T>} preparation
 * @param {AbortSignal | null} signal
 * @returns {Promise<T>}
 */
async function unlessAborted(preparation, signal) {
  if (signal === null) return preparation;
  /** @type {() => void} */
  let onAbort = () => {};
  const aborted = new Promise((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([preparation, /** @type {Promise<never>} */ (aborted)]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * @param {Collecting} run
 * @param {import('./parallel/admission.js').Usage} usage
 */
function resultOf(run, usage) {
  const { results, errors } = run.outcome();
  const { duration, memoryPeak, throttledMs, cpuUtilization } = usage.end(usableCores());
  const stats = {
    totalProcessed: run.total,
    successful: results.length,
    failed: errors.length,
    duration,
    memoryPeak,
    throughput: duration > 0 ? (run.total * 1000) / duration : 0,
    latency: { p50: run.latency.quantile(0.5), p95: run.latency.quantile(0.95), p99: run.latency.quantile(0.99) },
    retries: run.retries,
    timeouts: run.timeouts,
    throttledMs,
    cpuUtilization,
  };
  return { results, errors, stats };
}

/**
 * One process() call. A function of the core, not of the instance, which may be dropped meanwhile.
 * @param {Core} core
 * @param {unknown} items
 * @param {Record<string, unknown>} given
 */
async function processItems(core, items, given) {
  const settling = core.settlingOptions(given);
  const { signal } = settling;
  signal?.throwIfAborted();
  const taken = snapshot(items, signal);
  const list = Array.isArray(taken) ? taken : await unlessAborted(taken, signal);
  const ordered = core.orderOf(list, given);
  const order = ordered instanceof Promise ? await unlessAborted(ordered, signal) : ordered;
  signal?.throwIfAborted();
  const run = new Collecting(list, { ...settling, batchSize: core.batchSize, progress: core.progress, order });
  return core.take(run, async (usage) => {
    await run.done;
    return resultOf(run, usage);
  });
}

/**
 * @template [T=any]
 * @template [R=any]
 */
export class ParallelProcessor {
  /** @type {Core} */
  #core;

  /**
   * @param {unknown} processor
   * @param {unknown} [options]
   */
  constructor(processor, options) {
    this.#core = new Core(processor, record('options', options));
    registry.register(this, this.#core, this);
  }

  /**
   * @param {unknown} items
   * @param {unknown} [options]
   * @returns {Promise<import('../types/parallel-processor.js').ProcessResult<T, R>>}
   */
  async process(items, options) {
    const core = this.#core;
    core.refuseIfClosed();
    return /** @type {Promise<any>} */ (core.track(processItems(core, items, record('options', options))));
  }

  /**
   * @param {unknown} items
   * @param {unknown} [options]
   * @returns {AsyncIterableIterator<import('../types/parallel-processor.js').SettledItem<T, R>>}
   */
  stream(items, options) {
    const core = this.#core;
    core.refuseIfClosed();
    const given = record('options', options);
    const settling = core.settlingOptions(given);
    if (core.priority !== null || given.dependencies != null) {
      throw typeError('stream()', 'used without priority and dependencies, which need all items at once', given);
    }
    const limit = core.concurrency === 'auto' ? MAX_AUTO[core.placement] : core.concurrency;
    const run = new Streaming(iterableOf(items), {
      ...settling,
      highWaterMark: integer('highWaterMark', given.highWaterMark, Math.max(2 * limit, core.batchSize)),
      ordered: boolean('ordered', given.ordered, true),
    });
    return /** @type {AsyncIterableIterator<any>} */ (iterate(core, run));
  }

  health() {
    return this.#core.health();
  }

  /** @returns {Promise<void>} */
  async close() {
    registry.unregister(this);
    await this.#core.close();
  }

  /** @returns {Promise<void>} */
  async [Symbol.asyncDispose]() {
    await this.close();
  }
}

// Dropped without close(): workers and lanes end when the calls under way have.
const registry = new FinalizationRegistry((/** @type {Core} */ core) => void core.close());

/**
 * @param {unknown} items
 * @returns {Iterable<unknown> | AsyncIterable<unknown>}
 */
function iterableOf(items) {
  if (typeof items === 'string') return items;
  if (typeof items === 'object' && items !== null && (Symbol.iterator in items || Symbol.asyncIterator in items)) {
    return /** @type {Iterable<unknown>} */ (items);
  }
  throw typeError('items', 'an array, an iterable or an async iterable', items);
}

/**
 * @param {Core} core
 * @param {Streaming} run
 */
async function* iterate(core, run) {
  try {
    // The first item may be asked for long after stream() was called.
    core.refuseIfClosed();
    run.signal?.throwIfAborted();
  } catch (error) {
    await run.end();
    throw error;
  }
  /** @type {() => void} */
  let finish = () => {};
  const finished = new Promise((resolve) => {
    finish = () => resolve(undefined);
  });
  const taken = core.take(run, () => finished);
  try {
    for (let settled = await run.next(); settled !== null; settled = await run.next()) yield settled;
  } finally {
    await run.end();
    finish();
    await taken;
  }
}
