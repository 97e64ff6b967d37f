// Top-k, pairs and clusters against double-precision JavaScript; forms of input; what is refused.
import { describe, expect, test } from 'vitest';
import { similarity } from '../../../lib/index.js';
import { components, nestedRows, pairScores, randomRows, score, thresholdBetween, within } from './vectors.mjs';

const metrics = /** @type {const} */ (['cosine', 'dot', 'euclidean']);
const precisions = /** @type {const} */ (['single', 'double']);
const cases = metrics.flatMap((metric) => precisions.map((precision) => /** @type {const} */ ([metric, precision])));
const tolerance = { single: 1e-5, double: 1e-13 };

const ROWS = 333;
const COLUMNS = 67;
const values = randomRows(ROWS, COLUMNS);

/** Pairs of a search as a Map from i * rows + j. */
function byPosition({ i, j, scores }, rows) {
  return new Map(Array.from(i, (first, n) => [first * rows + j[n], scores[n]]));
}

describe.each(cases)('%s in %s precision', (metric, precision) => {
  const options = { metric, precision, dimensions: COLUMNS };
  const scores = pairScores(metric, values, COLUMNS);
  const threshold = thresholdBetween(metric, scores.values(), 0.1);

  test('pairs are those of the reference', async () => {
    const expected = new Map([...scores].filter(([, value]) => within(metric, value, threshold)));
    expect(expected.size).toBeGreaterThan(1000);
    const found = byPosition(await similarity.pairs(values, { ...options, threshold }).collect(), ROWS);
    expect([...found.keys()].sort((a, b) => a - b)).toEqual([...expected.keys()].sort((a, b) => a - b));
    for (const [position, value] of found) {
      expect(Math.abs(value - /** @type {number} */ (expected.get(position)))).toBeLessThan(tolerance[precision]);
    }
  });

  test('top-k finds the best of the reference, in order', async () => {
    const queries = randomRows(21, COLUMNS, 2);
    const { k, indices, scores: found, counts } = await similarity.topK(values, queries, { ...options, k: 7 });
    expect([k, indices.length, found.length, counts.length]).toEqual([7, 147, 147, 21]);
    expect(found).toBeInstanceOf(precision === 'double' ? Float64Array : Float32Array);
    for (let q = 0; q < 21; q++) {
      const all = Array.from({ length: ROWS }, (_, j) => score(metric, queries, values, q * COLUMNS, j * COLUMNS, COLUMNS));
      const best = Float64Array.from(all).sort();
      if (metric !== 'euclidean') best.reverse();
      expect(counts[q]).toBe(7);
      expect(new Set(indices.subarray(q * 7, q * 7 + 7)).size).toBe(7);
      for (let n = 0; n < 7; n++) {
        expect(Math.abs(found[q * 7 + n] - best[n])).toBeLessThan(tolerance[precision]);
        expect(Math.abs(all[indices[q * 7 + n]] - found[q * 7 + n])).toBeLessThan(tolerance[precision]);
      }
    }
  });

  test('top-k takes a threshold', async () => {
    const { k, indices, scores: found, counts } = await similarity.topK(values, null, { ...options, threshold, k: ROWS });
    expect(k).toBe(ROWS - 1);
    for (let q = 0; q < ROWS; q++) {
      let expected = 0;
      for (let j = 0; j < ROWS; j++) {
        if (j !== q && within(metric, /** @type {number} */ (scores.get(Math.min(q, j) * ROWS + Math.max(q, j))), threshold)) expected++;
      }
      expect(counts[q]).toBe(expected);
      if (expected === k) continue;
      expect(indices[q * k + expected]).toBe(-1);
      expect(found[q * k + expected]).toBeNaN();
    }
  });

  test('clusters are the connected components', async () => {
    const near = thresholdBetween(metric, scores.values(), 0.03);
    const edges = [...scores].filter(([, value]) => within(metric, value, near)).map(([at]) => /** @type {[number, number]} */ ([Math.floor(at / ROWS), at % ROWS]));
    const expected = components(ROWS, edges);
    const { labels, count, sizes } = await similarity.clusters(values, { ...options, threshold: near });
    expect([...labels]).toEqual(expected.labels);
    expect(count).toBe(expected.count);
    expect([...sizes]).toEqual(Array.from({ length: count }, (_, label) => expected.labels.filter((each) => each === label).length));
  });
});

