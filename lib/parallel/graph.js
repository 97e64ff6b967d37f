// Dependencies between the items of one call: resolved to numbers and checked before anything starts
// (Kahn, "Topological sorting of large networks", CACM 1962), then followed as items settle.
// Time and memory are linear in items plus dependencies.
import { DependencyError, cycleError, dependencyFailedError } from '../errors.js';
import { describe, typeError } from '../options.js';
import { FifoQueue, PriorityQueue } from './ready-order.js';

/**
 * @typedef {import('./ready-order.js').Skipped} Skipped
 * @typedef {import('./ready-order.js').ReadyOrder} ReadyOrder
 */

/**
 * The graph as numbers: item i depends on targets[begins[i]] ... targets[begins[i + 1] - 1].
 * @typedef {object} GraphShape
 * @property {string[]} keys
 * @property {Uint32Array} begins
 * @property {Uint32Array} targets
 */

/**
 * @param {unknown[]} items
 * @param {Function} keyOf
 * @param {Function} dependenciesOf
 * @returns {GraphShape} Throws DependencyError or TypeError.
 */
export function resolveGraph(items, keyOf, dependenciesOf) {
  const { keys, indexes } = readKeys(items, keyOf);
  const begins = new Uint32Array(items.length + 1);
  /** @type {number[]} */
  const targets = [];
  for (let index = 0; index < items.length; index++) {
    for (const dependency of dependencyList(dependenciesOf(items[index]), items[index])) {
      const target = indexes.get(dependency);
      if (target === undefined) throw unknownDependency(keys[index], dependency);
      targets.push(target);
    }
    begins[index + 1] = targets.length;
  }
  return { keys, begins, targets: Uint32Array.from(targets) };
}

/**
 * @param {unknown[]} items
 * @param {Function} keyOf
 */
function readKeys(items, keyOf) {
  /** @type {string[]} */
  const keys = [];
  /** @type {Map<string, number>} */
  const indexes = new Map();
  for (let index = 0; index < items.length; index++) {
    const key = keyOf(items[index]);
    if (typeof key !== 'string') throw typeError('key', 'a function that returns a string', key);
    keys.push(key);
    indexes.set(key, index);
    // One comparison of sizes instead of a look-up for each key.
    if (indexes.size !== index + 1) {
      const message = `two items have the key ${JSON.stringify(key)} (one of them at index ${index})`;
      throw new DependencyError('ERR_DUPLICATE_KEY', message, { key });
    }
  }
  return { keys, indexes };
}

/**
 * @param {unknown} value
 * @param {unknown} item
 * @returns {Iterable<string>}
 */
function dependencyList(value, item) {
  if (value === undefined || value === null) return [];
  if (typeof value === 'object' && Symbol.iterator in value) return /** @type {Iterable<string>} */ (value);
  throw typeError('dependencies', `a function that returns an iterable of keys (for the item ${describe(item)})`, value);
}

/**
 * @param {string} key
 * @param {unknown} dependency
 */
function unknownDependency(key, dependency) {
  if (typeof dependency !== 'string') {
    return typeError('dependencies', `a function that returns keys, which are strings (for the item ${JSON.stringify(key)})`, dependency);
  }
  const message = `${JSON.stringify(key)} depends on ${JSON.stringify(dependency)}, and no item has that key`;
  return new DependencyError('ERR_DEPENDENCY_UNKNOWN', message, { key, dependency });
}

