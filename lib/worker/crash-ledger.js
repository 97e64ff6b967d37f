// After a worker has died: which of its items are suspects, which are innocent, and what becomes of each.
//
// - An item counts as guilty of a crash only when no other item can have caused it; beyond `crashRetries`
//   such crashes it fails with the crash's error. Until then it runs again, alone in a worker.
// - Innocent items run again. One that has been near several crashes runs alone, and fails in the end:
//   nothing is tried for ever.
// - With `rerun: false`, whatever may have begun fails instead.
import { WorkerError } from '../errors.js';
import * as c from './control.js';
import { decodeThrown } from './error-transfer.js';

/**
 * @typedef {import('./types.js').Run} Run
 * @typedef {import('./types.js').Entry} Entry
 * @typedef {import('./worker-link.js').WorkerLink} WorkerLink
 */

/**
 * @typedef {object} Verdict
 * @property {WorkerError} error
 * @property {boolean} isLate nothing that runs has caused it
 * @property {Entry[]} failed
 * @property {Entry[]} alone to run again, each alone in a worker
 * @property {Entry[]} again to run again
 * @property {Entry[]} untouched not begun
 */

const ALONE_AFTER = 3;
const FAIL_AFTER = 8;

export class CrashLedger {
  /** @param {import('./worker-task.js').WorkerTask} task */
  constructor(task) {
    this.#task = task;
  }

  #task;
  /** Items that have been in a crash, by position: a stream uses its indexes again. @type {WeakMap<Run, Map<number, { guilty: number, bystander: number }>>} */
  #records = new WeakMap();

  /**
   * @param {WorkerLink} link dead
   * @param {number} exitCode
   * @returns {Verdict}
   */
  judge(link, exitCode) {
    const error = crashError(link, exitCode);
    const begun = beginnings(link);
    const isLate = !link.isKilled && (link.report?.slot === c.LATE || begun.started.length === 0);
    /** @type {Verdict} */
    const verdict = { error, isLate, failed: begun.moved, alone: [], again: [], untouched: [] };
    if (!this.#task.rerun) {
      verdict.failed.push(...begun.started.map(({ entry }) => entry), ...begun.unsent);
    } else {
      this.#judgeBegun(link, begun, isLate, verdict);
    }
    // A worker that dies without having settled anything may die of an item it has not even begun (one too
    // large for its memory).
    const isBarren = link.consumed === 0 && begun.started.length === 0 && !link.isKilled;
    for (const entry of begun.queued) {
      if (isBarren) this.#sentenceBystander(entry, verdict, verdict.untouched);
      else verdict.untouched.push(entry);
    }
    return verdict;
  }

  /**
   * @param {WorkerLink} link
   * @param {ReturnType<typeof beginnings>} begun
   * @param {boolean} isLate
   * @param {Verdict} verdict
   */
  #judgeBegun(link, begun, isLate, verdict) {
    const reported = link.report?.slot ?? c.UNKNOWN;
    const isKnown = begun.started.some(({ slot }) => slot === reported);
    const isNobody = isLate || (link.isKilled && !link.isHung);
    const isSuspect = (/** @type {number} */ slot) => !isNobody && (!isKnown || slot === reported);
    const suspects = begun.started.filter(({ slot }) => isSuspect(slot));
    for (const { slot, entry } of begun.started) {
      if (!isSuspect(slot)) this.#sentenceBystander(entry, verdict, verdict.again);
      else if (suspects.length === 1) this.#sentenceSuspect(entry, verdict);
      else this.#sentenceBystander(entry, verdict, verdict.alone);
    }
    for (const entry of begun.unsent) this.#sentenceBystander(entry, verdict, verdict.again);
  }

  /**
   * @param {Entry} entry
   * @param {Verdict} verdict
   */
  #sentenceSuspect(entry, verdict) {
    const record = this.#recordOf(entry);
    if (++record.guilty <= this.#task.crashRetries) verdict.alone.push(entry);
    else this.#fail(entry, verdict);
  }

  /**
   * @param {Entry} entry
   * @param {Verdict} verdict
   * @param {Entry[]} otherwise where it goes if it has not been near many crashes
   */
  #sentenceBystander(entry, verdict, otherwise) {
    const record = this.#recordOf(entry);
    record.bystander++;
    if (record.bystander >= FAIL_AFTER) this.#fail(entry, verdict);
    else if (record.bystander >= ALONE_AFTER) verdict.alone.push(entry);
    else otherwise.push(entry);
  }

  /**
   * @param {Entry} entry
   * @param {Verdict} verdict
   */
  #fail(entry, verdict) {
    this.#records.get(entry.run)?.delete(entry.run.positionOf(entry.index));
    verdict.failed.push(entry);
  }

  /** @param {Entry} entry */
  #recordOf({ run, index }) {
    let ofRun = this.#records.get(run);
    if (ofRun === undefined) this.#records.set(run, (ofRun = new Map()));
    const position = run.positionOf(index);
    let record = ofRun.get(position);
    if (record === undefined) ofRun.set(position, (record = { guilty: 0, bystander: 0 }));
    return record;
  }
}

/**
 * The unsettled items of a dead worker by how far they had come. Moved ones can never be sent again.
 * @param {WorkerLink} link
 */
function beginnings({ slots }) {
  /** @type {{ slot: number, entry: Entry }[]} */
  const started = [];
  /** @type {Entry[]} */
  const unsent = [];
  /** @type {Entry[]} */
  const queued = [];
  /** @type {Entry[]} */
  const moved = [];
  slots.forEach((slot, run) => {
    if (run.stopped) return;
    const entry = { run, index: /** @type {number} */ (slots.indexes[slot]) };
    const state = slots.stateOf(slot);
    if (slots.moved.has(slot)) moved.push(entry);
    else if (state === c.STARTED) started.push({ slot, entry });
    else if (state === c.DONE) unsent.push(entry);
    else queued.push(entry);
  });
  return { started, unsent, queued, moved };
}

/**
 * @param {WorkerLink} link
 * @param {number} exitCode
 */
export function crashError(link, exitCode) {
  const { error, report } = link;
  const code = /** @type {{ code?: unknown } | null | undefined} */ (error)?.code;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new WorkerError('ERR_WORKER_OUT_OF_MEMORY', 'The worker ran out of memory', { cause: error });
  }
  if (report?.kind === 'uncaught' || error !== undefined) {
    const cause = report?.error === undefined ? error : decodeThrown(/** @type {any} */ (report.error));
    const message = cause instanceof Error ? cause.message : String(cause);
    return new WorkerError('ERR_WORKER_UNCAUGHT', `An error was not caught in the worker: ${message}`, { cause });
  }
  const why = link.isKilled ? 'The worker was ended, because another of its items ran too long' : `The worker exited with code ${exitCode}`;
  return Object.assign(new WorkerError('ERR_WORKER_EXITED', why), { exitCode });
}