describe('blocks', () => {
  test('the parts of a long matrix are merged for each query', async () => {
    const rows = randomRows(70_000, 3, 5);
    const queries = randomRows(5, 3, 6);
    const { indices, counts } = await similarity.topK(rows, queries, { dimensions: 3, metric: 'euclidean', precision: 'double', k: 20 });
    for (let q = 0; q < 5; q++) {
      const all = Array.from({ length: 70_000 }, (_, j) => [score('euclidean', queries, rows, q * 3, j * 3, 3), j]);
      const best = all.sort(([a, i], [b, j]) => a - b || i - j).slice(0, 20);
      expect(counts[q]).toBe(20);
      expect([...indices.subarray(q * 20, q * 20 + 20)]).toEqual(best.map(([, j]) => j));
    }
  });

  test('merging keeps the lower of equal rows and stops at a threshold', async () => {
    const rows = new Float32Array(40_000).fill(1);
    rows[39_999] = 2;
    const { indices, counts } = await similarity.topK(rows, [1.75], { dimensions: 1, metric: 'euclidean', k: 4, threshold: 0.75 });
    expect([...indices]).toEqual([39_999, 0, 1, 2]);
    expect([...counts]).toEqual([4]);
    const far = await similarity.topK(rows, [1.75], { dimensions: 1, metric: 'euclidean', k: 4, threshold: 0.5 });
    expect([...far.indices]).toEqual([39_999, -1, -1, -1]);
    expect([...far.counts]).toEqual([1]);
  });

  test('every pair of a large matrix is met once, in order within a batch', async () => {
    const rows = 12_000;
    const points = randomRows(rows, 2, 7, 400);
    const threshold = 1e-3;
    let expected = 0;
    for (let i = 0; i < rows; i++) {
      for (let j = i + 1; j < rows; j++) {
        const x = points[2 * i] - points[2 * j];
        const y = points[2 * i + 1] - points[2 * j + 1];
        if (Math.sqrt(x * x + y * y) <= threshold) expected++;
      }
    }
    const seen = new Set();
    let batches = 0;
    for await (const { i, j, scores } of similarity.pairs(points, { dimensions: 2, metric: 'euclidean', precision: 'double', threshold })) {
      batches++;
      expect(i.length).toBeGreaterThan(0);
      let last = -1;
      for (let n = 0; n < i.length; n++) {
        const position = i[n] * rows + j[n];
        expect(i[n] < j[n] && position > last && scores[n] <= threshold).toBe(true);
        last = position;
        seen.add(position);
      }
    }
    expect(batches).toBeGreaterThan(60);
    expect(seen.size).toBe(expected);
  });

  test('arrays of a batch can be transferred one by one', async () => {
    for await (const { i, j, scores } of similarity.pairs(values, { dimensions: COLUMNS, threshold: 0.9 })) {
      const moved = structuredClone([i, j, scores], { transfer: [i.buffer, j.buffer, scores.buffer] });
      expect(moved[0].length).toBe(moved[1].length);
      expect(i.length).toBe(0);
    }
  });
});

describe('input', () => {
  const wide = Float64Array.from(values);
  const rows = nestedRows(values, COLUMNS);
  const k = 3;

  test.each([
    ['a Float64Array', wide, { dimensions: COLUMNS }],
    ['an array of numbers', [...values], { dimensions: COLUMNS }],
    ['an array of arrays', rows, {}],
    ['an array of Float32Array', rows.map((row) => Float32Array.from(row)), {}],
    ['an array of Float64Array and arrays', rows.map((row, i) => (i % 2 === 0 ? row : Float64Array.from(row))), { dimensions: COLUMNS }],
    ['{ data, columns }', { data: values, columns: COLUMNS }, {}],
    ['{ data, columns, rows }', { data: [...values], columns: COLUMNS, rows: ROWS }, { dimensions: COLUMNS }],
    ['memory shared between threads', shared(values), { dimensions: COLUMNS }],
  ])('%s is as good as a Float32Array', async (_name, matrix, options) => {
    const expected = await similarity.topK(values, null, { dimensions: COLUMNS, k });
    expect(await similarity.topK(matrix, null, { ...options, k })).toEqual(expected);
  });

  test('one vector is one query', async () => {
    const expected = await similarity.topK(rows, [rows[5]], { k });
    expect([...expected.indices]).toContain(5);
    expect(await similarity.topK(rows, rows[5], { k })).toEqual(expected);
    expect(await similarity.topK(rows, Float32Array.from(rows[5]), { k })).toEqual(expected);
  });

  test('is read before the first result, and not again', async () => {
    const changing = values.slice();
    const expected = await similarity.topK(values, null, { dimensions: COLUMNS, k });
    const found = similarity.topK(changing, null, { dimensions: COLUMNS, k });
    changing.fill(1);
    expect(await found).toEqual(expected);
  });

  function shared(from) {
    const memory = new Float32Array(new SharedArrayBuffer(from.byteLength));
    memory.set(from);
    return memory;
  }
});

