// Large items and Buffers on their way between threads.
//
// - A Buffer crosses structured clone as a plain Uint8Array; the positions of those in a message go with it, so
//   that an item or result that is a Buffer arrives as one.
// - A long string is copied into a slab of shared memory and read out of it by the worker before anything else
//   runs: cheaper than growing and freeing a serialiser's buffer. The worker counts what it has read in
//   SLAB_READ; a half of the slab is written again only then. User code never sees the slab's memory.
// - Long Buffers go through structured clone like everything else: measured, neither the slab nor moving a private copy
//   is cheaper, because fresh memory in the worker is what costs.
import * as c from './control.js';

const LONG_STRING = 16 << 10;
const PART_BYTES = 1 << 20;
const PARTS = 4;
const LATIN1 = 0;
const UTF16 = 1;

/**
 * A message of items or results. `texts` holds position, part, offset, length in bytes and encoding of each string
 * in the slab.
 * @typedef {{ items: unknown[], buffers?: number[], texts?: number[], slab?: SharedArrayBuffer }} PayloadMessage
 */

/**
 * @param {unknown[]} values
 * @returns {unknown[] | PayloadMessage} as they are, or with the positions of the Buffers
 */
export function markBuffers(values) {
  /** @type {number[] | undefined} */
  let buffers;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'object' && Buffer.isBuffer(value)) (buffers ??= []).push(i);
  }
  return buffers === undefined ? values : { items: values, buffers };
}

/**
 * @param {PayloadMessage} message
 * @returns {unknown[]}
 */
export function restoreBuffers({ items, buffers }) {
  for (const at of buffers ?? []) {
    const bytes = /** @type {Uint8Array} */ (items[at]);
    items[at] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return items;
}

/** Main's side: turns items into messages for one worker. */
export class PayloadWriter {
  /** @param {c.ControlBlock} control */
  constructor(control) {
    this.#control = control;
  }

  #control;
  /** @type {Buffer | null} */
  #slab = null;
  #slabSent = false;
  #messages = 0;
  #used = 0;
  /** @type {number[]} */
  #texts = [];
  /** @type {number[]} */
  #buffers = [];

  /** Forgets the message made last. */
  clear() {
    this.#used = 0;
    if (this.#texts.length > 0) this.#texts = [];
    if (this.#buffers.length > 0) this.#buffers = [];
  }

  /**
   * @param {unknown[]} items replaced in place where something else crosses instead
   * @returns {unknown[] | PayloadMessage}
   */
  write(items) {
    this.clear();
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (typeof item === 'string') {
        if (item.length >= LONG_STRING && this.#writeText(i, item)) items[i] = null;
      } else if (typeof item === 'object' && Buffer.isBuffer(item)) {
        this.#buffers.push(i);
      }
    }
    if (this.#texts.length === 0 && this.#buffers.length === 0) return items;
    return this.#message(items);
  }

  /**
   * @param {unknown[]} items
   * @returns {PayloadMessage}
   */
  #message(items) {
    /** @type {PayloadMessage} */
    const message = { items };
    if (this.#buffers.length > 0) message.buffers = this.#buffers;
    if (this.#texts.length > 0) {
      message.texts = this.#texts;
      if (!this.#slabSent && this.#slab !== null) message.slab = /** @type {SharedArrayBuffer} */ (/** @type {unknown} */ (this.#slab.buffer));
    }
    return message;
  }

  /** The message made last has been posted. */
  posted() {
    if (this.#texts.length === 0) return;
    this.#messages++;
    this.#slabSent = true;
  }

  /**
   * @param {number} at
   * @param {string} text
   * @returns {boolean} false when it does not fit now
   */
  #writeText(at, text) {
    const unread = this.#messages - Atomics.load(this.#control.header, c.SLAB_READ);
    if (unread >= PARTS || text.length > PART_BYTES) return false;
    this.#slab ??= Buffer.from(/** @type {any} */ (new SharedArrayBuffer(PARTS * PART_BYTES)));
    const offset = (this.#messages % PARTS) * PART_BYTES + this.#used;
    const room = PART_BYTES - this.#used;
    if (text.length > room) return false;
    let encoding = LATIN1;
    // As many bytes as characters: all ASCII, which Latin-1 reads back fastest.
    let bytes = this.#slab.write(text, offset, room, 'utf8');
    if (bytes !== text.length) {
      if (text.length * 2 > room) return false;
      encoding = UTF16;
      bytes = this.#slab.write(text, offset, room, 'utf16le');
    }
    this.#texts.push(at, offset, bytes, encoding);
    // Aligned, for two-byte strings.
    this.#used += (bytes + 7) & ~7;
    return true;
  }
}

/** A worker's side. */
export class PayloadReader {
  /** @param {c.ControlBlock} control */
  constructor(control) {
    this.#control = control;
  }

  #control;
  /** @type {Buffer | null} */
  #slab = null;
  #messages = 0;

  /**
   * @param {PayloadMessage} message
   * @returns {unknown[]} the items as they were
   */
  read(message) {
    const { items, texts, slab } = message;
    if (slab !== undefined) this.#slab = Buffer.from(/** @type {any} */ (slab));
    if (texts !== undefined && this.#slab !== null) {
      for (let i = 0; i < texts.length; i += 4) {
        const from = /** @type {number} */ (texts[i + 1]);
        const to = from + /** @type {number} */ (texts[i + 2]);
        items[/** @type {number} */ (texts[i])] =
          this.#slab.toString(texts[i + 3] === LATIN1 ? 'latin1' : 'utf16le', from, to);
      }
      Atomics.store(this.#control.header, c.SLAB_READ, ++this.#messages);
    }
    return restoreBuffers(message);
  }
}
