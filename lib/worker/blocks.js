// Long Buffers on their way to a worker, in native blocks. Main sends, a worker receives; each block is
// received once or given back.
import { native } from '../native.js';

/** @type {import('../../types/native.js').NativeAddon | null | undefined} */
let addon;

/** The addon where there is one; a pool of workers does without. */
function loaded() {
  if (addon === undefined) {
    try {
      addon = native();
    } catch {
      addon = null;
    }
  }
  return addon;
}

/**
 * @param {Uint8Array} bytes copied
 * @returns {number} the block to receive; 0 when it cannot go this way
 */
export function blockSend(bytes) {
  return loaded()?.blockSend(bytes) ?? 0;
}

/**
 * @param {number} block
 * @returns {ArrayBuffer}
 */
export function blockReceive(block) {
  const bytes = native().blockReceive(block);
  if (bytes === undefined) throw new Error('a block was sent twice or lost');
  return bytes;
}

/** @param {number[]} blocks those received meanwhile are not affected */
export function forgetBlocks(blocks) {
  for (const block of blocks) loaded()?.blockDrop(block);
}
