import type { Writable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { HashAlgorithm } from './digests.js';

/**
 * A digest of data that arrives in pieces, computed in the calling thread: for pieces of some kilobytes, for which
 * handing them to another thread would take longer than the digest. Nothing has to be closed.
 */
export interface Hasher {
  readonly algorithm: HashAlgorithm;
  /**
   * Adds bytes; a string stands for its UTF-8. O(n).
   * @throws TypeError for anything else
   */
  update(data: string | Uint8Array): this;
  /** The digest of everything so far, in lower-case hex. More may follow: the hasher stays as it is. */
  digest(encoding?: 'hex' | null): string;
  digest(encoding: 'buffer'): Buffer;
  /** Forgets everything so far. */
  reset(): this;
  /** A hasher that has taken the same so far and goes its own way from here. */
  copy(): Hasher;
  /** A stream that feeds this hasher, for `pipeline()`. Ask for the digest when it has finished. */
  asWritable(): Writable;
}

/** @param algorithm default `'xxh3-64'` */
export function createHasher(algorithm?: HashAlgorithm | null): Hasher;

/** Where a stream's bytes come from. A string stands for its UTF-8. */
export type HashSource =
  | NodeJS.ReadableStream
  | ReadableStream<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | Iterable<string | Uint8Array>;

export interface HashStreamOptions {
  /** Default `'xxh3-64'`. */
  algorithm?: HashAlgorithm | null | undefined;
  /** Gives up when it aborts: the promise rejects with `signal.reason` and the source is destroyed. */
  signal?: AbortSignal | null | undefined;
}

/**
 * The digest of everything a stream yields, in lower-case hex: computed on a native thread while the stream is
 * read (XXH3 in the calling thread, where it takes less time than the hand-over). Holds at most three pieces of 256
 * KiB, or of the source's own size where that is larger.
 * @throws what the source fails with; TypeError for a chunk that is not bytes; `signal.reason` when aborted
 */
export function hashStream(source: HashSource, options?: HashStreamOptions | null): Promise<string>;
