// Vectors as callers have them (flat, nested, typed or not), read into one flat typed array.
import { types } from 'node:util';
import { integer, rangeError, typeError } from '../options.js';

/**
 * Row after row.
 * @typedef {object} FlatMatrix
 * @property {Float32Array | Float64Array} values
 * @property {number} rows
 * @property {number} columns 0 when there are no rows to tell them by
 */

const MAX_ROWS = 2 ** 31 - 1;
const MAX_COLUMNS = 2 ** 31 - 1;
const EXPECTED = 'a Float32Array, Float64Array, an array of rows, or { data, columns }';

/** @param {unknown} value @returns {value is Float32Array | Float64Array} */
function isFloats(value) {
  return types.isFloat32Array(value) || types.isFloat64Array(value);
}

/**
 * @param {string} name of the argument, for errors
 * @param {unknown} value
 * @param {number | undefined} columns of a flat matrix that does not say itself
 * @param {string} columnsFrom what has to say them, for errors
 * @returns {FlatMatrix} of `columns` columns, if those are given and it has rows
 */
export function readMatrix(name, value, columns, columnsFrom) {
  if (isFloats(value)) return flat(name, value, columns, columnsFrom);
  if (Array.isArray(value)) {
    return typeof value[0] === 'number' ? flat(name, numbersOf(name, value), columns, columnsFrom) : nested(name, value, columns);
  }
  if (typeof value === 'object' && value !== null && 'data' in value) return described(name, value, columns);
  throw typeError(name, EXPECTED, value);
}

/**
 * { data, columns, rows? }
 * @param {string} name
 * @param {{ data: unknown, columns?: unknown, rows?: unknown }} value
 * @param {number | undefined} wanted columns
 */
function described(name, { data, columns, rows }, wanted) {
  if (columns === undefined || columns === null) throw typeError(`${name}.columns`, 'an integer from 1', columns);
  const width = integer(`${name}.columns`, columns, 1, 1, MAX_COLUMNS);
  if (wanted !== undefined && width !== wanted) throw rangeError(`${name}.columns`, `${wanted}`, width);
  if (!isFloats(data) && !Array.isArray(data)) throw typeError(`${name}.data`, 'a Float32Array, Float64Array or array of numbers', data);
  const matrix = flat(`${name}.data`, isFloats(data) ? data : numbersOf(`${name}.data`, data), width, `${name}.columns`);
  if (integer(`${name}.rows`, rows, matrix.rows, 0) !== matrix.rows) {
    throw rangeError(`${name}.rows`, `${matrix.rows}, as many as ${name}.data holds`, rows);
  }
  return matrix;
}

/**
 * @param {string} name
 * @param {Float32Array | Float64Array} values
 * @param {number | undefined} columns
 * @param {string} columnsFrom
 * @returns {FlatMatrix}
 */
function flat(name, values, columns, columnsFrom) {
  if (values.length === 0) return { values, rows: 0, columns: columns ?? 0 };
  if (columns === undefined) throw typeError(columnsFrom, `given, because "${name}" is flat`, columns);
  if (values.length % columns !== 0) throw rangeError(`${name}.length`, `a multiple of ${columns}`, values.length);
  const rows = values.length / columns;
  if (rows > MAX_ROWS) throw rangeError(name, `at most ${MAX_ROWS} rows`, rows);
  return { values, rows, columns };
}

/** @param {string} name @param {unknown[]} list */
function numbersOf(name, list) {
  const values = new Float64Array(list.length);
  copyNumbers(name, list, values, 0);
  return values;
}

/**
 * @param {string} name
 * @param {ArrayLike<unknown>} row
 * @param {Float32Array | Float64Array} values
 * @param {number} at
 */
function copyNumbers(name, row, values, at) {
  for (let k = 0; k < row.length; k++) {
    const number = row[k];
    if (typeof number !== 'number') throw typeError(`${name}[${k}]`, 'a number', number);
    values[at + k] = number;
  }
}

/**
 * @param {string} name
 * @param {unknown[]} rows
 * @param {number | undefined} columns what is asked for; by default as many as the first row has
 * @returns {FlatMatrix}
 */
function nested(name, rows, columns) {
  if (rows.length === 0) return { values: new Float32Array(0), rows: 0, columns: columns ?? 0 };
  const width = columns ?? lengthOf(name, 0, rows[0]);
  const expected = `${width}${columns === undefined ? ", as the first row's is" : ''}`;
  let single = true;
  for (let i = 0; i < rows.length; i++) {
    const length = lengthOf(name, i, rows[i]);
    if (length !== width) throw rangeError(`${name}[${i}].length`, expected, length);
    single &&= types.isFloat32Array(rows[i]);
  }
  const values = new (single ? Float32Array : Float64Array)(rows.length * width);
  rows.forEach((row, i) => {
    if (isFloats(row)) values.set(row, i * width);
    else copyNumbers(`${name}[${i}]`, /** @type {unknown[]} */ (row), values, i * width);
  });
  return { values, rows: rows.length, columns: width };
}

/**
 * @param {string} name
 * @param {number} i
 * @param {unknown} row
 */
function lengthOf(name, i, row) {
  if (!Array.isArray(row) && !isFloats(row)) throw typeError(`${name}[${i}]`, 'an array of numbers, Float32Array or Float64Array', row);
  if (row.length === 0) throw rangeError(`${name}[${i}].length`, 'at least 1', 0);
  return row.length;
}
