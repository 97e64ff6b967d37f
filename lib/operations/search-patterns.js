// The patterns of searchText: checked, and in a form that the native engine reads.
import { types } from 'node:util';
import { rangeError, typeError } from '../options.js';

const MAX_PATTERNS = 10_000;
const EXPECTED = 'a string, a RegExp or a list of these';
const LAST_BEFORE_SURROGATES = 0xd7ff;
const FIRST_BEHIND_SURROGATES = 0xe000;
const FIRST_OF_TWO_UNITS = 0x10000;

/**
 * @typedef {object} PatternOptions
 * @property {boolean} fixed strings are text to find
 * @property {boolean} ignoreCase of strings
 */

/**
 * What crosses: sources and, for each, its flags; l stands for a literal pattern.
 * @param {unknown} value
 * @param {PatternOptions} options
 */
export function searchPatterns(value, options) {
  const patterns = Array.isArray(value) ? value : [value];
  if (patterns.length === 0 || patterns.length > MAX_PATTERNS) {
    throw rangeError('patterns', `a list of 1 to ${MAX_PATTERNS} patterns`, value);
  }
  const completed = patterns.map((pattern) => complete(pattern, options));
  return {
    patterns: Object.freeze([...patterns]),
    sources: Object.freeze(completed.map(({ source }) => source)),
    flags: Object.freeze(completed.map(({ flags }) => flags)),
  };
}

/**
 * @param {unknown} pattern
 * @param {PatternOptions} options
 */
function complete(pattern, { fixed, ignoreCase }) {
  if (typeof pattern === 'string') {
    const flags = ignoreCase ? 'iu' : 'u';
    refuseHalfCharacters(pattern, pattern);
    return fixed ? { source: pattern, flags: `${flags}l` } : { source: portableSource(checked(pattern, flags)), flags };
  }
  if (!types.isRegExp(pattern)) throw typeError('patterns', EXPECTED, pattern);
  const { source, flags } = /** @type {RegExp} */ (pattern);
  if (/[yvd]/.test(flags)) throw rangeError('patterns', 'regular expressions without the flags y, v and d', pattern);
  refuseHalfCharacters(source, pattern);
  return { source: flags.includes('u') ? portableSource(source) : source, flags: flags.replace('g', '') };
}

/**
 * @param {string} source
 * @param {string} flags
 */
function checked(source, flags) {
  try {
    return new RegExp(source, flags).source;
  } catch (error) {
    throw rangeError('patterns', `regular expressions (${/** @type {Error} */ (error).message})`, source);
  }
}

/**
 * Text in UTF-8 has no halves of characters, and neither has a source on its way there.
 * @param {string} source
 * @param {unknown} pattern
 */
function refuseHalfCharacters(source, pattern) {
  if (/\p{Surrogate}/u.test(source)) throw rangeError('patterns', 'patterns without lone surrogates', pattern);
}

/**
 * With ranges of characters for each `\p{...}` and `\P{...}`, as this V8 knows them.
 * @param {string} source of a valid expression with the flag u
 */
function portableSource(source) {
  if (!/\\p/i.test(source)) return source;
  let inClass = false;
  return source.replace(/\\[pP]\{[^}]*\}|\\[^]|[[\]]/g, (token) => {
    if (token === '[') inClass = true;
    if (token === ']') inClass = false;
    if (!/^\\p/i.test(token)) return token;
    return inClass ? rangesOf(token) : `[${rangesOf(token)}]`;
  });
}

/** @type {Map<string, string>} */
const knownRanges = new Map();

/**
 * The characters that a property escape matches, as the inside of a class.
 * @param {string} escape
 */
function rangesOf(escape) {
  let ranges = knownRanges.get(escape);
  if (ranges !== undefined) return ranges;
  ranges = '';
  const hex = (/** @type {number} */ character) => `\\u{${character.toString(16)}}`;
  for (const { 0: run, index } of everyCharacter().matchAll(new RegExp(`${escape}+`, 'gu'))) {
    ranges += `${hex(characterAt(index))}-${hex(characterAt(index + run.length - 1))}`;
  }
  knownRanges.set(escape, ranges);
  return ranges;
}

/** A string of all characters in order; kept by nobody, because it is needed once for each property. */
function everyCharacter() {
  let text = '';
  for (let first = 0; first <= 0x10ffff; first += 0x800) {
    if (first > LAST_BEFORE_SURROGATES && first < FIRST_BEHIND_SURROGATES) continue;
    text += String.fromCodePoint(...Array.from({ length: 0x800 }, (_, i) => first + i));
  }
  return text;
}

/**
 * Which character holds the unit at `index` of everyCharacter().
 * @param {number} index
 */
function characterAt(index) {
  if (index <= LAST_BEFORE_SURROGATES) return index;
  const beyond = index + FIRST_BEHIND_SURROGATES - LAST_BEFORE_SURROGATES - 1;
  if (beyond < FIRST_OF_TWO_UNITS) return beyond;
  return FIRST_OF_TWO_UNITS + ((beyond - FIRST_OF_TWO_UNITS) >> 1);
}
