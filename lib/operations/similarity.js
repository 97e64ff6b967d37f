// Exact similarity searches over vectors: top-k, pairs over a threshold, clusters. The matrix is copied into
// the addon once a search; blocks of it run on all cores.
import { usableCores } from '../cores.js';
import { integer, boolean, number, oneOf, optionalFunction, optionalSignal, rangeError, record, typeError } from '../options.js';
import { blocksInOrder } from './block-run.js';
import { readMatrix } from './matrix-input.js';
import { Operation } from './operation.js';
import { boundsOf, pairBlocks, searchBlocks } from './search-blocks.js';
import { TopKMerge } from './top-k-merge.js';

/**
 * @typedef {import('./matrix-input.js').FlatMatrix} FlatMatrix
 * @typedef {import('./result-view.js').ResultView} ResultView
 * @typedef {Float32Array | Float64Array} Scores
 * @typedef {import('../../types/operations/similarity.js').TopKResult<Scores>} TopKResult
 * @typedef {import('../../types/operations/similarity.js').SimilarPairs<Scores>} SimilarPairs
 * @typedef {import('../../types/operations/similarity.js').Clusters} Clusters
 *
 * What all searches take.
 * @typedef {object} Search
 * @property {'cosine' | 'dot' | 'euclidean'} metric
 * @property {'single' | 'double'} precision
 * @property {number} concurrency
 * @property {AbortSignal | null} signal
 * @property {((completed: number, total: number) => void) | null} onProgress
 * @property {number | undefined} dimensions of a flat matrix
 */

const METRICS = /** @type {const} */ (['cosine', 'dot', 'euclidean']);
const PRECISIONS = /** @type {const} */ (['single', 'double']);
const DEFAULT_K = 10;
const MAX_CONCURRENCY = 1024;
/** Entries that a typed array of results may have. */
const MAX_ENTRIES = 2 ** 32 - 1;
/** The item that asks for the labels, after all others. */
const LABELS = new Uint8Array(0);

/** @param {Record<string, unknown>} given @returns {Search} */
function searchOf(given) {
  return {
    metric: oneOf('metric', given.metric, 'cosine', METRICS),
    precision: oneOf('precision', given.precision, 'single', PRECISIONS),
    concurrency: integer('concurrency', given.concurrency, usableCores(), 1, MAX_CONCURRENCY),
    signal: optionalSignal('signal', given.signal),
    onProgress: optionalFunction('onProgress', given.onProgress),
    dimensions: given.dimensions === undefined || given.dimensions === null ? undefined : integer('dimensions', given.dimensions, 1),
  };
}

/**
 * @param {Search['metric']} metric
 * @param {unknown} threshold
 * @returns {number | null} null when there is none
 */
function thresholdOf(metric, threshold) {
  if (threshold === undefined || threshold === null) return null;
  const range = { cosine: { min: -1, max: 1 }, dot: { min: -Number.MAX_VALUE }, euclidean: { min: 0 } }[metric];
  return number('threshold', threshold, 0, range);
}

/**
 * @param {Search['metric']} metric
 * @param {unknown} threshold
 */
function requiredThreshold(metric, threshold) {
  const required = thresholdOf(metric, threshold);
  if (required === null) throw typeError('threshold', 'a number', threshold);
  return required;
}

/** @param {Search['precision']} precision */
function scalarBytes(precision) {
  return precision === 'double' ? 8 : 4;
}

/** @param {Search['precision']} precision @returns {{ new (from: any): Scores, BYTES_PER_ELEMENT: number }} */
function scoresClass(precision) {
  return precision === 'double' ? Float64Array : Float32Array;
}

/**
 * An item's block as a typed array with memory of its own, which the caller may transfer.
 * @template T
 * @param {ResultView} view
 * @param {number} k
 * @param {number} i
 * @param {{ new (buffer: ArrayBuffer): T, BYTES_PER_ELEMENT: number }} Type
 */
function typedBlock(view, k, i, Type) {
  const { buffer, byteOffset, byteLength } = view.block(k, i);
  const memory = /** @type {ArrayBuffer} */ (buffer);
  return new Type(byteLength === memory.byteLength ? memory : memory.slice(byteOffset, byteOffset + byteLength));
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} options
 * @param {(view: ResultView, k: number, item: Uint8Array) => unknown} decode
 */
function searchOperation(name, options, decode) {
  return new Operation(name, options, { input: 'bytes', blocking: false, returnsBytes: true, passesOn: null, decode });
}

/**
 * @param {unknown} matrix
 * @param {unknown} [queries]
 * @param {unknown} [options]
 * @returns {Promise<TopKResult>}
 */
