import type { OperationError } from './errors.js';

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
  run(value: T, options?: { signal?: AbortSignal | null } | null): Promise<R>;
}

/** A path as Node's fs takes it: text, or raw bytes for names that are not UTF-8. */
export type FilePath = string | Uint8Array;

/**
 * - `xxh3-64`, `xxh3-128`: XXH3 (Collet, xxHash specification 0.8), not cryptographic, by far the fastest.
 * - `sha256`, `sha1`: FIPS 180-4. `md5`: RFC 1321. SHA-1 and MD5 are broken as cryptography; they are here
 *   for existing data.
 */
export type HashAlgorithm = 'xxh3-64' | 'xxh3-128' | 'sha256' | 'sha1' | 'md5';

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

export interface StatOptions {
  /** Tell of what a symbolic link points to (default), or of the link itself. */
  followSymlinks?: boolean | null | undefined;
}

export type FileType =
  | 'unknown'
  | 'file'
  | 'directory'
  | 'symlink'
  | 'fifo'
  | 'socket'
  | 'characterDevice'
  | 'blockDevice';

/** As in Node's `fs.Stats`; times in milliseconds since 1970. Numbers beyond 2^53 are rounded. */
export interface FileStat {
  type: FileType;
  /** Bytes. */
  size: number;
  mode: number;
  ino: number;
  dev: number;
  nlink: number;
  uid: number;
  gid: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
  birthtimeMs: number;
}

export interface SizeLimit {
  /**
   * Largest result in bytes; beyond it the item fails with `ERR_TOO_LARGE`. Default 1 GiB; from 1
   * to `buffer.constants.MAX_LENGTH`.
   */
  maxBytes?: number | null | undefined;
}

export interface Lz4Options {
  /** 0 (default) to 2: fast. 3 to 12: high compression, slower. Same decompression speed. */
  level?: number | null | undefined;
}

export interface WalkOptions {
  /**
   * Globs on the path relative to the root: `*`, `**`, `?`, `[a-z]`, `{a,b}`, `{1..3}`, `!` for negation (the last
   * pattern that matches wins). A string or a list. Default: everything.
   */
  patterns?: string | readonly string[] | null | undefined;
  /** Globs of what to leave out; directories that match are not entered. Default: nothing. */
  ignore?: string | readonly string[] | null | undefined;
  /** Obey `.gitignore` files, nested ones and those above the root included (gitignore(5)), and skip `.git`. Default false. */
  gitignore?: boolean | null | undefined;
  /**
   * Symbolic links: `'skip'` (default) leaves them out, `'list'` returns them as files without following them,
   * `'follow'` takes them for what they point to; a loop is an entry of `errors`.
   */
  symlinks?: 'skip' | 'list' | 'follow' | null | undefined;
  /** What to return. `'all'` includes FIFOs, sockets and devices. Default `'files'`. */
  include?: 'files' | 'directories' | 'all' | null | undefined;
  /** What paths begin with: the root as given (default), nothing, or the root's absolute path. */
  paths?: 'rooted' | 'relative' | 'absolute' | null | undefined;
  /** Levels below the root; 1 is the root's own entries. Default Infinity. */
  maxDepth?: number | null | undefined;
  /** Whether wildcards match names that begin with a dot. Without `patterns` they are returned anyway. Default false. */
  dot?: boolean | null | undefined;
  /** Whether globs distinguish upper and lower case. Default true. */
  caseSensitive?: boolean | null | undefined;
  /** Sort paths by their bytes, for a reproducible order. Default false: as found. */
  sorted?: boolean | null | undefined;
  /** Return the sizes too, at the price of a system call for each entry. Default false. */
  sizes?: boolean | null | undefined;
  /** Threads of one walk, from 1 to 64. Default: the usable cores, at least 2. */
  threads?: number | null | undefined;
}

export interface WalkResult {
  root: FilePath;
  /** In no particular order unless `sorted`. */
  paths: string[];
  /** Paths that are not UTF-8, as bytes; file operations take them as items. */
  undecodable: Buffer[];
  /** What could not be read, or vanished meanwhile: directories, links. The rest is complete. */
  errors: OperationError[];
  /** Directories read, the root included. */
  directories: number;
  /** With `include: 'all'`: what each of `paths` is. */
  types?: FileType[];
  /** With `sizes`: bytes of each of `paths`. */
  sizes?: Float64Array;
}

/** The operations that run natively, each made with its options. All options are optional. */
export const operations: Readonly<{
  /** Digest of bytes; a string stands for its UTF-8. O(n). */
  hash(options?: HashOptions | null): Operation<string | Uint8Array, string>;
  /** Digest of a file's content, read in chunks: memory does not grow with the file. */
  hashFile(options?: HashOptions | null): Operation<FilePath, FileHash>;
  /** Size, times and kind of a file. */
  stat(options?: StatOptions | null): Operation<FilePath, FileStat>;
  /**
   * The whole content of a file. Small results of one batch share an ArrayBuffer: copy what is kept for
   * long (`Buffer.from(buffer)`).
   */
  readFile(options?: SizeLimit | null): Operation<FilePath, Buffer>;
  /** An LZ4 frame (as the `lz4` command writes it) of the bytes. */
  lz4Compress(options?: Lz4Options | null): Operation<string | Uint8Array, Buffer>;
  /** The content of LZ4 frames; anything else is `ERR_CORRUPT_DATA`. */
  lz4Decompress(options?: SizeLimit | null): Operation<string | Uint8Array, Buffer>;
  /** Everything below a directory, found by several threads. The item is the root. */
  walk(options?: WalkOptions | null): Operation<FilePath, WalkResult>;
  /** Does nothing and resolves to the item: what the native placement itself costs. */
  noop<T = unknown>(): Operation<T, T>;
}>;