describe('special values', () => {
  test('the zero vector has cosine 0 with all, itself included', async () => {
    const { indices, scores } = await similarity.topK([[0, 0], [1, 2], [-1, -2]], [[0, 0], [1, 2]], { k: 3 });
    expect([...indices]).toEqual([0, 1, 2, 1, 0, 2]);
    expect([...scores]).toEqual([0, 0, 0, 1, 0, -1].map((x) => expect.closeTo(x, 6)));
    expect(await similarity.pairs([[0, 0], [1, 2], [0, 0]], { threshold: 0.1 }).collect()).toMatchObject({ i: new Uint32Array(0) });
    expect((await similarity.pairs([[0, 0], [1, 2], [0, 0]], { threshold: 0 }).collect()).i.length).toBe(3);
  });

  test('of equal scores the lower index comes first', async () => {
    const { indices } = await similarity.topK(new Array(50).fill([1, 2, 3]), [[1, 2, 3]], { k: 5 });
    expect([...indices]).toEqual([0, 1, 2, 3, 4]);
  });

  test('equal rows have distance 0 and are pairs at threshold 0', async () => {
    const found = await similarity.pairs([[0.1, 0.7], [3, 4], [0.1, 0.7]], { metric: 'euclidean', threshold: 0 }).collect();
    expect(found).toEqual({ i: Uint32Array.of(0), j: Uint32Array.of(2), scores: Float32Array.of(0) });
  });

  test('a row finds itself only when asked to', async () => {
    const rows = [[1, 0], [0, 1], [1, 1]];
    const without = await similarity.topK(rows, undefined, { k: 9 });
    expect([without.k, ...without.indices]).toEqual([2, 2, 1, 2, 0, 0, 1]);
    const included = await similarity.topK(rows, null, { k: 1, includeSelf: true });
    expect([...included.indices]).toEqual([0, 1, 2]);
  });

  test('of nothing there is nothing', async () => {
    const nothing = { k: 0, indices: new Int32Array(0), scores: new Float32Array(0), counts: new Uint32Array(0) };
    expect(await similarity.topK([])).toEqual(nothing);
    expect(await similarity.topK(new Float32Array(0), null, { dimensions: 3 })).toEqual(nothing);
    expect(await similarity.topK([], [[1, 2]])).toEqual({ ...nothing, counts: Uint32Array.of(0) });
    expect(await similarity.topK([[1, 2]], [])).toEqual({ ...nothing, k: 1 });
    expect(await similarity.topK([[1, 2]])).toEqual({ ...nothing, counts: Uint32Array.of(0) });
    expect(await similarity.pairs([], { threshold: 0.5 }).collect()).toEqual({ i: new Uint32Array(0), j: new Uint32Array(0), scores: new Float32Array(0) });
    expect(await similarity.clusters([], { threshold: 0.5 })).toEqual({ labels: new Uint32Array(0), count: 0, sizes: new Uint32Array(0) });
    expect(await similarity.clusters([[1]], { threshold: 0.5 })).toEqual({ labels: Uint32Array.of(0), count: 1, sizes: Uint32Array.of(1) });
  });

  test('cosine takes vectors of any length', async () => {
    const { scores } = await similarity.topK([[1e300, 1e300], [1e-300, 0], [5e-324, 5e-324]], [[1, 1]], { k: 3 });
    expect([...scores]).toEqual([1, 1, Math.SQRT1_2].map((x) => expect.closeTo(x, 6)));
  });
});

