/**
 * The addon's contract: what `lib/` may call. Not exported from the package. A test compares it with
 * what the built addon really has.
 */

import type { PoolStats } from './pools.js';

/** Completed options of `configurePools`; 0 and empty mean the default. */
export interface NativePoolOptions {
  workers: number;
  ioWorkers: number;
  maxQueued: number;
  affinity: number[];
}

/**
 * Receives each finished batch of this isolate, once.
 *
 * @param lane the lane's number
 * @param id the batch's id
 * @param errors JSON of `[position, code, errno, syscall, message, stage?, offset?, line?, column?][]`, or undefined when all succeeded;
 *   the bare code when the batch as a whole could not be handed over (nothing else is then given)
 * @param elapsedMs what each item took; undefined when the batch could not be handed over
 * @param numbers the operation's columns, row by row
 * @param fixedText fixed-width texts side by side
 * @param texts strings that hold the items' texts
 * @param spans for each text (which string, begin, end) in UTF-16 units
 * @param blocks ArrayBuffers that hold the items' blocks
 * @param places for each block (which ArrayBuffer, offset, length)
 */
export type BatchReceiver = (
  lane: number,
  id: number,
  errors: string | undefined,
  elapsedMs: Float32Array | undefined,
  numbers: Float64Array | undefined,
  fixedText: string | undefined,
  texts: string[] | undefined,
  spans: Float64Array | undefined,
  blocks: ArrayBuffer[] | undefined,
  places: Float64Array | undefined,
) => void;

export interface NativeAddon {
  /** The package version the addon was built for. */
  version: string;
  /** Every error code with its summary, from native/base/error_code.h. */
  errorCodes(): Record<string, string>;
  /** Cores in the affinity mask, cut to the cgroup's CPU quota. */
  usableCores(): number;
  /** Throws an Error with `code`: ERR_ALREADY_STARTED, ERR_INVALID_ARGUMENT. */
  configurePools(options: NativePoolOptions): void;
  poolStats(): PoolStats;
  /** Copies bytes for another isolate and returns the number to receive them by; 0 when there is no memory. */
  blockSend(bytes: Uint8Array): number;
  /** The bytes sent under a number, once; undefined when nothing is. */
  blockReceive(block: number): ArrayBuffer | undefined;
  /** Gives back what nobody has received. */
  blockDrop(block: number): void;
  /** Bytes that a hasher's state takes, wherever its memory begins. */
  hasherBytes(): number;
  /** Begins a digest in memory of hasherBytes() bytes. */
  hasherStart(state: Uint8Array, algorithm: string): void;
  hasherUpdate(state: Uint8Array, data: string | Uint8Array): void;
  /** The digest so far, in lower-case hex; more may follow. */
  hasherDigest(state: Uint8Array): string;
  hasherCopy(from: Uint8Array, to: Uint8Array): void;
  /** What is wrong with a glob; undefined when nothing is. */
  checkGlob(glob: string): string | undefined;
  /** The names of each pattern's groups, '' for those without; or which pattern of searchText is refused, and why. */
  checkSearch(options: object): string[][] | string;
  /** What is wrong with a list of JSON Pointers; undefined when nothing is. */
  checkPointers(pointers: string[]): string | undefined;
  /**
   * Loads a library of operations: JSON of { library, version, operations }, where `library` is its number and
   * the rest OwnLibrary::toJson()'s, or a list with one entry of BatchReceiver's `errors`.
   */
  ownOpen(path: string): string;
  /** Whether a library's operation takes these options: undefined, or a list as ownOpen returns. */
  ownCheck(library: number, operation: number, optionsJson: string): string | undefined;
  /**
   * Adds a receiver, one for each copy of lib/ in the isolate, and returns its number. `defer` has to call
   * deliverMore() in the next turn of the event loop.
   */
  onBatch(receiver: BatchReceiver, defer: () => void): number;
  /** Delivers what has come since the turn before. */
  deliverMore(): void;
  /** Opens a lane of at most `limit` items at once, whose batches go to that receiver. */
  laneOpen(operation: string, options: object, limit: number, receiver: number): number;
  /** The shapes of the stages that a pipe keeps (numbers, fixedText, texts, blocks of each); undefined for what is no pipe. */
  laneShapes(lane: number): Uint32Array | undefined;
  /**
   * Queues a batch. `input` is undefined, strings joined by NUL, or an array of strings and
   * views, the parts of one item after those of another.
   * False when a joined string does not split into `count` items. Throws an Error with `code`.
   */
  laneSubmit(
    lane: number,
    id: number,
    count: number,
    input: string | readonly (string | Uint8Array)[] | undefined,
    timeoutMs: number,
  ): boolean;
  /**
   * A batch whose items wait for each other: item i for targets[begins[i]] to targets[begins[i + 1] - 1].
   * An item that was not run fails with ERR_DEPENDENCY_FAILED and, as its message, the number of the item
   * that failed. Returns as laneSubmit does, or the members of a cycle.
   */
  laneSubmitGraph(
    lane: number,
    id: number,
    count: number,
    input: string | readonly (string | Uint8Array)[] | undefined,
    timeoutMs: number,
    begins: Uint32Array,
    targets: Uint32Array,
  ): boolean | Uint32Array;
  laneSetLimit(lane: number, limit: number): void;
  laneCancel(lane: number, id: number): void;
  laneClose(lane: number): void;
}
