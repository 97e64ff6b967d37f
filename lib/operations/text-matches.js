// What searchText found in one text: columns of numbers, and matches as objects where they are asked for.
// The packing is SearchTextOperation's (native/operations/search_text_operation.h).
import { Buffer } from 'node:buffer';

const NOWHERE = 0xffffffff;

/** @typedef {import('../../types/operations/text.js').TextMatch} TextMatch */

/**
 * @typedef {object} MatchParts
 * @property {boolean} text
 * @property {boolean} lines
 * @property {readonly (readonly string[])[] | null} groups the names of each pattern's groups
 */

export class TextMatches {
  /**
   * @param {import('./result-view.js').ResultView} view
   * @param {number} k
   * @param {MatchParts} parts
   */
  constructor(view, k, parts) {
    this.length = view.number(k, 0);
    this.truncated = view.number(k, 1) !== 0;
    const block = this.length === 0 ? Buffer.alloc(0) : view.block(k);
    const numbers = new Uint32Array(block.buffer, block.byteOffset, block.length / 4);
    let at = 0;
    const column = () => numbers.subarray(at, (at += this.length));
    this.patterns = column();
    this.starts = column();
    this.ends = column();
    this.lines = column();
    this.columns = column();
    this.#textEnds = parts.text ? column() : null;
    this.#lineNumbers = parts.lines ? column() : null;
    this.#groups = numbers.subarray(at);
    this.#parts = parts;
    this.#text = view.text(k, 0);
    this.#lineText = view.text(k, 1);
    Object.freeze(this);
  }

  /** @type {number} */
  length;
  /** @type {boolean} */
  truncated;
  /** @type {Uint32Array} */
  patterns;
  /** @type {Uint32Array} */
  starts;
  /** @type {Uint32Array} */
  ends;
  /** @type {Uint32Array} */
  lines;
  /** @type {Uint32Array} */
  columns;
  #textEnds;
  #lineNumbers;
  #groups;
  #parts;
  #text;
  #lineText;
  // A frozen object's private fields stay writable: what is made on first use.
  /** @type {string[] | null} */
  #lineTexts = null;
  /** @type {Uint32Array | null} */
  #groupBegins = null;

  /**
   * @param {number} index negative: from the end
   * @returns {TextMatch | undefined}
   */
  at(index) {
    const i = index < 0 ? this.length + Math.trunc(index) : Math.trunc(index) || 0;
    if (i < 0 || i >= this.length) return undefined;
    /** @type {TextMatch} */
    const match = {
      pattern: this.patterns[i],
      start: this.starts[i],
      end: this.ends[i],
      line: this.lines[i],
      column: this.columns[i],
    };
    if (this.#textEnds !== null) match.text = this.#text.slice(i === 0 ? 0 : this.#textEnds[i - 1], this.#textEnds[i]);
    if (this.#lineNumbers !== null) match.lineText = this.#lineTextAt(this.#lineNumbers[i]);
    if (this.#parts.groups !== null) this.#addGroups(match, i);
    return match;
  }

  *[Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) yield /** @type {TextMatch} */ (this.at(i));
  }

  /** @param {number} number */
  #lineTextAt(number) {
    this.#lineTexts ??= this.#lineText.split('\n');
    return this.#lineTexts[number];
  }

  /**
   * @param {TextMatch} match
   * @param {number} i
   */
  #addGroups(match, i) {
    const names = /** @type {readonly (readonly string[])[]} */ (this.#parts.groups)[match.pattern];
    const text = /** @type {string} */ (match.text);
    const begin = 2 * this.#groupBeginOf(i);
    match.groups = names.map((_, g) => {
      const from = this.#groups[begin + 2 * g];
      return from === NOWHERE ? undefined : text.slice(from, this.#groups[begin + 2 * g + 1]);
    });
    const named = names.flatMap((name, g) => (name === '' ? [] : [[name, match.groups?.[g]]]));
    if (named.length > 0) match.named = Object.fromEntries(named);
  }

  /**
   * How many groups the matches before the given one have.
   * @param {number} i
   */
  #groupBeginOf(i) {
    if (this.#groupBegins === null) {
      const counts = /** @type {readonly (readonly string[])[]} */ (this.#parts.groups).map(({ length }) => length);
      this.#groupBegins = new Uint32Array(this.length);
      for (let j = 1; j < this.length; j++) this.#groupBegins[j] = this.#groupBegins[j - 1] + counts[this.patterns[j - 1]];
    }
    return this.#groupBegins[i];
  }
}