describe('refuses', () => {
  const good = [[1, 2], [3, 4]];
  const invalidType = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
  const outOfRange = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };

  test.each([
    ['no matrix', undefined, {}, invalidType, '"matrix" must be a Float32Array'],
    ['a matrix of another type', new Int8Array(4), {}, invalidType, '"matrix" must be'],
    ['a flat matrix without dimensions', new Float32Array(4), {}, invalidType, '"dimensions" must be given'],
    ['half a row', new Float32Array(5), { dimensions: 2 }, outOfRange, '"matrix.length" must be a multiple of 2. Received 5'],
    ['ragged rows', [[1, 2], [3]], {}, outOfRange, `"matrix[1].length" must be 2, as the first row's is. Received 1`],
    ['rows of other length than dimensions', good, { dimensions: 3 }, outOfRange, '"matrix[0].length" must be 3. Received 2'],
    ['rows without columns', [[], []], {}, outOfRange, '"matrix[0].length" must be at least 1'],
    ['a row that is none', [[1, 2], 'ab'], {}, invalidType, '"matrix[1]" must be an array of numbers'],
    ['a number that is none', [[1, 2], [3, '4']], {}, invalidType, `"matrix[1][1]" must be a number. Received '4'`],
    ['a hole', [[1, 2], new Array(2).fill(3, 0, 1)], {}, invalidType, '"matrix[1][1]" must be a number. Received undefined'],
    ['data without columns', { data: new Float32Array(4) }, {}, invalidType, '"matrix.columns" must be'],
    ['data of another type', { data: 'abcd', columns: 2 }, {}, invalidType, '"matrix.data" must be'],
    ['a wrong number of rows', { data: new Float32Array(4), columns: 2, rows: 3 }, {}, outOfRange, '"matrix.rows" must be 2'],
    ['columns that are not the dimensions', { data: new Float32Array(4), columns: 2 }, { dimensions: 4 }, outOfRange, '"matrix.columns" must be 4'],
    ['NaN', [[1, 2], [3, NaN]], {}, outOfRange, '"matrix", row 1, column 1: expected a finite number, received NaN'],
    ['Infinity', Float32Array.of(1, 2, -Infinity, 4), { dimensions: 2 }, outOfRange, '"matrix", row 1, column 0: expected a finite number, received -Infinity'],
    ['vectors whose products overflow', [[1, 2], [1e30, 4]], { metric: 'dot' }, outOfRange, '"matrix", row 1: its scores could overflow'],
    ['an unknown metric', good, { metric: 'manhattan' }, outOfRange, '"metric" must be one of'],
    ['an unknown precision', good, { precision: 'half' }, outOfRange, '"precision" must be one of'],
    ['k below 1', good, { k: 0 }, outOfRange, '"k" must be'],
    ['dimensions below 1', good, { dimensions: 0 }, outOfRange, '"dimensions" must be'],
    ['a cosine above 1', good, { threshold: 1.5 }, outOfRange, '"threshold" must be'],
    ['a distance below 0', good, { threshold: -1, metric: 'euclidean' }, outOfRange, '"threshold" must be'],
    ['a threshold that is NaN', good, { threshold: NaN }, outOfRange, '"threshold" must be'],
    ['a concurrency of 0', good, { concurrency: 0 }, outOfRange, '"concurrency" must be'],
    ['a signal that is none', good, { signal: {} }, invalidType, '"signal" must be an AbortSignal'],
    ['options that are none', good, 5, invalidType, '"options" must be'],
  ])('%s', async (_name, matrix, options, expected, message) => {
    await expect(similarity.topK(matrix, null, options)).rejects.toMatchObject({ ...expected, message: expect.stringContaining(message) });
  });

  test.each([
    ['queries of other length', [[1, 2, 3]], {}, '"queries[0].length" must be 2. Received 3'],
    ['queries that are not finite', [[1, 2], [Infinity, 1]], {}, '"queries", row 1, column 0'],
    ['includeSelf with queries', good, { includeSelf: true }, '"includeSelf" must be left out when queries are given'],
  ])('%s', async (_name, queries, options, message) => {
    await expect(similarity.topK(good, queries, options)).rejects.toMatchObject({ ...outOfRange, message: expect.stringContaining(message) });
  });

  test('pairs and clusters without a threshold', async () => {
    expect(() => similarity.pairs(good, {})).toThrow('"threshold" must be a number');
    await expect(similarity.clusters(good)).rejects.toMatchObject(invalidType);
  });

  test('more results than an array holds', async () => {
    const rows = new Float32Array(70_000);
    await expect(similarity.topK(rows, null, { dimensions: 1, k: 69_999 })).rejects.toMatchObject({ ...outOfRange, message: expect.stringContaining('"k" must be at most 61356 for 70000 queries') });
  });

  test('pairs of what is not finite, at the first batch', async () => {
    const stream = similarity.pairs([[NaN]], { threshold: 0 });
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ ...outOfRange, message: expect.stringContaining('row 0, column 0') });
    await expect(stream.collect()).rejects.toMatchObject(outOfRange);
  });
});
