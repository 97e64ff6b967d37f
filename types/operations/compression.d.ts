import type { Operation, SizeLimit } from './operation.js';

export interface Lz4Options {
  /** 0 (default) to 2: fast. 3 to 12: high compression, slower. Same decompression speed. */
  level?: number | null | undefined;
}

export interface CompressionOperations {
  /** An LZ4 frame (as the `lz4` command writes it) of the bytes. */
  lz4Compress(options?: Lz4Options | null): Operation<string | Uint8Array, Buffer>;
  /** The content of LZ4 frames; anything else is `ERR_CORRUPT_DATA`. */
  lz4Decompress(options?: SizeLimit | null): Operation<string | Uint8Array, Buffer>;
}
