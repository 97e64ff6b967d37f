// Exact similarity over embeddings: pairs over a threshold, top-k, growth with the number of rows.

import { peakMemory } from '../../harness/machine.mjs';
import { seededRandom } from '../../harness/random.mjs';
import { measure } from '../measure.mjs';

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {{ rows: number, columns: number }} Size */

/**
 * Vectors around centres, some of them near copies of the row before: as embeddings of pages are, a few pairs are
 * very close, some are related, most are not.
 *
 * @param {Size} size
 * @returns {Float32Array}
 */
function embeddings({ rows, columns }, seed = 1) {
  const random = seededRandom(seed);
  const noise = () => random() + random() + random() - 1.5;
  const centres = Float32Array.from({ length: 40 * columns }, noise);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const centre = Math.floor(random() * 40) * columns;
    const copies = i > 0 && i % 10 === 0;
    for (let k = 0; k < columns; k++) {
      const near = copies ? values[(i - 1) * columns + k] : centres[centre + k];
      values[i * columns + k] = near + (copies ? 0.2 : 1) * noise();
    }
  }
  return values;
}

/**
 * Each row scaled to length 1 once, so that a cosine is a dot product.
 *
 * @param {Float32Array} values
 * @param {number} columns
 */
function normalized(values, columns) {
  const scaled = new Float32Array(values.length);
  for (let begin = 0; begin < values.length; begin += columns) {
    let sum = 0;
    for (let k = begin; k < begin + columns; k++) sum += values[k] * values[k];
    const factor = sum === 0 ? 0 : 1 / Math.sqrt(sum);
    for (let k = begin; k < begin + columns; k++) scaled[k] = values[k] * factor;
  }
  return scaled;
}

/**
 * As fast as plain JavaScript gets: unrolled by 8, with four sums, because one would wait for each addition.
 *
 * @param {Float32Array} values
 * @param {number} a   where the rows begin
 * @param {number} b
 * @param {number} columns
 */
function dot(values, a, b, columns) {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 8 <= columns; k += 8) {
    s0 += values[a + k] * values[b + k] + values[a + k + 4] * values[b + k + 4];
    s1 += values[a + k + 1] * values[b + k + 1] + values[a + k + 5] * values[b + k + 5];
    s2 += values[a + k + 2] * values[b + k + 2] + values[a + k + 6] * values[b + k + 6];
    s3 += values[a + k + 3] * values[b + k + 3] + values[a + k + 7] * values[b + k + 7];
  }
  for (; k < columns; k++) s0 += values[a + k] * values[b + k];
  return s0 + s1 + (s2 + s3);
}

/** Rows of one centre have a cosine of about 0.5, those of two of about 0. */
const kThreshold = 0.4;
/** Pairs this near to the threshold may be found by one and not by another: sums are rounded differently. */
const kMargin = 1e-5;

/**
 * What contenders must agree on: the pairs that are not near the threshold, in order.
 *
 * @param {{ i: ArrayLike<number>, j: ArrayLike<number>, scores: ArrayLike<number> }} pairs
 * @param {number} rows
 */
function clearPairs({ i, j, scores }, rows) {
  const positions = [];
  for (let n = 0; n < i.length; n++) if (scores[n] > kThreshold + kMargin) positions.push(i[n] * rows + j[n]);
  return Float64Array.from(positions).sort().join();
}

/**
 * @param {(context: Context) => Promise<(values: Float32Array, size: Size) => any>} load
 * @returns {(context: Context) => Promise<import('../measure.mjs').Measurement>}
 */
function pairing(load) {
  return async (context) => {
    const { size } = context.fixture;
    const values = embeddings(size);
    const run = await load(context);
    const few = { rows: 200, columns: size.columns };
    return measure(() => run(values, size), {
      items: (size.rows * (size.rows - 1)) / 2,
      warmUp: () => run(values.subarray(0, few.rows * few.columns), few),
      digest: (pairs) => clearPairs(pairs, size.rows),
      details: ({ i }) => ({ pairs: i.length }),
    });
  };
}

/** @param {(values: Float32Array, size: Size) => (a: number, b: number) => number} prepare */
function plainPairs(prepare) {
  return pairing(async () => (values, size) => {
    const score = prepare(values, size);
    /** @type {{ i: number[], j: number[], scores: number[] }} */
    const pairs = { i: [], j: [], scores: [] };
    for (let a = 0; a < size.rows; a++) {
      for (let b = a + 1; b < size.rows; b++) {
        const value = score(a, b);
        if (value < kThreshold) continue;
        pairs.i.push(a);
        pairs.j.push(b);
        pairs.scores.push(value);
      }
    }
    return pairs;
  });
}

const plainJavaScript = {
  note: 'rows normalised once into a Float32Array, inner loop unrolled by 8 with four sums',
  run: plainPairs((values, { columns }) => {
    const scaled = normalized(values, columns);
    return (a, b) => dot(scaled, a * columns, b * columns, columns);
  }),
};

const oursPairs = pairing(async ({ library }) => {
  const { similarity } = await import(library);
  return (values, { columns }) => similarity.pairs(values, { dimensions: columns, threshold: kThreshold }).collect();
});

const kNeighbours = 10;
/** One more is found than is compared, which tells whether the last place was close. */
const kFound = kNeighbours + 1;
/** Rows nearer to each other than this may change places: sums are rounded differently. */
const kGap = 1e-4;

/** @typedef {{ indices: ArrayLike<number>, scores: ArrayLike<number> }} Neighbours  kFound of each query */

/**
 * What contenders must agree on: the ten nearest of each query for which the eleventh is clearly farther.
 *
 * @param {Neighbours} neighbours
 */
