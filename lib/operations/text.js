// Operations on text.
import { native } from '../native.js';
import { boolean, integer, oneOf, rangeError, record, typeError } from '../options.js';
import { DEFAULT_MAX_BYTES, MOST_BYTES } from './limits.js';
import { Operation } from './operation.js';
import { searchPatterns } from './search-patterns.js';
import { TextMatches } from './text-matches.js';

/** @typedef {import('./result-view.js').ResultView} ResultView */
/** @typedef {import('../../types/operations/index.js').FilePath} FilePath */
/** @typedef {string | Uint8Array} Content */

const ENCODINGS = /** @type {const} */ (['auto', 'utf-8', 'utf-16le', 'utf-16be', 'latin1']);
const DEFAULT_MAX_MATCHES = 1_000_000;
const MOST_MATCHES = 100_000_000;

/** @param {ResultView} view @param {number} k */
const decodeOneText = (view, k) => view.text(k);

/** @param {unknown} options */
function decodeOptions(options) {
  const given = record('options', options);
  return {
    encoding: oneOf('encoding', given.encoding, 'auto', ENCODINGS),
    malformed: oneOf('malformed', given.malformed, 'replace', ['replace', 'error']),
    maxBytes: integer('maxBytes', given.maxBytes, DEFAULT_MAX_BYTES, 1, MOST_BYTES),
  };
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<FilePath, string>}
 */
function readText(options) {
  return new Operation('readText', decodeOptions(options), { input: 'path', blocking: true, passesOn: 'bytes', decode: decodeOneText });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<Content, string>}
 */
function decodeText(options) {
  return new Operation('decodeText', decodeOptions(options), { input: 'bytes', blocking: false, decode: decodeOneText });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<Content, string[]>}
 */
function lines(options) {
  const given = record('options', options);
  const completed = {
    trim: boolean('trim', given.trim, false),
    skipBlank: boolean('skipBlank', given.skipBlank, false),
    maxLines: integer('maxLines', given.maxLines === Infinity ? null : given.maxLines, Number.MAX_SAFE_INTEGER),
  };
  return new Operation('lines', completed, { input: 'bytes', blocking: false, decode: decodeLines });
}

/**
 * @param {ResultView} view
 * @param {number} k
 */
function decodeLines(view, k) {
  if (view.number(k) === 0) return [];
  return view.text(k).slice(0, -1).split('\n');
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<Content, string>}
 */
function normalizeText(options) {
  const given = record('options', options);
  const completed = {
    trimLineEnds: boolean('trimLineEnds', given.trimLineEnds, false),
    finalNewline: boolean('finalNewline', given.finalNewline, false),
  };
  return new Operation('normalizeText', completed, { input: 'bytes', blocking: false, decode: decodeOneText });
}

/** @param {unknown} options */
function searchOptions(options) {
  const given = record('options', options);
  if (given.patterns === undefined || given.patterns === null) {
    throw typeError('patterns', 'a string, a RegExp or a list of these', given.patterns);
  }
  const fixed = boolean('fixed', given.fixed, false);
  const ignoreCase = boolean('ignoreCase', given.ignoreCase, false);
  return {
    ...searchPatterns(given.patterns, { fixed, ignoreCase }),
    fixed,
    ignoreCase,
    wholeWord: boolean('wholeWord', given.wholeWord, false),
    offsets: oneOf('offsets', given.offsets, 'utf16', ['utf16', 'bytes']),
    text: boolean('text', given.text, true),
    lines: boolean('lines', given.lines, false),
    groups: boolean('groups', given.groups, false),
    maxMatches: integer('maxMatches', given.maxMatches, DEFAULT_MAX_MATCHES, 1, MOST_MATCHES),
    patternMemory: integer('patternMemory', given.patternMemory, 8, 1, 1024),
  };
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<Content, import('../../types/operations/index.js').TextMatches>}
 */
function searchText(options) {
  const completed = searchOptions(options);
  if (completed.groups && !completed.text) throw rangeError('text', 'true, which groups need', false);
  const names = native().checkSearch(completed);
  if (typeof names === 'string') {
    const index = Number(/^pattern (\d+)/.exec(names)?.[1] ?? 0);
    throw rangeError('patterns', `patterns that can be searched for in linear time (${names})`, completed.patterns[index]);
  }
  const parts = { text: completed.text, lines: completed.lines, groups: completed.groups ? names : null };
  return new Operation('searchText', completed, {
    input: 'bytes',
    blocking: false,
    returnsBytes: true,
    passesOn: 'bytes',
    decode: (view, k) => new TextMatches(view, k, parts),
  });
}

export const textOperations = { decodeText, lines, normalizeText, readText, searchText };
