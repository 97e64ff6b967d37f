// JSON: values selected by JSON Pointer, and validation.
import { native } from '../native.js';
import { integer, oneOf, rangeError, record, typeError } from '../options.js';
import { DEFAULT_MAX_BYTES, MOST_BYTES } from './limits.js';
import { Operation } from './operation.js';

/** @typedef {import('./result-view.js').ResultView} ResultView */

const DEFAULT_MAX_DEPTH = 1024;
const MOST_DEPTH = 1_000_000;
const EXPECTED = 'a JSON Pointer, a list of them, or an object of them';

/** @param {Record<string, unknown>} given */
function limits(given) {
  return {
    maxBytes: integer('maxBytes', given.maxBytes, DEFAULT_MAX_BYTES, 1, MOST_BYTES),
    maxDepth: integer('maxDepth', given.maxDepth, DEFAULT_MAX_DEPTH, 1, MOST_DEPTH),
  };
}

/**
 * What crosses, and what the values become. Without a selection the document is the value.
 * @param {unknown} select
 * @returns {{ names: string[], pointers: string[], form: 'value' | 'list' | 'object' }}
 */
function selection(select) {
  if (select === undefined || select === null) return { names: [''], pointers: [''], form: 'value' };
  if (typeof select === 'string') return { names: [''], pointers: pointerList(select, [select]), form: 'value' };
  if (typeof select !== 'object') throw typeError('select', EXPECTED, select);
  if (Array.isArray(select)) {
    const pointers = pointerList(select, select);
    return { names: pointers.map((_, k) => String(k)), pointers, form: 'list' };
  }
  const names = Object.keys(select);
  for (const name of names) {
    if (!isWellFormed(name)) throw rangeError('select', 'an object whose names have no lone surrogates', name);
  }
  return { names, pointers: pointerList(select, Object.values(select)), form: 'object' };
}

/**
 * @param {unknown} select
 * @param {unknown[]} pointers
 * @returns {string[]}
 */
function pointerList(select, pointers) {
  if (pointers.length === 0) throw rangeError('select', 'at least one JSON Pointer', select);
  for (const pointer of pointers) {
    if (typeof pointer !== 'string') throw typeError('select', EXPECTED, pointer);
    if (!isWellFormed(pointer)) throw rangeError('select', 'JSON Pointers without lone surrogates', pointer);
  }
  const list = /** @type {string[]} */ (pointers);
  const problem = native().checkPointers(list);
  if (problem !== undefined) throw rangeError('select', `JSON Pointers (${problem})`, select);
  return list;
}

/** @param {string} text */
function isWellFormed(text) {
  return !/\p{Surrogate}/u.test(text);
}

/**
 * @param {ResultView} view
 * @param {number} k
 */
function decodeValue(view, k) {
  const text = view.text(k);
  return text === '' ? undefined : JSON.parse(text);
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, any>}
 */
function parseJson(options) {
  const given = record('options', options);
  const { names, pointers, form } = selection(given.select);
  const completed = {
    names: Object.freeze(names),
    pointers: Object.freeze(pointers.slice()),
    named: form !== 'value',
    validate: oneOf('validate', given.validate, 'full', ['full', 'touched']),
    ...limits(given),
  };
  const count = pointers.length;
  /** @type {(view: ResultView, k: number) => unknown} */
  const decodeList = (view, k) => Array.from({ ...decodeValue(view, k), length: count });
  return new Operation('parseJson', completed, {
    input: 'bytes',
    blocking: false,
    decode: form === 'list' ? decodeList : decodeValue,
  });
}

/**
 * The columns are ValidateJsonOperation's (native/operations/json_operations.h).
 * @param {ResultView} view
 * @param {number} k
 */
function decodeValidity(view, k) {
  const [valid, offset, line, column] = view.numbers(k, 4);
  return valid === 1 ? { valid: true } : { valid: false, offset, line, column, reason: view.text(k) };
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, import('../../types/operations/json.js').JsonValidity>}
 */
function validateJson(options) {
  const completed = limits(record('options', options));
  return new Operation('validateJson', completed, { input: 'bytes', blocking: false, decode: /** @type {any} */ (decodeValidity) });
}

export const jsonOperations = { parseJson, validateJson };
