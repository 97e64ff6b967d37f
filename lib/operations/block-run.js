// Blocks of a search, run on all cores and handed out in order: a window of blocks is under way or waits
// for the consumer, so that memory stays bounded however slow the consumer is.
import { NativeLane } from '../native-lane.js';

/** @typedef {import('./operation.js').Operation} Operation */

/** So many blocks for each that runs: no thread waits for the event loop. */
const BLOCKS_AHEAD = 2;

/**
 * @typedef {object} RunOptions
 * @property {number} concurrency blocks that run at once
 * @property {AbortSignal | null} signal
 * @property {((completed: number, total: number) => void) | null} onProgress called in order, for each block
 * @property {Uint8Array} [last] a block more, which runs after all others have ended
 */

/** Closes the lanes of iterations that were dropped without being ended. @type {FinalizationRegistry<{ lane: NativeLane | null }>} */
const dropped = new FinalizationRegistry((holder) => holder.lane?.close());

/**
 * The decoded results of `blocks`, in order. Nothing is opened before the first is asked for; everything is
 * released at the end, on failure, and when the iteration is left.
 * @param {() => Operation} makeOperation
 * @param {readonly Uint8Array[]} blocks
 * @param {RunOptions} options
 * @returns {AsyncGenerator<any, void, undefined>}
 */
export function blocksInOrder(makeOperation, blocks, options) {
  /** @type {{ lane: NativeLane | null }} */
  const holder = { lane: null };
  const results = generate(makeOperation, blocks, options, holder);
  dropped.register(results, holder);
  return results;
}

/**
 * @param {() => Operation} makeOperation
 * @param {readonly Uint8Array[]} blocks
 * @param {RunOptions} options
 * @param {{ lane: NativeLane | null }} holder
 * @returns {AsyncGenerator<any, void, undefined>}
 */
async function* generate(makeOperation, blocks, { concurrency, signal, onProgress, last }, holder) {
  signal?.throwIfAborted();
  const lane = new NativeLane(makeOperation(), concurrency);
  holder.lane = lane;
  // Closing cancels what is under way, which then arrives as failed.
  const onAbort = () => lane.close();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    /** @type {Promise<any>[]} */
    const window = [];
    let next = 0;
    for (let done = 0; done < blocks.length; done++) {
      signal?.throwIfAborted();
      while (next < blocks.length && window.length < BLOCKS_AHEAD * concurrency) window.push(runBlock(lane, blocks[next++]));
      const result = await window.shift();
      signal?.throwIfAborted();
      onProgress?.(done + 1, blocks.length);
      yield result;
    }
    if (last !== undefined) yield await runBlock(lane, last);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    lane.close();
  }
}

/**
 * @param {NativeLane} lane
 * @param {Uint8Array} block
 * @returns {Promise<any>}
 */
function runBlock(lane, block) {
  const settled = lane.run(block);
  // One block's failure ends the run: nobody asks for those after it.
  settled.catch(() => {});
  return settled;
}
