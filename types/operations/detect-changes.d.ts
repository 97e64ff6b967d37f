import type { OperationError } from '../errors.js';
import type { HashAlgorithm } from './digests.js';
import type { WriteFileOptions } from './files.js';
import type { FilePath } from './operation.js';

export interface DetectChangesOptions {
  /** What content is compared by. Default: that of the manifest; without one `'xxh3-128'`. */
  algorithm?: HashAlgorithm | null | undefined;
  /**
   * `'stat'` (default) reads only files whose size or time of modification is not that of the manifest; `'content'`
   * reads all, and so finds what a tool has changed without leaving a trace in either.
   */
  check?: 'stat' | 'content' | null | undefined;
  /** Where relative paths start. Default: the working directory. */
  directory?: string | null | undefined;
  /** Threads, from 1 to 1024. Default: the usable cores, at least 2. More pay where files are not in memory. */
  concurrency?: number | null | undefined;
  /** Gives up when it aborts; the promise rejects with `signal.reason`. */
  signal?: AbortSignal | null | undefined;
  /** Called with (completed, total) paths after each slice of the list. What it throws rejects the call. */
  onProgress?: ((completed: number, total: number) => void) | null | undefined;
}

export interface Changes {
  /** Paths that the manifest did not know, in the list's order. */
  added: string[];
  /** Paths whose content is another one, in the list's order. */
  changed: string[];
  /** Paths of the manifest that are missing on disk or in the list: those of the list first, each in order. */
  removed: string[];
  /** How many have the content they had. */
  unchanged: number;
  /**
   * What could not be read, each with its `path`; the manifest then keeps what it knew of that file. A file that was
   * written to during every one of four attempts to read it is here with `ERR_FILE_CHANGED`, and in `added` or
   * `changed` as well; it is read again the next time. A path that neither the disk nor the manifest knows is here with
   * `ENOENT`.
   */
  errors: OperationError[];
  /** How many files were read, and their bytes. */
  filesRead: number;
  bytesRead: number;
  /** What is to be passed as `previous` the next time. */
  manifest: Manifest;
}

/** What a manifest knows of a file. */
export interface ManifestEntry {
  /** In lower-case hex. */
  hash: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970; null when the file is read the next time whatever its time is. */
  mtimeMs: number | null;
}

/** A manifest as JSON. Lists have one entry per file; `mtimes` are nanoseconds since 1970, or null. */
export interface ManifestJson {
  format: 'millrace-manifest';
  version: 1;
  algorithm: HashAlgorithm;
  paths: string[];
  sizes: number[];
  mtimes: (string | null)[];
  hashes: string[];
}

/** What {@link detectChanges} knew of a list of files. Immutable. */
export class Manifest {
  private constructor(...made: never[]);
  /**
   * The manifest that `toJSON()` has described.
   * @throws MillraceError `ERR_CORRUPT_DATA` saying what is wrong; `ERR_UNSUPPORTED` for another version
   */
  static from(json: ManifestJson | unknown): Manifest;
  /**
   * The manifest that `save()` has written. With `optional`, null when there is no such file.
   * @throws as `from()`; OperationError of reading
   */
  static load(path: FilePath, options: { optional: true }): Promise<Manifest | null>;
  static load(path: FilePath, options?: { optional?: boolean | null | undefined } | null): Promise<Manifest>;
  /** Files it knows. */
  readonly size: number;
  readonly algorithm: HashAlgorithm;
  /** The paths it knows, in the list's order: a copy. */
  paths(): string[];
  get(path: string): ManifestEntry | undefined;
  toJSON(): ManifestJson;
  /** Writes it as JSON, atomically, as `operations.writeFile` does. */
  save(path: FilePath, options?: WriteFileOptions | null): Promise<void>;
}

/**
 * Which files of a list have changed since `previous` was made, by size and time of modification first and by
 * content where those differ. Paths are compared as they are written: `a` and `./a` are two. A path that is listed
 * twice counts once. Takes one system call per unchanged file; memory of about 40 bytes and the path per file.
 *
 * A file that was modified so shortly before it was read that its clock need not have ticked since is read once more
 * the next time, as git does ("racily clean"). What neither size nor time show (a tool that restores the time after
 * writing as many bytes) is found with `check: 'content'` only.
 *
 * @throws TypeError, RangeError for options; `signal.reason`; OperationError when `directory` cannot be opened
 */
export function detectChanges(paths: Iterable<string>, previous?: Manifest | null, options?: DetectChangesOptions | null): Promise<Changes>;
