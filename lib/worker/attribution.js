// Which item is to blame when something throws outside every item, inside a worker. Each asynchronous item runs
// in a context of its own; where the error is raised tells the item, and whether that has settled already.
import { AsyncLocalStorage } from 'node:async_hooks';
import { LATE, UNKNOWN } from './control.js';
import { encodeThrown } from './error-transfer.js';

/**
 * @typedef {object} Source
 * @property {() => void} flush sends the results that are ready
 * @property {() => number} syncSlot the slot whose call is on the stack; -1 for none
 * @property {() => number} running how many items have started and not settled
 * @property {(slot: number, generation: number) => boolean} isRunning
 * @property {(report: import('./types.js').CrashReport) => void} send
 */

export class Attribution {
  /** @type {AsyncLocalStorage<{ slot: number, generation: number }>} */
  #storage = new AsyncLocalStorage();
  #source;
  #reported = false;

  /** @param {Source} source */
  constructor(source) {
    this.#source = source;
    // The monitor only watches: the error then ends the worker as it would anywhere, or is taken by a
    // handler of the user's, in which case the report is forgotten at the next result.
    process.on('uncaughtExceptionMonitor', (error) => this.#report('uncaught', error));
    process.on('exit', () => {
      if (!this.#reported) this.#report('exit', undefined);
    });
  }

  /** Results go on: whatever was reported did not end the worker. */
  forget() {
    this.#reported = false;
  }

  /**
   * Calls `processor` so that whatever it starts is known to belong to the item.
   * @param {number} slot
   * @param {number} generation
   * @param {Function} processor
   * @param {unknown} item
   * @param {unknown} context
   * @returns {unknown}
   */
  call(slot, generation, processor, item, context) {
    const store = { slot, generation };
    return context === undefined
      ? this.#storage.run(store, /** @type {any} */ (processor), item)
      : this.#storage.run(store, /** @type {any} */ (processor), item, context);
  }

  /**
   * @param {'exit' | 'uncaught'} kind
   * @param {unknown} error
   */
  #report(kind, error) {
    const slot = this.#suspect();
    this.#source.flush();
    this.#reported = true;
    /** @type {import('./types.js').CrashReport} */
    const report = { kind, slot };
    if (kind === 'uncaught') report.error = encodeThrown(error);
    this.#source.send(report);
  }

  #suspect() {
    const sync = this.#source.syncSlot();
    if (sync >= 0) return sync;
    const store = this.#storage.getStore();
    if (store !== undefined) return this.#source.isRunning(store.slot, store.generation) ? store.slot : LATE;
    return this.#source.running() > 0 ? UNKNOWN : LATE;
  }
}
