// Validation of public options. `undefined` and `null` mean the default; any other invalid value is
// refused with an error naming the option, what was expected and what was received. Nothing is clamped.
import { inspect } from 'node:util';

/** What a timer of Node's holds; beyond it, it fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * @param {unknown} value
 * @returns {string}
 */
export function describe(value) {
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  return inspect(value, { depth: 0, maxStringLength: 60, breakLength: Infinity });
}

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} received
 */
export function typeError(name, expected, received) {
  const error = new TypeError(`"${name}" must be ${expected}. Received ${describe(received)}`);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} received
 */
export function rangeError(name, expected, received) {
  const error = new RangeError(`"${name}" must be ${expected}. Received ${describe(received)}`);
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} fallback
 * @param {number} [min]
 * @param {number} [max]
 * @returns {number}
 */
export function integer(name, value, fallback, min = 1, max = Number.MAX_SAFE_INTEGER) {
  if (value === undefined || value === null) return fallback;
  const expected = `an integer from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`;
  if (typeof value !== 'number') throw typeError(name, expected, value);
  if (!Number.isSafeInteger(value) || value < min || value > max) throw rangeError(name, expected, value);
  return value;
}

/**
 * A finite number above zero, or from `min` when that is given.
 * @param {string} name
 * @param {unknown} value
 * @param {number} fallback
 * @param {{ min?: number, max?: number, infinity?: boolean }} [range]
 * @returns {number}
 */
export function number(name, value, fallback, { min, max = Infinity, infinity = false } = {}) {
  if (value === undefined || value === null) return fallback;
  const low = min === undefined ? 'above 0' : `from ${min}`;
  const expected = `a number ${low}${max === Infinity ? '' : ` to ${max}`}${infinity ? ' or Infinity' : ''}`;
  if (typeof value !== 'number') throw typeError(name, expected, value);
  const finite = Number.isFinite(value) || (infinity && value === Infinity);
  if (!finite || (min === undefined ? value <= 0 : value < min) || value > max) {
    throw rangeError(name, expected, value);
  }
  return value;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {boolean} fallback
 * @returns {boolean}
 */
export function boolean(name, value, fallback) {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'boolean') throw typeError(name, 'a boolean', value);
  return value;
}

/**
 * @template {string} T
 * @param {string} name
 * @param {unknown} value
 * @param {T} fallback
 * @param {readonly T[]} choices
 * @returns {T}
 */
export function oneOf(name, value, fallback, choices) {
  if (value === undefined || value === null) return fallback;
  const expected = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  if (typeof value !== 'string') throw typeError(name, expected, value);
  if (!choices.includes(/** @type {T} */ (value))) throw rangeError(name, expected, value);
  return /** @type {T} */ (value);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {any} the function, or null; what it is called with is the caller's affair
 */
export function optionalFunction(name, value) {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'function') throw typeError(name, 'a function', value);
  return value;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {AbortSignal | null}
 */
export function optionalSignal(name, value) {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || !('aborted' in value) || !('addEventListener' in value)) {
    throw typeError(name, 'an AbortSignal', value);
  }
  return /** @type {AbortSignal} */ (value);
}

/**
 * An options record: absent, or an object.
 * @param {string} name
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
export function record(name, value) {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw typeError(name, 'an object', value);
  return /** @type {Record<string, unknown>} */ (value);
}
