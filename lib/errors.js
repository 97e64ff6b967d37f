// The JavaScript classes of every error Millrace makes. The codes are those of native/base/error_code.h;
// a test compares the two and docs/errors.md. Match on `code`, never on the message.

/** @type {Readonly<Record<string, string>>} Every code with its one-sentence summary. */
export const errorCodes = Object.freeze({
  ERR_SYSTEM: 'The operating system refused; `errno` and the code name say why',
  ERR_CLOSED: 'The instance is closed and accepts no more work',
  ERR_CANCELLED: 'The work was cancelled before it finished',
  ERR_TIMEOUT: 'The item ran longer than its timeout',
  ERR_QUEUE_FULL: 'The bounded queue has no room',
  ERR_OUT_OF_MEMORY: 'A native allocation failed',
  ERR_INTERNAL: 'A defect in Millrace; please report it',
  ERR_INVALID_ARGUMENT: 'A value is outside what the operation accepts',
  ERR_INVALID_PATH: 'A path is empty or contains a NUL byte',
  ERR_TOO_LARGE: 'The input or the result is larger than the stated limit',
  ERR_CORRUPT_DATA: 'The bytes are not valid in the expected format',
  ERR_UNSUPPORTED: 'This platform or build cannot do it',
  ERR_ALREADY_STARTED: 'The executor runs already and cannot be reconfigured',
  ERR_DEPENDENCY_CYCLE: 'The dependencies form a cycle',
  ERR_DEPENDENCY_UNKNOWN: 'An item depends on a key that no item has',
  ERR_DEPENDENCY_FAILED: 'An item that this one depends on failed',
  ERR_DUPLICATE_KEY: 'Two items have the same key',
  ERR_WORKER_EXITED: 'The worker exited while it ran the item',
  ERR_WORKER_OUT_OF_MEMORY: 'The worker ran out of memory',
  ERR_WORKER_UNCAUGHT: 'The item caused an uncaught error in its worker',
  ERR_WORKER_START: 'No worker could be started',
  ERR_TASK_MODULE: 'The task module or its export cannot be used',
  ERR_NOT_CLONEABLE: 'The value cannot be passed between threads',
  ERR_NATIVE_UNAVAILABLE: 'The native addon cannot be loaded',
  ERR_SYNTAX: 'The text is not valid in its language; `line` and `column` say where',
  ERR_FILE_CHANGED: 'The file kept changing while it was read',
  ERR_ABI_MISMATCH: "The library was built for another version of Millrace's operations",
  ERR_OPERATION_FAILED: 'An operation from outside of Millrace failed',
});

/** The base of every error that Millrace itself makes. */
export class MillraceError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    /** @type {string} */
    this.code = code;
  }
}

/** An item ran longer than its timeout. */
export class TimeoutError extends MillraceError {
  /** @param {number} timeoutMs */
  constructor(timeoutMs) {
    super('ERR_TIMEOUT', `the item ran longer than its timeout of ${timeoutMs} ms`);
    /** @type {number} */
    this.timeout = timeoutMs;
  }
}

/** A worker isolate died, could not be started, or could not take or return a value. */
export class WorkerError extends MillraceError {}

/** A dependency graph cannot run, or an item cannot because of one that failed. */
export class DependencyError extends MillraceError {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ cause?: unknown, key?: string, dependency?: string, cycle?: string[] }} [details]
   */
  constructor(code, message, details = {}) {
    super(code, message, 'cause' in details ? { cause: details.cause } : undefined);
    /** @type {string | undefined} */
    this.key = details.key;
    /** @type {string | undefined} */
    this.dependency = details.dependency;
    /** @type {string[] | undefined} */
    this.cycle = details.cycle;
  }
}

/**
 * @param {string[]} members keys, each depending on the next and the last on the first
 */
export function cycleError(members) {
  const cycle = [...members, members[0]];
  const message = `the dependencies form a cycle: ${cycle.map((key) => JSON.stringify(key)).join(' -> ')}`;
  return new DependencyError('ERR_DEPENDENCY_CYCLE', message, { cycle });
}

/**
 * @param {string} key of the item that was not run
 * @param {string} dependency the key of the one that failed
 * @param {unknown} cause what it failed with
 */
export function dependencyFailedError(key, dependency, cause) {
  const message = `${JSON.stringify(key)} did not run because ${JSON.stringify(dependency)}, which it depends on, failed`;
  return new DependencyError('ERR_DEPENDENCY_FAILED', message, { key, dependency, cause });
}

/**
 * @typedef {object} OperationErrorDetails
 * @property {number} [errno]
 * @property {string} [syscall]
 * @property {string | Uint8Array | undefined} [path]
 * @property {{ offset: number, line: number, column: number } | undefined} [position]
 * @property {{ name: string, index: number } | undefined} [stage]
 */

/** A native operation failed on an item. For files, with the fields of Node's own fs errors. */
export class OperationError extends MillraceError {
  /**
   * @param {string} code
   * @param {string} message
   * @param {OperationErrorDetails} [details]
   */
  constructor(code, message, details = {}) {
    super(code, message);
    /** @type {number | undefined} */
    this.errno = details.errno;
    /** @type {string | undefined} */
    this.syscall = details.syscall;
    /** @type {string | Uint8Array | undefined} */
    this.path = details.path;
    if (details.position !== undefined) {
      /** @type {number | undefined} */
      this.offset = details.position.offset;
      /** @type {number | undefined} */
      this.line = details.position.line;
      /** @type {number | undefined} */
      this.column = details.position.column;
    }
    if (details.stage !== undefined) {
      /** @type {string | undefined} */
      this.stage = details.stage.name;
      /** @type {number | undefined} */
      this.stageIndex = details.stage.index;
    }
  }
}

for (const type of [MillraceError, TimeoutError, WorkerError, DependencyError, OperationError]) {
  Object.defineProperty(type.prototype, 'name', { value: type.name, configurable: true, writable: true });
}
