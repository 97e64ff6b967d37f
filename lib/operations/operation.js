// A native operation: what it takes, its completed options, and how its packed results become JavaScript
// values. Immutable; it may be used by any number of processors and pipes.
import { types } from 'node:util';
import { NativeLane } from '../native-lane.js';
import { optionalSignal, record, typeError } from '../options.js';

/** @typedef {import('./result-view.js').ResultView} ResultView */

/**
 * @typedef {object} Definition
 * @property {'none' | 'path' | 'bytes' | 'parts'} input what an item is; 'parts' is what `encode` makes of it
 * @property {boolean} blocking whether it waits for a device
 * @property {boolean} [returnsBytes] whether results are blocks of bytes, which may be large
 * @property {'path' | 'bytes' | null} [passesOn] what the next stage of a pipe gets: the input again, unless stated
 * @property {number} [parts] how many parts an item has; only with 'parts'
 * @property {(item: any) => (string | Uint8Array)[]} [encode] an item's parts; only with 'parts'
 * @property {(item: any) => boolean} [accepts] whether an item has the right type; only with 'parts'
 * @property {string} [expected] what an item has to be, for the error; only with 'parts'
 * @property {(item: any) => string | Uint8Array} [pathOf] the path that an item's errors name; by default the item, if it is one
 * @property {(view: ResultView, k: number, item: any) => unknown} decode the result of the item at position k of the batch
 */

/** @type {Readonly<Record<Definition['input'], string>>} */
const EXPECTED = {
  none: 'any value',
  path: 'a path (a string, or a Buffer for names that are not UTF-8)',
  bytes: 'a string, Buffer or Uint8Array',
  parts: 'an item of the operation',
};

/**
 * Runs a whole list; lib/parallel-processor.js provides it, which this file may not import.
 * @type {(operation: Operation, values: any, options: Record<string, unknown>) => Promise<any>}
 */
let processAll;

/** @param {typeof processAll} provided */
export function provideProcessing(provided) {
  processAll = provided;
}

export class Operation {
  /**
   * @param {string} name
   * @param {Record<string, unknown>} options completed; they cross to the addon as they are
   * @param {Definition} definition
   */
  constructor(name, options, definition) {
    this.name = name;
    this.options = Object.freeze(options);
    this.input = definition.input;
    this.blocking = definition.blocking;
    this.returnsBytes = definition.returnsBytes ?? false;
    this.passesOn = definition.passesOn !== undefined ? definition.passesOn : passedThrough(definition.input);
    this.expected = definition.expected ?? EXPECTED[definition.input];
    this.decode = definition.decode;
    this.#encode = definition.encode ?? ((/** @type {any} */ item) => [item]);
    this.#accepts = definition.accepts;
    this.#pathOf = definition.pathOf;
    Object.freeze(this);
  }

  /** @type {string} */
  name;
  #encode;
  #accepts;
  #pathOf;

  /** The operations of a pipe, in order. @type {readonly Operation[]} */
  get stages() {
    return [];
  }

  /**
   * Whether a value is of the type that the operation takes.
   * @param {unknown} value
   */
  accepts(value) {
    if (this.#accepts !== undefined) return this.#accepts(value);
    return this.input === 'none' || typeof value === 'string' || types.isUint8Array(value);
  }

  /**
   * The parts that cross, of all items.
   * @param {readonly unknown[]} items
   * @returns {(string | Uint8Array)[]}
   */
  encodeAll(items) {
    return this.input === 'parts' ? items.flatMap(this.#encode) : /** @type {(string | Uint8Array)[]} */ (items);
  }

  /**
   * The path that an item's errors name.
   * @param {unknown} item
   * @returns {string | Uint8Array | undefined}
   */
  pathOf(item) {
    if (this.#pathOf !== undefined) return this.#pathOf(item);
    return this.input === 'path' ? /** @type {string | Uint8Array} */ (item) : undefined;
  }

  /** Bytes of content in an item, roughly. @param {unknown} item */
  contentBytes(item) {
    if (this.input === 'none' || this.input === 'path') return 0;
    let bytes = 0;
    for (const part of this.input === 'parts' ? this.#encode(item) : [item]) {
      if (typeof part === 'string') bytes += part.length;
      else if (types.isUint8Array(part)) bytes += part.byteLength;
    }
    return bytes;
  }

  /**
   * @param {unknown} value
   * @param {{ signal?: AbortSignal | null }} [options]
   * @returns {Promise<any>}
   */
  async run(value, options) {
    const signal = optionalSignal('signal', record('options', options).signal);
    signal?.throwIfAborted();
    return runOne(this, value, signal);
  }

  /**
   * @param {Iterable<unknown>} values
   * @param {Record<string, unknown> | null} [options]
   * @returns {Promise<any>}
   */
  async runAll(values, options) {
    return processAll(this, values, record('options', options));
  }

  /**
   * For a pipe whose result is an object: this stage's result is kept under that name.
   * @param {string} name
   * @returns {any}
   */
  as(name) {
    if (typeof name !== 'string' || name === '') throw typeError('name', 'a string that is not empty', name);
    return new NamedStage(name, this);
  }
}

/** @param {Definition['input']} input */
function passedThrough(input) {
  return input === 'path' || input === 'bytes' ? input : null;
}

/** A stage of a pipe whose result is kept under a name. */
export class NamedStage {
  /**
   * @param {string} name
   * @param {Operation} operation
   */
  constructor(name, operation) {
    this.name = name;
    this.operation = operation;
    Object.freeze(this);
  }
}

/**
 * @param {Operation} operation
 * @param {unknown} value
 * @param {AbortSignal | null} signal
 */
function runOne(operation, value, signal) {
  if (!operation.accepts(value)) throw typeError('value', operation.expected, value);
  const lane = new NativeLane(operation, 1);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      lane.close();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const end = () => {
      signal?.removeEventListener('abort', onAbort);
      lane.close();
    };
    lane.run(value).finally(end).then(resolve, reject);
  });
}
