// transfer(value, list): what a processor returns when parts of its result shall move to the main thread
// instead of being copied. The brand is a registered symbol, so that two copies of the package agree.

const brand = Symbol.for('millrace.transfer');

/** @typedef {import('node:worker_threads').TransferListItem} TransferListItem */

/**
 * Marks parts of a processor's result to be moved, not copied.
 * @template T
 * @param {T} value
 * @param {readonly TransferListItem[]} list
 * @returns {T} to be returned from the processor as it is; only the pool can unwrap it
 */
export function transfer(value, list) {
  if (!Array.isArray(list)) {
    throw Object.assign(new TypeError(`"list" must be an array of transferable objects. Received ${typeof list}`), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  }
  return /** @type {T} */ (/** @type {unknown} */ ({ [brand]: true, value, list: [...list] }));
}

/**
 * @param {unknown} value an object
 * @returns {value is { value: unknown, list: TransferListItem[] }}
 */
export function isTransfer(value) {
  return /** @type {Record<symbol, unknown>} */ (value)[brand] === true;
}
