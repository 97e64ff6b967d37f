import type { Duplex } from 'node:stream';
import type { DeflateFormat, Lz4Options, ZstdCompressOptions, ZstdDecompressOptions } from './compression.js';
import type { SizeLimit } from './operation.js';

export interface DeflateStreamOptions {
  /** 0 (stored) to 9 (smallest). Default 6. */
  level?: number | null | undefined;
}

/**
 * A stream that compresses what is written to it on native threads, chunk by chunk. It obeys backpressure in both
 * directions, may be destroyed at any time, and holds some 256 KiB in either direction besides the codec's own
 * state. Chunks are bytes, or strings, which stand for their UTF-8.
 *
 * Any number of streams run at once, each on one thread at a time.
 */
export function createCompressor(format: 'lz4', options?: Lz4Options | null): Duplex;
export function createCompressor(format: 'zstd', options?: ZstdCompressOptions | null): Duplex;
export function createCompressor(format?: DeflateFormat | null, options?: DeflateStreamOptions | null): Duplex;

/**
 * A stream that decompresses what is written to it. `'auto'`, the default, tells LZ4, zstd, gzip and zlib by their first
 * bytes. `maxBytes` bounds the whole stream. Frames or members one after the other are the contents one after
 * the other.
 *
 * Fails with an OperationError: `ERR_CORRUPT_DATA` for damaged data and for input that ends too early,
 * `ERR_TOO_LARGE`.
 */
export function createDecompressor(format?: 'auto' | 'zstd' | null, options?: ZstdDecompressOptions | null): Duplex;
export function createDecompressor(format: 'lz4' | DeflateFormat, options?: SizeLimit | null): Duplex;
