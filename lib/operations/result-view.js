// Views of a finished batch: what its operation's results consist of, item by item. The packing is
// native/binding/convert.cc's.
import { Buffer } from 'node:buffer';

/** @typedef {import('../native-lane.js').BatchResult} BatchResult */

/** How many numbers, characters of fixed text, texts and blocks there are for each item, and where they begin. */
class Layout {
  /**
   * @param {readonly [number, number, number, number]} strides
   * @param {readonly [number, number, number, number]} offsets
   */
  constructor(strides, offsets) {
    this.numbers = strides[0];
    this.fixedText = strides[1];
    this.texts = strides[2];
    this.blocks = strides[3];
    this.numbersAt = offsets[0];
    this.fixedTextAt = offsets[1];
    this.textsAt = offsets[2];
    this.blocksAt = offsets[3];
  }
}

const NO_NUMBERS = new Float64Array(0);

export class ResultView {
  /**
   * @param {BatchResult} batch
   * @param {number} count items in the batch
   * @param {Layout} [layout] of the whole batch by default
   * @param {readonly ResultView[]} [kept]
   */
  constructor(batch, count, layout, kept = []) {
    this.#batch = batch;
    this.#layout = layout ?? new Layout(stridesOf(batch, count), [0, 0, 0, 0]);
    // What is read most often, within reach.
    this.#numbers = batch.numbers ?? NO_NUMBERS;
    this.#numbersEach = this.#layout.numbers;
    this.#numbersAt = this.#layout.numbersAt;
    this.kept = kept;
  }

  #batch;
  #layout;
  #numbers;
  #numbersEach;
  #numbersAt;

  /** For a pipe: the views of the stages that are kept, in order. */
  kept;

  /**
   * @param {BatchResult} batch
   * @param {number} count
   * @param {Uint32Array} shapes of the kept stages, four numbers each
   */
  static ofPipe(batch, count, shapes) {
    const strides = stridesOf(batch, count);
    const offsets = [0, 0, 0, 0];
    const kept = [];
    for (let at = 0; at < shapes.length; at += 4) {
      const layout = new Layout(strides, /** @type {[number, number, number, number]} */ ([...offsets]));
      kept.push(new ResultView(batch, count, layout));
      for (let i = 0; i < 4; i++) offsets[i] += shapes[at + i];
    }
    return new ResultView(batch, count, undefined, kept);
  }

  /**
   * @param {number} k the item's position in the batch
   * @param {number} [column]
   */
  number(k, column = 0) {
    return this.#numbers[k * this.#numbersEach + this.#numbersAt + column];
  }

  /**
   * The item's numbers from `column` on, of which the caller takes as many as there are.
   * @param {number} k
   * @param {number} count
   * @param {number} [column]
   */
  numbers(k, count, column = 0) {
    const begin = k * this.#numbersEach + this.#numbersAt + column;
    return this.#numbers.subarray(begin, begin + count);
  }

  /**
   * @param {number} k
   * @param {number} length characters
   */
  fixedText(k, length) {
    const begin = k * this.#layout.fixedText + this.#layout.fixedTextAt;
    return /** @type {string} */ (this.#batch.fixedText).slice(begin, begin + length);
  }

  /**
   * @param {number} k
   * @param {number} [i] which of the item's texts
   */
  text(k, i = 0) {
    const spans = /** @type {Float64Array} */ (this.#batch.spans);
    const at = 3 * (k * this.#layout.texts + this.#layout.textsAt + i);
    const end = spans[at + 2];
    if (end === 0) return '';
    return /** @type {string[]} */ (this.#batch.texts)[spans[at]].slice(spans[at + 1], end);
  }

  /**
   * Begins at a multiple of 8 in its ArrayBuffer, which small blocks share.
   * @param {number} k
   * @param {number} [i] which of the item's blocks
   */
  block(k, i = 0) {
    const places = /** @type {Float64Array} */ (this.#batch.places);
    const at = 3 * (k * this.#layout.blocks + this.#layout.blocksAt + i);
    return Buffer.from(/** @type {ArrayBuffer[]} */ (this.#batch.blocks)[places[at]], places[at + 1], places[at + 2]);
  }
}

/**
 * @param {BatchResult} batch
 * @param {number} count
 * @returns {[number, number, number, number]}
 */
function stridesOf({ numbers, fixedText, spans, places }, count) {
  return [(numbers?.length ?? 0) / count, (fixedText?.length ?? 0) / count, (spans?.length ?? 0) / 3 / count, (places?.length ?? 0) / 3 / count];
}
