import type { Operation } from './operation.js';

/** Makes an operation of a library; also runs it with its defaults. Options are passed on as JSON. */
export interface OwnOperationFactory<T = any, R = any> {
  /** @throws OperationError what the library says of the options */
  (options?: object | null): Operation<T, R>;
  run: Operation<T, R>['run'];
}

/**
 * Loads a shared library with operations of your own, made with `millrace/operation.h`, and returns a factory for
 * each, by name. They work like those of `operations`: alone, in a `pipe`, as a ParallelProcessor's processor, in worker
 * threads (where each loads them itself). A relative path starts at the working directory. A library is
 * never unloaded; loading it again gives the same one.
 *
 *     const { wordCount } = loadOperations<{ wordCount: OwnOperationFactory<string, { words: number }> }>('./build/words.so');
 *
 * @throws OperationError `ENOENT`; `ERR_UNSUPPORTED` when it is no library that can be loaded here; `ERR_ABI_MISMATCH` when
 *   it is none of operations, or for another version of the interface, naming both
 */
export function loadOperations<L extends { [N in keyof L]: OwnOperationFactory } = Record<string, OwnOperationFactory>>(path: string | URL): Readonly<L>;

/** The folder to compile own operations with: `-I` of it, and then `#include <millrace/operation.h>`. */
export const includeDirectory: string;
