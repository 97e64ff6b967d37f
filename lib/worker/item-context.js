// What a processor is told beside the item, inside a worker.

export class ItemContext {
  /** @type {AbortController | null} */
  #controller = null;

  /**
   * @param {number} index
   * @param {number} attempt counted from 1
   */
  constructor(index, attempt) {
    this.index = index;
    this.attempt = attempt;
  }

  /** Aborted when the item times out or its call is aborted. Made when first asked for. */
  get signal() {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** @param {unknown} reason */
  abort(reason) {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}
