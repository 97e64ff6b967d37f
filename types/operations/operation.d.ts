import type { ParallelProcessorOptions, ProcessResult } from '../parallel-processor.js';

/** Of `Operation.run()`. */
export interface RunOptions {
  /** Gives up when it aborts; the promise rejects with `signal.reason`. */
  signal?: AbortSignal | null | undefined;
}

/** Of `Operation.runAll()`: those of a ParallelProcessor that makes one call. */
export interface RunAllOptions<T> extends Omit<ParallelProcessorOptions<T>, 'progressCallback'> {
  /** Called with (completed, total) after each `batchSize` completions and at the end. */
  onProgress?: ((completed: number, total: number) => void) | null | undefined;
}

/**
 * A native operation on items of type `T` with results of type `R`. Immutable: one may be the processor
 * of any number of ParallelProcessors.
 */
export interface Operation<T, R> {
  /** The operation's name, for example `hashFile`. */
  readonly name: string;
  /** The completed options. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * Runs the operation on one value, on a native thread.
   * @throws OperationError what the operation failed with; `signal.reason` when aborted
   */
  run(value: T, options?: RunOptions | null): Promise<R>;
  /**
   * Runs the operation on a whole list, on all threads: results in input order, failures beside them.
   * @throws what `ParallelProcessor.process()` rejects with
   */
  runAll(values: Iterable<T>, options?: RunAllOptions<T> | null): Promise<ProcessResult<T, R>>;
  /** This operation as a stage of a {@link pipe} whose result is kept under `name`. */
  as<const N extends string>(name: N): NamedStage<N, T, R>;
}

/** A stage of a pipe whose result is kept under a name. */
export interface NamedStage<N extends string, T, R> {
  readonly name: N;
  readonly operation: Operation<T, R>;
}

/** A path as Node's fs takes it: text, or raw bytes for names that are not UTF-8. */
export type FilePath = string | Uint8Array;

export interface SizeLimit {
  /**
   * Largest result in bytes; beyond it the item fails with `ERR_TOO_LARGE`. Default 1 GiB; from 1
   * to `buffer.constants.MAX_LENGTH`.
   */
  maxBytes?: number | null | undefined;
}
