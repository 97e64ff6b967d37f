import type { Operation } from './operations/index.js';
import type { WorkerTask } from './worker.js';

/** What a function processor is told beside the item when `timeout`, `retry` or a signal is given. */
export interface ItemContext {
  /** The item's position in the input. */
  readonly index: number;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** Aborted when the item times out or the call is aborted. */
  readonly signal: AbortSignal;
}

/**
 * What processes an item, and where:
 * - a function: on this isolate's event loop, for work that waits (HTTP, databases);
 * - a `workerTask()`: in worker_threads isolates, for computing written in JavaScript or TypeScript;
 * - one of `operations`: on native threads.
 *
 * A function is called with the item alone, unless `timeout`, `retry` or a signal is given: then with
 * an {@link ItemContext} beside it.
 */
export type Processor<T, R> =
  | ((item: T, context: ItemContext) => R | PromiseLike<R>)
  | WorkerTask<T, R>
  | Operation<T, R>;

/**
 * Exponential backoff with jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
 * 2015).
 */
export interface RetryOptions {
  /** Attempts in all, the first included. Default 3, from 1. */
  attempts?: number | null | undefined;
  /** Milliseconds before the second attempt. Default 100, from 0 to 2147483647. */
  delay?: number | null | undefined;
  /** By which the delay grows with each attempt. Default 2, from 1. */
  factor?: number | null | undefined;
  /** Longest delay in milliseconds. Default 30000, from 0 to 2147483647. */
  maxDelay?: number | null | undefined;
  /** The part of the delay that is random, from 0 to 1. Default 0.5. */
  jitter?: number | null | undefined;
  /** Whether this error is worth another attempt. Default: every error is. */
  retryIf?: ((error: unknown, attempt: number) => boolean) | null | undefined;
}

/** `undefined` and `null` mean the default; any other invalid value is refused by the constructor. */
export interface ParallelProcessorOptions<T = unknown> {
  /**
   * How many items are in work at once, over all calls on the instance. An integer from 1, or `'auto'`:
   * found while running, by the ratio of waiting to computing and paired throughput probes.
   * Default: half the usable cores, at least 1; for operations `'auto'`.
   */
  concurrency?: number | 'auto' | null | undefined;
  /** Completions between two calls of `progressCallback`. Default 50, from 1. */
  batchSize?: number | null | undefined;
  /**
   * Megabytes of resident memory of the process. From 80 % on fewer items are admitted, at the limit one
   * at a time; work never stops. Default 1024, from 1.
   */
  maxMemory?: number | null | undefined;
  /**
   * Called after each `batchSize` completions and at the end. If it throws, the call rejects with that
   * value and no further item starts.
   */
  progressCallback?: ((completed: number, total: number) => void) | null | undefined;
  /** Aborts every call on the instance: no further item starts, and calls reject with `signal.reason`. */
  signal?: AbortSignal | null | undefined;
  /**
   * Milliseconds that an attempt may take, counted from its start; then it fails with `ERR_TIMEOUT`. Above 0,
   * to 2147483647 (what a timer holds). Default: none.
   */
  timeout?: number | null | undefined;
  /** How often a failed item is tried again, or in detail. Default: not at all. */
  retry?: number | RetryOptions | null | undefined;
  /**
   * Items of higher priority start first, equal ones in input order; `'largest'` for operations on files: by
   * size. Default: input order. Sorting costs O(n log n).
   */
  priority?: ((item: T) => number) | 'largest' | null | undefined;
  /** The first failure rejects the call with that failure's value, and no further item starts. Default false. */
  stopOnError?: boolean | null | undefined;
  /** The item's name, where `dependencies` are given. */
  key?: ((item: T) => string) | null | undefined;
}

export interface ProcessOptions<T> {
  /** Aborts this call; see {@link ParallelProcessorOptions.signal}. */
  signal?: AbortSignal | null | undefined;
  /**
   * The keys of the items that must have succeeded before this one starts. Checked before anything
   * starts: O(items + dependencies).
   * @throws DependencyError `ERR_DEPENDENCY_CYCLE`, `ERR_DEPENDENCY_UNKNOWN`, `ERR_DUPLICATE_KEY`
   */
  dependencies?: ((item: T) => Iterable<string> | null | undefined) | null | undefined;
  /** The item's name. Default: the instance's `key`. */
  key?: ((item: T) => string) | null | undefined;
}