/** @implements {ReadyOrder} */
export class GraphOrder {
  /**
   * @param {GraphShape} shape
   * @param {Float64Array | null} priorities
   */
  constructor(shape, priorities) {
    this.#keys = shape.keys;
    const count = shape.keys.length;
    this.#waiting = new Int32Array(count);
    this.#dependants = transpose(shape, this.#waiting);
    checkAcyclic(shape, this.#dependants, this.#waiting);
    this.#ready = priorities === null ? new FifoQueue() : new PriorityQueue(priorities);
    for (let index = 0; index < count; index++) if (this.#waiting[index] === 0) this.#ready.push(index);
  }

  #keys;
  /** How many dependencies each item still waits for; -1 once it was skipped. */
  #waiting;
  #dependants;
  #ready;

  take() {
    return this.#ready.pop();
  }

  hasReady() {
    return this.#ready.size > 0;
  }

  /** @param {number} index */
  succeeded(index) {
    const { begins, targets } = this.#dependants;
    const waiting = this.#waiting;
    let more = false;
    for (let edge = begins[index]; edge < begins[index + 1]; edge++) {
      const dependant = targets[edge];
      if (waiting[dependant] > 0 && --waiting[dependant] === 0) {
        this.#ready.push(dependant);
        more = true;
      }
    }
    return more;
  }

  /**
   * @param {number} index
   * @param {unknown} error
   * @returns {Skipped[]}
   */
  failed(index, error) {
    const { begins, targets } = this.#dependants;
    const dependency = this.#keys[index];
    /** @type {Skipped[]} */
    const skipped = [];
    const stack = [index];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      for (let edge = begins[next]; edge < begins[next + 1]; edge++) {
        const dependant = targets[edge];
        if (this.#waiting[dependant] < 0) continue;
        this.#waiting[dependant] = -1;
        skipped.push({ index: dependant, error: dependencyFailedError(this.#keys[dependant], dependency, error) });
        stack.push(dependant);
      }
    }
    return skipped;
  }
}

/**
 * From "depends on" to "is needed by"; counts the dependencies of each item on the way.
 * @param {GraphShape} shape
 * @param {Int32Array} waiting
 */
function transpose({ begins, targets }, waiting) {
  const count = waiting.length;
  const outBegins = new Uint32Array(count + 1);
  for (const target of targets) outBegins[target + 1]++;
  for (let index = 0; index < count; index++) outBegins[index + 1] += outBegins[index];
  const place = outBegins.slice(0, count);
  const outTargets = new Uint32Array(targets.length);
  for (let index = 0; index < count; index++) {
    const end = begins[index + 1];
    waiting[index] = end - begins[index];
    for (let edge = begins[index]; edge < end; edge++) outTargets[place[targets[edge]]++] = index;
  }
  return { begins: outBegins, targets: outTargets };
}

/**
 * @param {GraphShape} shape
 * @param {{ begins: Uint32Array, targets: Uint32Array }} dependants
 * @param {Int32Array} waiting
 */
function checkAcyclic(shape, dependants, waiting) {
  const left = waiting.slice();
  /** @type {number[]} */
  const queue = [];
  for (let index = 0; index < left.length; index++) if (left[index] === 0) queue.push(index);
  for (let head = 0; head < queue.length; head++) {
    const index = queue[head];
    for (let edge = dependants.begins[index]; edge < dependants.begins[index + 1]; edge++) {
      const dependant = dependants.targets[edge];
      if (--left[dependant] === 0) queue.push(dependant);
    }
  }
  if (queue.length === left.length) return;
  throw cycleError(findCycle(shape, left));
}

/**
 * Every item that is left depends on another that is left: following one such dependency after the
 * other must come back to an item already passed.
 * @param {GraphShape} shape
 * @param {Int32Array} left above 0 for the items on a cycle or behind one
 * @returns {string[]} keys, each depending on the next and the last on the first
 */
function findCycle({ keys, begins, targets }, left) {
  let index = left.findIndex((count) => count > 0);
  /** @type {Map<number, number>} */
  const positions = new Map();
  /** @type {number[]} */
  const path = [];
  while (!positions.has(index)) {
    positions.set(index, path.length);
    path.push(index);
    for (let edge = begins[index]; edge < begins[index + 1]; edge++) {
      if (left[targets[edge]] > 0) {
        index = targets[edge];
        break;
      }
    }
  }
  const cycle = path.slice(positions.get(index));
  return cycle.map((member) => keys[member]);
}

/**
 * Stands for an order that is followed natively: nothing is ready here, and the native run settles
 * every item.
 * @implements {ReadyOrder}
 */
export class NativeGraphOrder {
  /** @param {GraphShape} shape */
  constructor(shape) {
    this.shape = shape;
  }

  take() {
    return -1;
  }

  hasReady() {
    return false;
  }

  succeeded() {
    return false;
  }

  /** @returns {Skipped[]} */
  failed() {
    return [];
  }
}