function clearNeighbours({ indices, scores }) {
  const sets = [];
  for (let begin = 0; begin < indices.length; begin += kFound) {
    if (scores[begin + kNeighbours - 1] - scores[begin + kNeighbours] < kGap) continue;
    sets.push([begin / kFound, ...Array.from({ length: kNeighbours }, (_, n) => indices[begin + n]).sort((x, y) => x - y)]);
  }
  return sets;
}

/**
 * Queries are the first rows.
 *
 * @param {(context: Context) => Promise<(values: Float32Array, size: Size, queries: number) => Neighbours | Promise<Neighbours>>} load
 * @returns {(context: Context) => Promise<import('../measure.mjs').Measurement>}
 */
function finding(load) {
  return async (context) => {
    const { size, queries } = context.fixture;
    const values = embeddings(size);
    const run = await load(context);
    return measure(() => run(values, size, queries), {
      items: queries,
      warmUp: () => run(values, size, 20),
      digest: clearNeighbours,
    });
  };
}

/**
 * Keeps the best by insertion, which beats a heap at this size.
 *
 * @param {number} rows
 * @param {number} queries
 * @param {(a: number, b: number) => number} score
 * @returns {Neighbours}
 */
function plainTopK(rows, queries, score) {
  const found = { indices: new Int32Array(queries * kFound), scores: new Float64Array(queries * kFound).fill(-Infinity) };
  for (let a = 0; a < queries; a++) {
    const indices = found.indices.subarray(a * kFound, (a + 1) * kFound);
    const best = found.scores.subarray(a * kFound, (a + 1) * kFound);
    for (let b = 0; b < rows; b++) {
      const value = score(a, b);
      if (value <= best[kFound - 1]) continue;
      let at = kFound - 1;
      for (; at > 0 && best[at - 1] < value; at--) {
        best[at] = best[at - 1];
        indices[at] = indices[at - 1];
      }
      best[at] = value;
      indices[at] = b;
    }
  }
  return found;
}

/** @param {Float32Array} values @param {Size} size */
function rowsOf(values, { rows, columns }) {
  return Array.from({ length: rows }, (_, i) => values.subarray(i * columns, (i + 1) * columns));
}

const topKContenders = {
  ours: finding(async ({ library }) => {
    const { similarity } = await import(library);
    return (values, { columns }, queries) => similarity.topK(values, values.subarray(0, queries * columns), { dimensions: columns, k: kFound });
  }),
  'plain JavaScript': {
    note: plainJavaScript.note,
    run: finding(async () => (values, { rows, columns }, queries) => {
      const scaled = normalized(values, columns);
      return plainTopK(rows, queries, (a, b) => dot(scaled, a * columns, b * columns, columns));
    }),
  },
  'ml-distance': {
    packages: ['ml-distance'],
    run: finding(async ({ peer }) => {
      const { similarity } = await peer('ml-distance');
      return (values, size, queries) => {
        const list = rowsOf(values, size);
        return plainTopK(size.rows, queries, (a, b) => similarity.cosine(list[a], list[b]));
      };
    }),
  },
  'compute-cosine-similarity': {
    packages: ['compute-cosine-similarity'],
    note: 'given arrays of numbers, the only input it takes',
    run: finding(async ({ peer }) => {
      const { default: cosine } = await peer('compute-cosine-similarity');
      return (values, size, queries) => {
        const list = rowsOf(values, size).map((row) => Array.from(row));
        return plainTopK(size.rows, queries, (a, b) => cosine(list[a], list[b]));
      };
    }),
  },
};

/** All pairs of a matrix of random rows, none of which is kept in memory. @param {number} share of the rows */
function growing(share) {
  return async (/** @type {Context} */ { fixture, library }) => {
    const { rows, columns } = fixture.size;
    const size = { rows: rows / share, columns };
    const values = embeddings(size);
    const { similarity } = await import(library);
    const run = async (/** @type {Float32Array} */ matrix) => {
      let pairs = 0;
      for await (const { i } of similarity.pairs(matrix, { dimensions: columns, threshold: kThreshold })) pairs += i.length;
      return pairs;
    };
    await run(values.subarray(0, 200 * columns));
    const before = peakMemory();
    return measure(() => run(values), {
      items: (size.rows * (size.rows - 1)) / 2,
      digest: () => share,
      details: (pairs) => ({ rows: size.rows, pairs, 'MB of vectors': Math.round(values.byteLength / 1e6), 'MB more than before': Math.round((peakMemory() - before) / 1e6) }),
    });
  };
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'similarity/pairs',
    describe: 'all pairs of 2356 x 768 with a cosine of at least 0.4 (quick: 800 x 768)',
    unit: 'pair',
    pairs: 9,
    prepare: ({ quick }) => ({ size: { rows: quick ? 800 : 2356, columns: 768 } }),
    contenders: { ours: oursPairs, 'plain JavaScript': plainJavaScript },
  },
  {
    name: 'similarity/top-k',
    describe: 'the 11 nearest of 4000 x 384 for 400 queries (quick: 100)',
    unit: 'query',
    pairs: 7,
    prepare: ({ quick }) => ({ size: { rows: 4000, columns: 384 }, queries: quick ? 100 : 400 }),
    contenders: topKContenders,
  },
  {
    name: 'similarity/growth',
    describe: 'all pairs of 20000 x 256 (quick: 8000) and of a half and a quarter of the rows: time of a pair, memory',
    unit: 'pair',
    informational: true,
    pairs: 7,
    prepare: ({ quick }) => ({ size: { rows: quick ? 8000 : 20_000, columns: 256 } }),
    // Other numbers of rows have other pairs.
    check: () => {},
    contenders: { ours: growing(1), 'half of the rows': growing(2), 'a quarter of the rows': growing(4) },
  },
];
