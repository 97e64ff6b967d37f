// Digests of content that arrives in pieces, computed in this thread. The state is memory of ours that the
// addon works in, so that nothing has to be closed.
import { Writable } from 'node:stream';
import { types } from 'node:util';
import { native } from '../native.js';
import { oneOf, typeError } from '../options.js';
import { algorithmOf } from './digests.js';

/** @typedef {import('../../types/operations/digests.js').HashAlgorithm} HashAlgorithm */

class Hasher {
  /** @param {HashAlgorithm} algorithm */
  constructor(algorithm) {
    this.#algorithm = algorithm;
    this.#state = new Uint8Array(native().hasherBytes());
    native().hasherStart(this.#state, algorithm);
  }

  #algorithm;
  #state;

  get algorithm() {
    return this.#algorithm;
  }

  /** @param {string | Uint8Array} data */
  update(data) {
    if (typeof data !== 'string' && !types.isUint8Array(data)) throw typeError('data', 'a string, Buffer or Uint8Array', data);
    native().hasherUpdate(this.#state, data);
    return this;
  }

  /**
   * @param {'hex' | 'buffer' | null} [encoding]
   * @returns {any}
   */
  digest(encoding) {
    const chosen = oneOf('encoding', encoding, 'hex', ['hex', 'buffer']);
    const hex = native().hasherDigest(this.#state);
    return chosen === 'hex' ? hex : Buffer.from(hex, 'hex');
  }

  reset() {
    native().hasherStart(this.#state, this.#algorithm);
    return this;
  }

  copy() {
    const copy = new Hasher(this.#algorithm);
    native().hasherCopy(this.#state, copy.#state);
    return copy;
  }

  asWritable() {
    return new Writable({
      write: (chunk, _encoding, callback) => {
        this.update(chunk);
        callback();
      },
    });
  }
}

/**
 * @param {unknown} [algorithm]
 * @returns {import('../../types/operations/hasher.js').Hasher}
 */
export function createHasher(algorithm) {
  return new Hasher(algorithmOf(algorithm));
}
