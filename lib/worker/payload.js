// Large items and Buffers on their way between threads.
//
// - A Buffer crosses structured clone as a plain Uint8Array; the positions of those in a message go with it, so
//   that an item or result that is a Buffer arrives as one.
// - A long string is copied into a slab of shared memory and read out of it by the worker before anything else
//   runs: cheaper than growing and freeing a serialiser's buffer. The worker counts what it has read in
//   SLAB_READ; a half of the slab is written again only then. User code never sees the slab's memory.
// - A long Buffer or Uint8Array is copied into a native block, which the worker's garbage collector gives back to be used
//   again: what costs otherwise is fresh memory for each. Without the addon it goes through structured clone.
import { types } from 'node:util';
import { blockReceive, blockSend, forgetBlocks } from './blocks.js';
import * as c from './control.js';

const LONG_STRING = 16 << 10;
const LONG_BYTES = 128 << 10;
const BLOCKS_FOR_ONE = 8;
const PART_BYTES = 1 << 20;
const PARTS = 4;
const LATIN1 = 0;
const UTF16 = 1;

/**
 * A message of items or results. `texts` holds position, part, offset, length in bytes and encoding of each string
 * in the slab; `blocks` position and block of each long Buffer or Uint8Array.
 * @typedef {{ items: unknown[], buffers?: number[], texts?: number[], slab?: SharedArrayBuffer, blocks?: number[] }} PayloadMessage
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

/**
 * What a Buffer counts for in the size of a message: blocks lie beside it, and several go with one wake-up.
 * @param {number} bytes
 */
export function serialisedBytes(bytes) {
  return bytes < LONG_BYTES ? bytes : bytes / BLOCKS_FOR_ONE;
}

/**
 * Neither shared memory, which structured clone shares, nor a class of the user's.
 * @param {Uint8Array} item
 */
function isPlain(item) {
  const { constructor } = item;
  return (constructor === Uint8Array || constructor === Buffer) && !types.isSharedArrayBuffer(item.buffer);
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
  /** @type {number[]} */
  #blocks = [];
  /** Blocks sent, of which the worker may not have received the latest. @type {number[]} */
  #sent = [];

  /** The message made last was not posted. */
  discard() {
    forgetBlocks(this.#blocks.filter((_, i) => i % 2 === 1));
    this.#blocks = [];
  }

  /** The worker is gone: what it has not received is given back. */
  end() {
    forgetBlocks(this.#sent);
    this.#sent = [];
  }

  /** Forgets the message made last. */
  clear() {
    if (this.#blocks.length > 0) this.#blocks = [];
    this.#used = 0;
    if (this.#texts.length > 0) this.#texts = [];
    if (this.#buffers.length > 0) this.#buffers = [];
  }

  /**
   * @param {unknown[]} items replaced in place where something else crosses instead
   * @param {boolean} mayCopy whether long Buffers may be copied; not where the caller gives them away
   * @returns {unknown[] | PayloadMessage}
   */
  write(items, mayCopy) {
    this.clear();
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (typeof item === 'string') {
        if (item.length >= LONG_STRING && this.#writeText(i, item)) items[i] = null;
      } else if (typeof item === 'object' && types.isUint8Array(item)) {
        if (mayCopy && item.byteLength >= LONG_BYTES && isPlain(item) && this.#writeBlock(i, item)) items[i] = null;
        if (Buffer.isBuffer(item)) this.#buffers.push(i);
      }
    }
    if (this.#texts.length === 0 && this.#buffers.length === 0 && this.#blocks.length === 0) return items;
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
    if (this.#blocks.length > 0) message.blocks = this.#blocks;
    if (this.#texts.length > 0) {
      message.texts = this.#texts;
      if (!this.#slabSent && this.#slab !== null) message.slab = /** @type {SharedArrayBuffer} */ (/** @type {unknown} */ (this.#slab.buffer));
    }
    return message;
  }

  /** The message made last has been posted. */
  posted() {
    for (let i = 1; i < this.#blocks.length; i += 2) this.#sent.push(this.#blocks[i]);
    // A worker holds at most as many items as there are slots: what is older has been received.
    if (this.#sent.length > 2 * c.SLOTS) this.#sent.splice(0, c.SLOTS);
    if (this.#texts.length === 0) return;
    this.#messages++;
    this.#slabSent = true;
  }

  /**
   * @param {number} at
   * @param {Uint8Array} bytes
   * @returns {boolean} false when there is no addon or no memory
   */
  #writeBlock(at, bytes) {
    const block = blockSend(bytes);
    if (block !== 0) this.#blocks.push(at, block);
    return block !== 0;
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
    const { items, texts, slab, blocks = [] } = message;
    for (let i = 0; i < blocks.length; i += 2) items[blocks[i]] = new Uint8Array(blockReceive(blocks[i + 1]));
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