async function topK(matrix, queries, options) {
  const given = record('options', options);
  const search = searchOf(given);
  const wanted = integer('k', given.k, DEFAULT_K);
  const threshold = thresholdOf(search.metric, given.threshold);
  const self = queries === undefined || queries === null;
  const includeSelf = boolean('includeSelf', given.includeSelf, false);
  if (!self && includeSelf) throw rangeError('includeSelf', 'left out when queries are given', includeSelf);
  const rows = readMatrix('matrix', matrix, search.dimensions, 'dimensions');
  const asked = self ? rows : readMatrix('queries', queries, rows.columns || search.dimensions, 'dimensions');
  const k = Math.min(wanted, self && !includeSelf ? Math.max(rows.rows - 1, 0) : rows.rows);
  if (asked.rows * k > MAX_ENTRIES) throw rangeError('k', `at most ${Math.floor(MAX_ENTRIES / asked.rows)} for ${asked.rows} queries`, wanted);
  const result = new TopKMerge(asked.rows, k, search.metric === 'euclidean', scoresClass(search.precision));
  if (k > 0 && asked.rows > 0) {
    const native = { matrix: rows, queries: self ? null : asked, k, threshold, includeSelf, ...nativeSearch(search) };
    const operation = () => searchOperation('similarity.topK', native, decodeTopK(search.precision));
    const blocks = searchBlocks(asked.rows, rows.rows, rows.columns, scalarBytes(search.precision));
    for await (const part of blocksInOrder(operation, blocks, search)) result.add(part);
  }
  search.signal?.throwIfAborted();
  return result.finish();
}

/** @param {Search} search */
function nativeSearch({ metric, precision }) {
  return { metric, precision };
}

/** @param {Search['precision']} precision */
function decodeTopK(precision) {
  return (/** @type {ResultView} */ view, /** @type {number} */ k, /** @type {Uint8Array} */ item) => ({
    begin: boundsOf(item).queriesBegin,
    counts: typedBlock(view, k, 0, Uint32Array),
    rows: typedBlock(view, k, 1, Int32Array),
    scores: typedBlock(view, k, 2, scoresClass(precision)),
  });
}

/**
 * @param {unknown} matrix
 * @param {unknown} options
 * @returns {PairStream}
 */
function pairs(matrix, options) {
  const given = record('options', options);
  const search = searchOf(given);
  const threshold = requiredThreshold(search.metric, given.threshold);
  return new PairStream(readMatrix('matrix', matrix, search.dimensions, 'dimensions'), threshold, search);
}

/** Each iteration is a search of its own. */
class PairStream {
  /**
   * @param {FlatMatrix} matrix
   * @param {number} threshold
   * @param {Search} search
   */
  constructor(matrix, threshold, search) {
    this.#matrix = matrix;
    this.#threshold = threshold;
    this.#search = search;
  }

  #matrix;
  #threshold;
  #search;

  /** @returns {AsyncGenerator<SimilarPairs, void, undefined>} */
  [Symbol.asyncIterator]() {
    const { rows, columns } = this.#matrix;
    const { precision } = this.#search;
    const native = { matrix: this.#matrix, threshold: this.#threshold, ...nativeSearch(this.#search) };
    const operation = () => searchOperation('similarity.pairs', native, decodePairs(precision));
    return withPairs(blocksInOrder(operation, rows === 0 ? [] : pairBlocks(rows, columns, scalarBytes(precision)), this.#search));
  }

  /** @returns {Promise<SimilarPairs>} */
  async collect() {
    const batches = [];
    for await (const batch of this) batches.push(batch);
    const length = batches.reduce((sum, { i }) => sum + i.length, 0);
    if (length > MAX_ENTRIES) throw rangeError('threshold', `one that at most ${MAX_ENTRIES} pairs meet`, this.#threshold);
    const all = { i: new Uint32Array(length), j: new Uint32Array(length), scores: new (scoresClass(this.#search.precision))(length) };
    let at = 0;
    for (const { i, j, scores } of batches) {
      all.i.set(i, at);
      all.j.set(j, at);
      all.scores.set(scores, at);
      at += i.length;
    }
    return all;
  }
}

/** @param {Search['precision']} precision */
function decodePairs(precision) {
  return (/** @type {ResultView} */ view, /** @type {number} */ k) => ({
    i: typedBlock(view, k, 0, Uint32Array),
    j: typedBlock(view, k, 1, Uint32Array),
    scores: typedBlock(view, k, 2, scoresClass(precision)),
  });
}

/**
 * Leaves out the blocks without a pair.
 * @param {AsyncGenerator<SimilarPairs, void, undefined>} batches
 */
async function* withPairs(batches) {
  for await (const batch of batches) if (batch.i.length > 0) yield batch;
}

/**
 * @param {unknown} matrix
 * @param {unknown} options
 * @returns {Promise<Clusters>}
 */
async function clusters(matrix, options) {
  const given = record('options', options);
  const search = searchOf(given);
  const threshold = requiredThreshold(search.metric, given.threshold);
  const flat = readMatrix('matrix', matrix, search.dimensions, 'dimensions');
  /** @type {Clusters} */
  let found = { labels: new Uint32Array(0), count: 0, sizes: new Uint32Array(0) };
  if (flat.rows === 0) return found;
  const native = { matrix: flat, threshold, ...nativeSearch(search) };
  const operation = () => searchOperation('similarity.clusters', native, decodeClusters);
  const blocks = pairBlocks(flat.rows, flat.columns, scalarBytes(search.precision));
  for await (const labels of blocksInOrder(operation, blocks, { ...search, last: LABELS })) found = labels;
  search.signal?.throwIfAborted();
  return found;
}

/**
 * @param {ResultView} view
 * @param {number} k
 * @param {Uint8Array} item
 */
function decodeClusters(view, k, item) {
  if (item !== LABELS) return null;
  const sizes = typedBlock(view, k, 1, Uint32Array);
  return { labels: typedBlock(view, k, 0, Uint32Array), count: sizes.length, sizes };
}

export const similarity = /** @type {import('../../types/operations/similarity.js').Similarity} */ (/** @type {unknown} */ (Object.freeze({ topK, pairs, clusters })));
