/** Every code of an error that Millrace makes, beside the operating system's (`ENOENT`, ...). */
export type ErrorCode =
  | 'ERR_SYSTEM'
  | 'ERR_CLOSED'
  | 'ERR_CANCELLED'
  | 'ERR_TIMEOUT'
  | 'ERR_QUEUE_FULL'
  | 'ERR_OUT_OF_MEMORY'
  | 'ERR_INTERNAL'
  | 'ERR_INVALID_ARGUMENT'
  | 'ERR_INVALID_PATH'
  | 'ERR_TOO_LARGE'
  | 'ERR_CORRUPT_DATA'
  | 'ERR_UNSUPPORTED'
  | 'ERR_ALREADY_STARTED'
  | 'ERR_DEPENDENCY_CYCLE'
  | 'ERR_DEPENDENCY_UNKNOWN'
  | 'ERR_DEPENDENCY_FAILED'
  | 'ERR_DUPLICATE_KEY'
  | 'ERR_WORKER_EXITED'
  | 'ERR_WORKER_OUT_OF_MEMORY'
  | 'ERR_WORKER_UNCAUGHT'
  | 'ERR_WORKER_START'
  | 'ERR_TASK_MODULE'
  | 'ERR_NOT_CLONEABLE'
  | 'ERR_NATIVE_UNAVAILABLE'
  | 'ERR_SYNTAX'
  | 'ERR_FILE_CHANGED'
  | 'ERR_ABI_MISMATCH'
  | 'ERR_OPERATION_FAILED';

/** The base of every error that Millrace itself makes. Match on `code`, never on the message. */
export class MillraceError extends Error {
  constructor(code: string, message: string, options?: { cause?: unknown });
  /** One of {@link ErrorCode}, or the operating system's name (`ENOENT`, `EACCES`, ...). */
  code: string;
}

/** `ERR_TIMEOUT`: an item ran longer than its timeout. */
export class TimeoutError extends MillraceError {
  constructor(timeoutMs: number);
  /** The timeout, in milliseconds. */
  timeout: number;
}

/** A worker isolate died, could not be started, or could not take or return a value. */
export class WorkerError extends MillraceError {}

/** A dependency graph cannot run, or an item cannot because one that it depends on failed. */
export class DependencyError extends MillraceError {
  constructor(
    code: string,
    message: string,
    details?: { cause?: unknown; key?: string; dependency?: string; cycle?: string[] },
  );
  /** The key of the item concerned. */
  key: string | undefined;
  /** The dependency that failed or is unknown. */
  dependency: string | undefined;
  /** For `ERR_DEPENDENCY_CYCLE`: the keys on the cycle, the first repeated at the end. */
  cycle: string[] | undefined;
}

/** A native operation failed on an item. For files, with the fields of Node's own fs errors. */
export class OperationError extends MillraceError {
  constructor(
    code: string,
    message: string,
    details?: {
      errno?: number;
      syscall?: string;
      path?: string | Uint8Array | undefined;
      position?: { offset: number; line: number; column: number } | undefined;
      stage?: { name: string; index: number } | undefined;
    },
  );
  /** The negative error number, as in Node's errors. */
  errno: number | undefined;
  syscall: string | undefined;
  path: string | Uint8Array | undefined;
  /** Where in the content: bytes from 0. A string counts as its UTF-8. */
  offset: number | undefined;
  /** Line of that place, from 1. */
  line: number | undefined;
  /** Column of that place, from 1, in code points. */
  column: number | undefined;
  /** In a pipe: the name of the operation that failed. */
  stage: string | undefined;
  /** In a pipe: that operation's position, from 0. */
  stageIndex: number | undefined;
}
