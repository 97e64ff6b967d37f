/** The work of the trials, run inside the workers. Each function takes one item and returns a small number. */

/** Busy for `micros` microseconds. @param {number} x @param {number} micros */
function spin(x, micros) {
  const end = performance.now() + micros / 1000;
  while (performance.now() < end);
  return x;
}

/** @param {number} x */
export const noop = (x) => x + 1;
/** @param {number} x */
export const spin10 = (x) => spin(x, 10);
/** @param {number} x */
export const spin100 = (x) => spin(x, 100);
/** @param {number} x */
export const spin1000 = (x) => spin(x, 1000);
/** @param {{ id: number }} item */
export const readId = (item) => item.id;
/** @param {string} text */
export const readText = (text) => text.length + text.charCodeAt(text.length - 1);
/** @param {Uint8Array} bytes */
export const readBytes = (bytes) => bytes.length + bytes[bytes.length - 1];

/** One dispatcher for the pools that take a single function. @param {{ task: string, item: any }} call */
export default ({ task, item }) => /** @type {any} */ (tasks)[task](item);

const tasks = { noop, spin10, spin100, spin1000, readId, readText, readBytes };
