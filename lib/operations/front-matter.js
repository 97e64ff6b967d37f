// Data in YAML, TOML and JSON: in front of texts, and as whole documents.
import { boolean, integer, oneOf, rangeError, record, typeError } from '../options.js';
import { Operation } from './operation.js';

/**
 * @typedef {import('./result-view.js').ResultView} ResultView
 * @typedef {import('../../types/operations/front-matter.js').FrontMatter<any>} FrontMatter
 * @typedef {'yaml' | 'toml' | 'json'} Format
 */

/** @type {readonly Format[]} */
const FORMATS = ['yaml', 'toml', 'json'];
const FORMAT_NAMES = [null, ...FORMATS];
const DEFAULT_DATA_BYTES = 64 * 1024 * 1024;
const MOST_DATA_BYTES = 2 ** 29 - 24; // of V8's longest string
const MOST_DEPTH = 1000;

// The columns of FrontMatterOperation's numbers (native/operations/front_matter_operation.h).
const FORMAT = 0;
const BYTES = 1;
const UNITS = 4;
const BODY_LINE = 7;
const BODY_IS_CUT = 8;

/** What JSON cannot express. @type {Readonly<Record<string, number>>} */
const UNMEASURED = { nan: NaN, inf: Infinity, '-inf': -Infinity };

/** @param {Record<string, unknown>} given */
function dataOptions(given) {
  return {
    dates: oneOf('dates', given.dates, 'string', ['string', 'date']),
    maxDepth: integer('maxDepth', given.maxDepth, 100, 1, MOST_DEPTH),
    maxBytes: integer('maxBytes', given.maxBytes, DEFAULT_DATA_BYTES, 1, MOST_DATA_BYTES),
  };
}

/** @param {Record<string, unknown>} given */
function yamlOptions(given) {
  return {
    ...dataOptions(given),
    schema: oneOf('schema', given.schema, 'core', ['core', 'yaml-1.1', 'json', 'failsafe']),
    merge: boolean('merge', given.merge, true),
    unknownTags: oneOf('unknownTags', given.unknownTags, 'error', ['error', 'ignore']),
    maxAliasNodes: integer('maxAliasNodes', given.maxAliasNodes, 100_000, 0),
  };
}

/** @param {unknown} given @returns {readonly Format[]} */
function formatsOption(given) {
  if (given === undefined || given === null) return FORMATS;
  const expected = `an array of ${FORMATS.map((format) => `'${format}'`).join(', ')}`;
  if (!Array.isArray(given)) throw typeError('formats', expected, given);
  if (given.length === 0 || !given.every((format) => FORMATS.includes(format))) throw rangeError('formats', expected, given);
  return [...given];
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function delimiter(name, value) {
  const expected = 'a line of text without white space at its ends';
  if (typeof value !== 'string') throw typeError(name, expected, value);
  if (value === '' || value !== value.trim() || /[\r\n]/.test(value)) throw rangeError(name, expected, value);
  return value;
}

/**
 * @param {unknown} given
 * @param {readonly Format[]} formats
 */
function delimitersOption(given, formats) {
  if (given === undefined || given === null) return null;
  const { open, close, language } = record('delimiters', given);
  const completed = {
    open: delimiter('delimiters.open', open),
    close: delimiter('delimiters.close', close ?? open),
    language: oneOf('delimiters.language', language, formats[0], FORMATS),
  };
  if (!formats.includes(completed.language)) throw rangeError('delimiters.language', 'one of "formats"', completed.language);
  return Object.freeze(completed);
}

/**
 * Puts the values that JSON cannot express where the JSON has null.
 * @param {unknown} data
 * @param {string} specials empty, or JSON: [path, value] for each of them
 */
function complete(data, specials) {
  if (specials === '') return data;
  for (const [path, value] of JSON.parse(specials)) {
    const special = typeof value === 'number' ? new Date(value) : UNMEASURED[value];
    if (path.length === 0) return special;
    let holder = /** @type {any} */ (data);
    for (let i = 0; i < path.length - 1; i++) holder = holder[path[i]];
    // JSON.parse has made it an own property, also if it is named __proto__.
    holder[path[path.length - 1]] = special;
  }
  return data;
}

/**
 * @param {ResultView} view
 * @param {number} k
 */
function decodeData(view, k) {
  return complete(JSON.parse(view.text(k, 0)), view.text(k, 1));
}

/**
 * @param {ResultView} view
 * @param {number} k
 * @param {number} column
 */
function offsets(view, k, column) {
  return { dataStart: view.number(k, column), dataEnd: view.number(k, column + 1), bodyStart: view.number(k, column + 2) };
}

/**
 * @param {ResultView} view
 * @param {number} k
 * @param {any} item a string where the body is cut from it
 */
function bodyOf(view, k, item) {
  return view.number(k, BODY_IS_CUT) === 1 ? item.slice(view.number(k, UNITS + 2)) : view.text(k, 2);
}

/**
 * @param {{ data: 'object' | 'json', body: boolean }} wanted
 * @returns {(view: ResultView, k: number, item: any) => import('../../types/operations/front-matter.js').FrontMatter<any>}
 */
function decoderOf({ data, body }) {
  return (view, k, item) => {
    const format = FORMAT_NAMES[view.number(k, FORMAT)];
    const json = view.text(k, 0);
    return {
      data: data === 'json' ? json : json === '{}' ? {} : complete(JSON.parse(json), view.text(k, 1)),
      body: body ? bodyOf(view, k, item) : /** @type {any} */ (undefined),
      format,
      empty: format !== null && json === '{}',
      bodyLine: view.number(k, BODY_LINE),
      offsets: offsets(view, k, UNITS),
      byteOffsets: offsets(view, k, BYTES),
    };
  };
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, any>}
 */
function frontMatter(options) {
  const given = record('options', options);
  const formats = formatsOption(given.formats);
  const completed = {
    ...yamlOptions(given),
    formats,
    delimiters: delimitersOption(given.delimiters, formats),
    unterminated: oneOf('unterminated', given.unterminated, 'error', ['error', 'body']),
    data: oneOf('data', given.data, 'object', ['object', 'json']),
    body: boolean('body', given.body, true),
  };
  return new Operation('frontMatter', completed, { input: 'bytes', blocking: false, decode: decoderOf(completed) });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, any>}
 */
function parseYaml(options) {
  return new Operation('parseYaml', yamlOptions(record('options', options)), { input: 'bytes', blocking: false, decode: decodeData });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, any>}
 */
function parseToml(options) {
  return new Operation('parseToml', dataOptions(record('options', options)), { input: 'bytes', blocking: false, decode: decodeData });
}

export const frontMatterOperations = { frontMatter, parseYaml, parseToml };
