// Composition: one operation after the other on the same item, on native threads all the way.
import { rangeError, typeError } from '../options.js';
import { NamedStage, Operation } from './operation.js';

/**
 * @typedef {import('./result-view.js').ResultView} ResultView
 * @typedef {{ operation: Operation, key: string | null, keep: boolean }} Stage
 */

class Pipe extends Operation {
  /** @param {Stage[]} stages */
  constructor(stages) {
    const operations = stages.map(({ operation }) => operation);
    const [first] = operations;
    const kept = stages.filter(({ keep }) => keep);
    super('pipe', { stages: stages.map(({ operation, keep }) => ({ name: operation.name, options: operation.options, keep })) }, {
      input: first.input,
      blocking: operations.some(({ blocking }) => blocking),
      returnsBytes: kept.some(({ operation }) => operation.returnsBytes),
      passesOn: operations[operations.length - 1].passesOn,
      encode: (item) => first.encodeAll([item]),
      accepts: (item) => first.accepts(item),
      expected: first.expected,
      decode: decoderOf(kept),
    });
    this.#operations = operations;
    this.#isNamed = kept.some(({ key }) => key !== null);
  }

  #operations;
  #isNamed;

  /** @override */
  get stages() {
    return this.#operations;
  }

  /** Whether the result is an object of the named stages' results. */
  get isNamed() {
    return this.#isNamed;
  }
}

/**
 * @param {Stage[]} kept
 * @returns {(view: ResultView, k: number, item: unknown) => unknown}
 */
function decoderOf(kept) {
  const [only] = kept;
  if (only.key === null) return (view, k, item) => only.operation.decode(view.kept[0], k, item);
  return (view, k, item) => {
    /** @type {Record<string, unknown>} */
    const result = {};
    for (let i = 0; i < kept.length; i++) result[/** @type {string} */ (kept[i].key)] = kept[i].operation.decode(view.kept[i], k, item);
    return result;
  };
}

/**
 * The stages one by one; those of a pipe among them are its own.
 * @param {unknown} given
 * @param {number} i
 * @returns {{ operation: Operation, key: string | null }[]}
 */
function expand(given, i) {
  const key = given instanceof NamedStage ? given.name : null;
  const operation = given instanceof NamedStage ? given.operation : given;
  if (!(operation instanceof Operation)) throw typeError(`stage ${i + 1}`, 'an operation', given);
  if (!(operation instanceof Pipe)) return [{ operation, key }];
  if (operation.isNamed) throw typeError(`stage ${i + 1}`, 'an operation or a pipe without named stages', given);
  return operation.stages.map((stage, k, all) => ({ operation: stage, key: k === all.length - 1 ? key : null }));
}

/** @param {readonly { operation: Operation, key: string | null }[]} stages */
function checkOrder(stages) {
  for (let i = 1; i < stages.length; i++) {
    const [before, after] = [stages[i - 1].operation, stages[i].operation];
    if (after.input === 'none' || after.input === before.passesOn) continue;
    const passed = before.passesOn === null ? 'nothing' : before.passesOn === 'path' ? 'a path' : 'content';
    throw new TypeError(`pipe: ${after.name} cannot follow ${before.name}, which passes on ${passed}; ${after.name} takes ${after.expected}`);
  }
}

/** @param {readonly { key: string | null }[]} stages */
function checkNames(stages) {
  const seen = new Set();
  for (const { key } of stages) {
    if (key !== null && seen.has(key)) throw rangeError('stages', 'names that differ', key);
    seen.add(key);
  }
}

/**
 * @param {readonly unknown[]} given operations, or operations under names
 * @returns {any}
 */
function pipeOf(given) {
  if (given.length === 0) throw new TypeError('pipe: at least one operation is needed');
  const stages = given.flatMap(expand);
  checkOrder(stages);
  checkNames(stages);
  const isNamed = stages.some(({ key }) => key !== null);
  return new Pipe(stages.map((stage, i) => ({ ...stage, keep: isNamed ? stage.key !== null : i === stages.length - 1 })));
}

/** @type {typeof import('../../types/operations/index.js').pipe} */
export const pipe = (...stages) => pipeOf(stages);
