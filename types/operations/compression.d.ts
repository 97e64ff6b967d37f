import type { Operation, SizeLimit } from './operation.js';

export interface Lz4Options {
  /** 0 (default) to 2: fast. 3 to 12: high compression, slower. Same decompression speed. */
  level?: number | null | undefined;
}

/** What compressor and decompressor both know beforehand; it makes small contents that are alike much smaller. */
export interface ZstdDictionary {
  /** What `zstd --train` has made, or any bytes. Copied. Default: none. */
  dictionary?: Uint8Array | null | undefined;
}

export interface ZstdCompressOptions extends ZstdDictionary {
  /**
   * -7 (fastest) to 22 (smallest). Default 3. From 20 on, large content takes hundreds of megabytes to compress and
   * up to 128 MiB to decompress.
   */
  level?: number | null | undefined;
  /** Append a checksum of the content, by which damage is found. Default true. */
  checksum?: boolean | null | undefined;
}

export interface ZstdDecompressOptions extends SizeLimit, ZstdDictionary {
  /**
   * The memory that a frame may need besides its content: 2 to this many bytes, and `ERR_TOO_LARGE` beyond. From
   * 10 to 31; default 27, which is 128 MiB and what every level up to 22 stays within.
   */
  windowLogMax?: number | null | undefined;
}

/** What wraps the DEFLATE data: `gzip` (RFC 1952), `zlib` (RFC 1950; HTTP's "deflate"), `deflate` (RFC 1951): nothing. */
export type DeflateFormat = 'gzip' | 'zlib' | 'deflate';

export interface GzipOptions {
  /** Default `'gzip'`. */
  format?: DeflateFormat | null | undefined;
  /**
   * 0 (stored) to 12 (smallest, very slow). Default 6. Content of more than 64 MiB is compressed by another
   * library, whose highest level is 9.
   */
  level?: number | null | undefined;
}

export interface GunzipOptions extends SizeLimit {
  /** Default `'gzip'`. `'auto'` takes gzip and zlib, told by the first byte. */
  format?: DeflateFormat | 'auto' | null | undefined;
}

/**
 * All of them are O(n). What is no valid data of the format, ends too early or has something behind its end fails
 * with `ERR_CORRUPT_DATA`; a result larger than `maxBytes` fails with `ERR_TOO_LARGE` before it is
 * allocated, whatever sizes a header claims.
 */
export interface CompressionOperations {
  /** An LZ4 frame (as the `lz4` command writes it) of the bytes. */
  lz4Compress(options?: Lz4Options | null): Operation<string | Uint8Array, Buffer>;
  /** The content of LZ4 frames; anything else is `ERR_CORRUPT_DATA`. */
  lz4Decompress(options?: SizeLimit | null): Operation<string | Uint8Array, Buffer>;
  /** A zstd frame (RFC 8878, as the `zstd` command writes it) of the bytes, with the content's size. */
  zstdCompress(options?: ZstdCompressOptions | null): Operation<string | Uint8Array, Buffer>;
  /** The content of zstd frames, one after the other; skippable frames are passed over. */
  zstdDecompress(options?: ZstdDecompressOptions | null): Operation<string | Uint8Array, Buffer>;
  /**
   * A gzip member (as the `gzip` command writes it) of the bytes, or zlib or raw DEFLATE data. A signal or timeout
   * is looked at beforehand, and meanwhile only beyond 64 MiB.
   */
  gzip(options?: GzipOptions | null): Operation<string | Uint8Array, Buffer>;
  /** The content of gzip members, one after the other, or of zlib or raw DEFLATE data. */
  gunzip(options?: GunzipOptions | null): Operation<string | Uint8Array, Buffer>;
}
