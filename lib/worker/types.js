// The types that the files of the worker placement share. No code.

/**
 * One call, as the pool sees it. Every item pulled is handed back exactly once by succeed() or fail(),
 * except those of a run that has stopped: nobody wants them.
 * @typedef {object} Run
 * @property {unknown[]} items the item of each index the pool may hold
 * @property {number} timeoutMs per item, counted from the start of its execution; 0 for none
 * @property {boolean} stopped items not yet started must not start
 * @property {boolean} wantsContext whether processors get { index, attempt, signal }
 * @property {(index: number) => number} attemptOf counted from 1
 * @property {(index: number) => number} positionOf what processors are told as index
 * @property {(index: number, value: unknown, latencyMs: number) => void} succeed
 * @property {(index: number, error: unknown, latencyMs: number) => void} fail
 */

/**
 * Where items come from: pull() appends up to `max` of them to the two lists and says how many.
 * @typedef {object} Feed
 * @property {(max: number, runs: Run[], indexes: number[]) => number} pull
 */

/**
 * What a worker says of its own death, as far as it can.
 * @typedef {object} CrashReport
 * @property {'exit' | 'uncaught'} kind
 * @property {number} slot the item at fault; LATE for one already settled, UNKNOWN when it cannot tell
 * @property {unknown} [error] an error record, see error-transfer.js
 */

/**
 * @typedef {{ type: 'restart', worker: number, reason: string, error: unknown }
 *   | { type: 'rerun', worker: number, count: number }
 *   | { type: 'late-error', worker: number, error: unknown }} PoolEvent
 */

/** @typedef {{ id: number, state: 'starting' | 'idle' | 'busy', running: number, restarts: number }} WorkerHealth */

/** @typedef {{ workers: WorkerHealth[], restarts: number, lateErrors: number, reruns: number, queued: number }} PoolHealth */

/**
 * An item outside any worker: not yet sent, recalled, or returned by a crash.
 * @typedef {object} Entry
 * @property {Run} run
 * @property {number} index
 */

export {};
