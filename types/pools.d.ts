export interface PoolOptions {
  /**
   * Threads for computing. Default: the environment variable `MILLRACE_WORKERS`, or else the usable cores
   * (affinity mask and cgroup CPU quota). From 1 to 1024.
   */
  workers?: number | null | undefined;
  /** Most threads for blocking I/O. Default: `MILLRACE_IO_WORKERS`, or else 32. From 1 to 1024. */
  ioWorkers?: number | null | undefined;
  /** Cores that the computing threads are pinned to, in turn. Default: not pinned. */
  affinity?: readonly number[] | null | undefined;
  /** Most tasks that wait in each pool; beyond it work is refused with `ERR_QUEUE_FULL`. */
  maxQueued?: number | null | undefined;
}

/** Figures of both pools at one moment. */
export interface PoolStats {
  /** Computing threads that exist. */
  workers: number;
  /** I/O threads that exist; they come and go with demand. */
  ioWorkers: number;
  maxWorkers: number;
  maxIoWorkers: number;
  /** Computing threads asleep. */
  idle: number;
  ioIdle: number;
  /** Tasks waiting in both pools. A task is a stretch of many items. */
  queued: number;
  executed: number;
  /** Threads replaced after a task threw. */
  restarts: number;
  /** Threads that could not be started; tried again later. */
  failedStarts: number;
  steals: number;
  failedPins: number;
}

/**
 * Sizes the process-wide native pools, which all isolates share. Before their first use only.
 * @throws MillraceError `ERR_ALREADY_STARTED`; `ERR_INVALID_ARGUMENT` for a core that cannot be used
 */
export function configurePools(options?: PoolOptions | null): void;

/** Reads the pools' figures. O(threads). Does not start them. */
export function poolStats(): PoolStats;
