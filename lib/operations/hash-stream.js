// The digest of a whole stream, computed on a native thread while the stream is read. The work is a lane of
// its own with a limit of one, whose operation holds the digest's state: its items are the pieces, in order.
import { types } from 'node:util';
import { NativeLane } from '../native-lane.js';
import { optionalSignal, record, typeError } from '../options.js';
import { WIDTHS, algorithmOf } from './digests.js';
import { createHasher } from './hasher.js';
import { Operation } from './operation.js';

/**
 * @typedef {import('../../types/operations/digests.js').HashAlgorithm} HashAlgorithm
 * @typedef {import('../../types/operations/hasher.js').HashSource} HashSource
 */

/** What is gathered before it crosses, so that small chunks do not cross one by one. */
const PIECE_BYTES = 256 * 1024;
/** How many pieces may be on their way: one is hashed while the next is read. */
const MOST_UNDER_WAY = 2;

/** Feeds a lane piece by piece. */
class NativeFeed {
  /** @param {HashAlgorithm} algorithm */
  constructor(algorithm) {
    const width = WIDTHS[algorithm];
    const decode = (/** @type {import('./result-view.js').ResultView} */ view, /** @type {number} */ k) => view.fixedText(k, width);
    this.#lane = new NativeLane(new Operation('hashStream', { algorithm }, { input: 'bytes', blocking: false, decode }), 1);
  }

  #lane;
  #gathered = Buffer.allocUnsafe(PIECE_BYTES);
  #used = 0;
  /** Oldest first. @type {Promise<unknown>[]} */
  #underWay = [];

  /**
   * Takes the chunk's bytes at once; the promise, if there is one, is for room to have more.
   * @param {Uint8Array} chunk
   */
  add(chunk) {
    const fits = chunk.length <= PIECE_BYTES - this.#used;
    if (!fits) this.#sendGathered();
    if (chunk.length >= PIECE_BYTES) {
      this.#send(chunk);
    } else {
      this.#gathered.set(chunk, this.#used);
      this.#used += chunk.length;
    }
    return this.#underWay.length < MOST_UNDER_WAY ? undefined : this.#underWay.shift();
  }

  async finish() {
    this.#sendGathered();
    await Promise.all(this.#underWay);
    // An empty piece ends the input; its result is the digest.
    return this.#lane.run(Buffer.alloc(0));
  }

  close() {
    this.#lane.close();
  }

  #sendGathered() {
    if (this.#used > 0) this.#send(this.#gathered.subarray(0, this.#used));
    this.#used = 0;
  }

  /** @param {Uint8Array} piece copied before this returns */
  #send(piece) {
    const sent = this.#lane.run(piece);
    // Whoever awaits it gets the failure; when the work has ended before, nobody does.
    sent.catch(() => {});
    this.#underWay.push(sent);
  }
}

/** XXH3 takes less time than handing its input over would. */
class LocalFeed {
  /** @param {HashAlgorithm} algorithm */
  constructor(algorithm) {
    this.#hasher = createHasher(algorithm);
  }

  #hasher;

  /** @param {Uint8Array} chunk @returns {undefined} */
  add(chunk) {
    this.#hasher.update(chunk);
    return undefined;
  }

  async finish() {
    return this.#hasher.digest();
  }

  close() {}
}

/** Waits for one promise after the other, and for none any longer once the signal aborts. */
class AbortableWait {
  /** @param {AbortSignal | null} signal */
  constructor(signal) {
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  #signal;
  /** @type {((reason: unknown) => void) | null} */
  #reject = null;
  #onAbort = () => this.#reject?.(this.#signal?.reason);

  /**
   * @template T
   * @param {T | Promise<T>} promise
   * @returns {Promise<T>}
   */
  for(promise) {
    return new Promise((resolve, reject) => {
      this.#signal?.throwIfAborted();
      this.#reject = reject;
      Promise.resolve(promise).then(resolve, reject);
    });
  }

  end() {
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** @param {unknown} chunk */
function bytesOf(chunk) {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (!types.isUint8Array(chunk)) throw typeError('chunk', 'a string, Buffer or Uint8Array', chunk);
  return chunk;
}

/**
 * @param {any} source
 * @returns {AsyncIterator<unknown> | Iterator<unknown>}
 */
function iteratorOf(source) {
  const begin = typeof source === 'string' ? undefined : (source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator]);
  if (typeof begin !== 'function' || types.isUint8Array(source)) {
    throw typeError('source', 'a Readable, a ReadableStream or another iterable of bytes', source);
  }
  return begin.call(source);
}

/**
 * Lets the source release what it holds, without waiting for it: it may be what never answers.
 * @param {AsyncIterator<unknown> | Iterator<unknown>} iterator
 */
async function abandon(iterator) {
  try {
    await iterator.return?.();
  } catch {
    // What ended the work is what the caller hears of.
  }
}

/**
 * @param {HashSource} source
 * @param {unknown} [options]
 * @returns {Promise<string>}
 */
export async function hashStream(source, options) {
  const given = record('options', options);
  const algorithm = algorithmOf(given.algorithm);
  const signal = optionalSignal('signal', given.signal);
  signal?.throwIfAborted();
  const iterator = iteratorOf(source);
  const feed = algorithm.startsWith('xxh3') ? new LocalFeed(algorithm) : new NativeFeed(algorithm);
  const wait = new AbortableWait(signal);
  try {
    for (;;) {
      const { done, value } = await wait.for(iterator.next());
      if (done) break;
      const room = feed.add(bytesOf(value));
      if (room !== undefined) await wait.for(room);
    }
    return await wait.for(feed.finish());
  } catch (error) {
    void abandon(iterator);
    throw error;
  } finally {
    wait.end();
    feed.close();
  }
}
