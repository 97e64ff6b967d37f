import type { MessagePort, ResourceLimits } from 'node:worker_threads';

/** Values whose ownership can be passed to another thread. */
export type TransferList = readonly (ArrayBuffer | MessagePort)[];

export interface WorkerTaskOptions<T> {
  /** The name of the exported function. Default `'default'`. */
  export?: string | null | undefined;
  /** How many isolates at most. Default: the concurrency, but no more than the usable cores. */
  workers?: number | null | undefined;
  /** Limits of each isolate's JavaScript engine, as in `worker_threads`. Default: none. */
  resourceLimits?: ResourceLimits | null | undefined;
  /** `process.env` of the isolates. Default: a copy of the parent's. */
  env?: NodeJS.ProcessEnv | null | undefined;
  /** Node options of the isolates. Default: the parent's, so that its loaders (tsx, ...) apply. */
  execArgv?: readonly string[] | null | undefined;
  /** `process.argv` beyond the first two. */
  argv?: readonly unknown[] | null | undefined;
  /** What the task reads as `workerData` of `node:worker_threads`. Must be cloneable. */
  workerData?: unknown;
  /** What of an item is handed over instead of copied. The item is unusable afterwards. */
  transfer?: ((item: T) => TransferList) | null | undefined;
  /**
   * Whether innocent neighbours of a crash are run again (default). `false` for work that must not run
   * twice: whatever may have started then fails with the crash's code.
   */
  rerun?: boolean | null | undefined;
  /** How often the item suspected of a crash is tried again, alone. Default 1, from 0. */
  crashRetries?: number | null | undefined;
}

declare const itemType: unique symbol;
declare const resultType: unique symbol;

/** A processor that runs in worker_threads isolates; made by {@link workerTask}. */
export interface WorkerTask<T, R> {
  readonly url: string;
  readonly [itemType]?: (item: T) => void;
  readonly [resultType]?: R;
}

/**
 * Makes an exported function of a module a processor that runs in worker_threads isolates.
 *
 * Items and results are passed by structured clone. Type arguments name what the function takes and
 * returns, for example `workerTask<string, Parsed>(new URL('./parse.ts', import.meta.url))`.
 *
 * @param url a `file:` or `data:` URL, or an absolute path
 * @throws TypeError, RangeError an option is invalid
 */
export function workerTask<T = unknown, R = unknown>(
  url: string | URL,
  options?: WorkerTaskOptions<T> | null,
): WorkerTask<T, R>;

/**
 * Used by a task's function to hand over parts of its result instead of copying them:
 * `return transfer(buffer, [buffer.buffer])`.
 */
export function transfer<V>(value: V, list: TransferList): V;