export interface StreamOptions {
  signal?: AbortSignal | null | undefined;
  /**
   * Most items in memory at once: in work, or settled and not yet consumed. Default: twice the
   * concurrency, at least `batchSize`. From 1.
   */
  highWaterMark?: number | null | undefined;
  /** Deliver in input order (default), or as items settle. */
  ordered?: boolean | null | undefined;
}

export interface ItemFailure<T> {
  /** The original item. */
  item: T;
  /** The identical value that was thrown, or the rejection's reason. */
  error: unknown;
  /** The item's position in the input. */
  index: number;
  /** Attempts made; 0 for an item that never ran because a dependency failed. */
  attempts: number;
}

export interface ProcessStats {
  totalProcessed: number;
  successful: number;
  failed: number;
  /** Milliseconds, fractional. */
  duration: number;
  /** Bytes of resident memory of the process at its highest during the call. */
  memoryPeak: number;
  /** Items per second. */
  throughput: number;
  /**
   * Milliseconds that an attempt took, from a log-linear histogram (relative error below 0.4 %). On the
   * event loop all of the first 1024 items are timed and one in 16 after that.
   */
  latency: { p50: number; p95: number; p99: number };
  /** Attempts after the first, of all items. */
  retries: number;
  timeouts: number;
  /** Milliseconds during which admission was narrowed by `maxMemory`. */
  throttledMs: number;
  /** CPU time of the process over duration times usable cores, from 0 to 1. */
  cpuUtilization: number;
}

export interface ProcessResult<T, R> {
  /** The successes, in input order. */
  results: R[];
  /** The failures, in input order. */
  errors: ItemFailure<T>[];
  stats: ProcessStats;
}

export type SettledItem<T, R> =
  | { status: 'fulfilled'; index: number; item: T; value: R; attempts: number }
  | { status: 'rejected'; index: number; item: T; reason: unknown; attempts: number };

export interface WorkerHealth {
  id: number;
  state: 'starting' | 'idle' | 'busy';
  /** Items in work. */
  running: number;
  /** How often this worker has been replaced. */
  restarts: number;
}

export interface ProcessorHealth {
  placement: 'event-loop' | 'worker' | 'native';
  /** The limit at this moment. */
  concurrency: number;
  /** Calls under way. */
  calls: number;
  /** Items in work. */
  running: number;
  /** Items handed to workers or native threads and not yet started. */
  queued: number;
  closed: boolean;
  /** The isolates; empty for other placements. */
  workers: WorkerHealth[];
  /** Isolates replaced. */
  restarts: number;
  /** Errors thrown by items that had settled already. */
  lateErrors: number;
  /** Innocent items run again after a crash. */
  reruns: number;
}

/**
 * Runs a processor over many items with bounded concurrency: a sliding window without barriers, shared by
 * all calls on the instance.
 *
 * Every item is processed exactly once (retries and crashes aside). An item's failure never rejects the
 * call, unless `stopOnError` is set.
 */
export class ParallelProcessor<T = any, R = any> {
  /** @throws TypeError, RangeError an option is invalid; the message names it, the expectation and the value */
  constructor(processor: Processor<T, R>, options?: ParallelProcessorOptions<T> | null);

  /**
   * Processes all items and collects the results. An array is copied first; an iterable or async iterable is read
   * to its end first.
   * @throws MillraceError `ERR_CLOSED`; `signal.reason`; what `progressCallback` threw
   */
  process(
    items: readonly T[] | Iterable<T> | AsyncIterable<T>,
    options?: ProcessOptions<T> | null,
  ): Promise<ProcessResult<T, R>>;

  /**
   * Processes items as they are read, and yields each as it settles; memory stays bounded by
   * `highWaterMark` whatever the length of the input. Leaving the loop starts no further item and closes the source.
   * @throws MillraceError `ERR_CLOSED`; `signal.reason`; what the source threw, after what it had yielded before
   */
  stream(
    items: Iterable<T> | AsyncIterable<T>,
    options?: StreamOptions | null,
  ): AsyncIterableIterator<SettledItem<T, R>>;

  /** What the instance is doing at this moment. */
  health(): ProcessorHealth;

  /**
   * Refuses further calls, waits for those under way, and releases workers and lanes. Idempotent. Functions
   * that an aborted call or a timeout left behind are not waited for.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
