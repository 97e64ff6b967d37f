// Operations out of somebody else's shared library; native/include/millrace/operation.h is the interface.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { native } from '../native.js';
import { errorFrom } from '../native-lane.js';
import { record, typeError } from '../options.js';
import { Operation } from './operation.js';

/**
 * @typedef {import('./result-view.js').ResultView} ResultView
 *
 * As OwnLibrary::toJson() describes an operation, with the numbers of operation.h.
 * @typedef {object} Description
 * @property {string} name
 * @property {number} input
 * @property {string[]} parts
 * @property {number} passesOn
 * @property {boolean} blocking
 * @property {{ name: string, kind: number }[]} fields
 */

const NUMBER = 0;
const TEXT = 1;
const BYTES = 3;
const INPUTS = /** @type {const} */ (['bytes', 'path', 'parts']);
const PASSES_RESULT = 1;
const PASSES_NOTHING = 2;

/** What C and C++ sources include: `-I` of this, and then `<millrace/operation.h>`. */
export const includeDirectory = fileURLToPath(new URL('../../native/include', import.meta.url));

/**
 * @param {string} text JSON: a list of one failure, or anything else
 * @param {string} who
 * @param {string | undefined} path
 */
function unlessFailed(text, who, path) {
  const answer = JSON.parse(text);
  if (!Array.isArray(answer)) return answer;
  const [, code, errno, syscall, message, , offset, line, column] = answer[0];
  throw errorFrom(who, code, errno, syscall, message, { path, position: line === undefined ? undefined : { offset, line, column } });
}

/** @param {unknown} value */
function isContent(value) {
  return typeof value === 'string' || types.isUint8Array(value);
}

/** @param {Description} description */
function inputOf({ input, parts }) {
  if (parts.length === 0) return { input: INPUTS[input] };
  return {
    input: INPUTS[2],
    parts: parts.length,
    encode: (/** @type {any} */ item) => parts.map((part) => item[part]),
    accepts: (/** @type {any} */ item) => typeof item === 'object' && item !== null && parts.every((part) => isContent(item[part])),
    expected: `{ ${parts.join(', ')} }, each a string, Buffer or Uint8Array`,
  };
}

/**
 * How to read each field: those of one kind are side by side, in the order of the fields.
 * @param {Description['fields']} fields
 * @returns {((view: ResultView, k: number) => unknown)[]}
 */
function readersOf(fields) {
  const counts = { numbers: 0, texts: 0, blocks: 0 };
  return fields.map(({ kind }) => {
    const at = kind === NUMBER ? counts.numbers++ : kind === BYTES ? counts.blocks++ : counts.texts++;
    if (kind === NUMBER) return (view, k) => view.number(k, at);
    if (kind === BYTES) return (view, k) => view.block(k, at);
    if (kind === TEXT) return (view, k) => view.text(k, at);
    return (view, k) => jsonOf(view.text(k, at));
  });
}

/** @param {string} text which the addon has checked */
function jsonOf(text) {
  return text === '' ? null : JSON.parse(text);
}

/**
 * @param {Description['fields']} fields
 * @returns {(view: ResultView, k: number) => unknown}
 */
function decoderOf(fields) {
  const readers = readersOf(fields);
  if (fields[0].name === '') return readers[0];
  return (view, k) => Object.fromEntries(fields.map(({ name }, i) => [name, readers[i](view, k)]));
}

/**
 * @param {number} library
 * @param {number} index
 * @param {Description} description
 */
function factoryOf(library, index, description) {
  const { name, passesOn, blocking, fields } = description;
  const definition = {
    ...inputOf(description),
    blocking,
    returnsBytes: fields.some(({ kind }) => kind === BYTES),
    ...(passesOn === PASSES_RESULT ? { passesOn: /** @type {const} */ ('bytes') } : passesOn === PASSES_NOTHING ? { passesOn: null } : {}),
    decode: decoderOf(fields),
  };
  const factory = (/** @type {unknown} */ options) => {
    const given = JSON.stringify(record('options', options));
    const problem = native().ownCheck(library, index, given);
    if (problem !== undefined) unlessFailed(problem, name, undefined);
    return new Operation(name, { ownLibrary: library, ownOperation: index, given }, definition);
  };
  return Object.assign(factory, { run: async (/** @type {unknown} */ value, /** @type {any} */ options) => factory(undefined).run(value, options) });
}

/** @param {unknown} path */
function pathOf(path) {
  if (path instanceof URL) return fileURLToPath(path);
  if (typeof path === 'string' && path !== '') return resolve(path);
  throw typeError('path', 'a path or a file: URL', path);
}

/**
 * @template {{ [N in keyof L]: import('../../types/operations/own.js').OwnOperationFactory }} [L=Record<string, import('../../types/operations/own.js').OwnOperationFactory>]
 * @param {unknown} path
 * @returns {Readonly<L>}
 */
export function loadOperations(path) {
  const file = pathOf(path);
  const { library, operations } = unlessFailed(native().ownOpen(file), 'loadOperations', file);
  const factories = Object.freeze(
    Object.fromEntries(operations.map((/** @type {Description} */ description, /** @type {number} */ i) => [description.name, factoryOf(library, i, description)])),
  );
  return /** @type {Readonly<L>} */ (factories);
}
