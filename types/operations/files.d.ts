import type { OperationError } from '../errors.js';
import type { FilePath, Operation, SizeLimit } from './operation.js';

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

export interface WriteFileOptions {
  /** Permissions of a file that did not exist, less the umask: from 0 to 0o777, default 0o666. An existing file keeps its own. */
  mode?: number | null | undefined;
  /**
   * What survives a loss of power. `'file'` (default): the content is on the device before it gets its name, so that the
   * file is whole, old or new. `'full'`: the name is on the device too, so that it is the new one. `'none'`: nothing is
   * promised, and writing many small files is several times faster. A killed process never damages a file, with any of them.
   */
  fsync?: 'none' | 'file' | 'full' | null | undefined;
  /** false: fails with `EEXIST` when there is anything at the path, a symbolic link included. Default true. */
  overwrite?: boolean | null | undefined;
  /** Make the folders above the file where they are missing. Default false. */
  createDirectories?: boolean | null | undefined;
}

/** An item of `writeFile`. */
export interface FileToWrite {
  path: FilePath;
  /** A string is written as UTF-8. */
  data: string | Uint8Array;
}

export interface WrittenFile {
  /** Bytes written. */
  size: number;
  /** Whether the file did not exist. */
  created: boolean;
}

export interface FileOperations {
  /** Size, times and kind of a file. In a pipe it passes the path on. */
  stat(options?: StatOptions | null): Operation<FilePath, FileStat>;
  /**
   * The whole content of a file. Small results of one batch share an ArrayBuffer: copy what is kept for
   * long (`Buffer.from(buffer)`).
   */
  readFile(options?: SizeLimit | null): Operation<FilePath, Buffer>;
  /**
   * Writes a file atomically: through a temporary file beside it (`.millrace-<16 hex>.tmp`), which is renamed when all is
   * written and removed when anything fails. Readers see the whole old content or the whole new one. A symbolic link is
   * followed; owner and permissions of an existing file are kept, its hard links, extended attributes and ACLs are not.
   * Fails with `ERR_UNSUPPORTED` for devices, FIFOs and sockets.
   */
  writeFile(options?: WriteFileOptions | null): Operation<FileToWrite, WrittenFile>;
  /** Everything below a directory, found by several threads. The item is the root. */
  walk(options?: WalkOptions | null): Operation<FilePath, WalkResult>;
  /** Does nothing and resolves to the item: what the native placement itself costs. */
  noop<T = unknown>(): Operation<T, T>;
}
