import type { FilePath, Operation } from './operation.js';

/**
 * - `xxh3-64`, `xxh3-128`: XXH3 (Collet, xxHash specification 0.8), not cryptographic, by far the fastest.
 * - `blake3`: BLAKE3 with 32 bytes (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020); cryptographic; from some tens of
 *   kilobytes on several times as fast as SHA-256, and not slower below.
 * - `sha256`, `sha1`: FIPS 180-4. `md5`: RFC 1321. SHA-1 and MD5 are broken as cryptography; they are here
 *   for existing data.
 */
export type HashAlgorithm = 'xxh3-64' | 'xxh3-128' | 'sha256' | 'sha1' | 'md5' | 'blake3';

export interface HashOptions {
  /** Default `'xxh3-64'`. */
  algorithm?: HashAlgorithm | null | undefined;
}

export interface FileHash {
  /** The digest in lower-case hex; XXH3 in canonical (big-endian) order, as `xxhsum` prints it. */
  hash: string;
  /** Bytes read. */
  size: number;
}

export interface DigestOperations {
  /** Digest of bytes; a string stands for its UTF-8. O(n). In a pipe it passes its input on. */
  hash(options?: HashOptions | null): Operation<string | Uint8Array, string>;
  /**
   * Digest of a file's content, read in chunks: memory does not grow with the file. In a pipe it passes the
   * path on.
   */
  hashFile(options?: HashOptions | null): Operation<FilePath, FileHash>;
}
