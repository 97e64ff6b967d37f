// Vectors for the tests of similarity, and their scores in the plainest double-precision JavaScript.

/** Numbers in [0, 1), the same every time. @param {number} seed */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Rows around a few centres, so that some pairs are near and most are not.
 * @param {number} rows
 * @param {number} columns
 */
export function randomRows(rows, columns, seed = 1, centres = 9) {
  const random = seeded(seed);
  const centre = Float64Array.from({ length: centres * columns }, () => random() - 0.5);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const c = Math.floor(random() * centres) * columns;
    for (let k = 0; k < columns; k++) values[i * columns + k] = centre[c + k] + 0.5 * (random() - 0.5);
  }
  return values;
}

/** @param {ArrayLike<number>} values @param {number} columns */
export function nestedRows(values, columns) {
  return Array.from({ length: values.length / columns }, (_, i) => Array.prototype.slice.call(values, i * columns, (i + 1) * columns));
}

/**
 * @param {'cosine' | 'dot' | 'euclidean'} metric
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function score(metric, a, b, aAt = 0, bAt = 0, columns = a.length) {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  let distance = 0;
  for (let k = 0; k < columns; k++) {
    const x = a[aAt + k];
    const y = b[bAt + k];
    dot += x * y;
    aa += x * x;
    bb += y * y;
    distance += (x - y) ** 2;
  }
  if (metric === 'dot') return dot;
  if (metric === 'euclidean') return Math.sqrt(distance);
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa) / Math.sqrt(bb);
}

/**
 * Scores of all pairs i < j, by i * rows + j.
 * @param {'cosine' | 'dot' | 'euclidean'} metric
 * @param {ArrayLike<number>} values
 * @param {number} columns
 */
export function pairScores(metric, values, columns) {
  const rows = values.length / columns;
  /** @type {Map<number, number>} */
  const scores = new Map();
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) scores.set(i * rows + j, score(metric, values, values, i * columns, j * columns, columns));
  }
  return scores;
}

/**
 * A threshold that about a share of the scores is within, and that no score is near.
 * @param {'cosine' | 'dot' | 'euclidean'} metric
 * @param {Iterable<number>} scores
 * @param {number} share
 */
export function thresholdBetween(metric, scores, share, distance = 1e-5) {
  const sorted = Float64Array.from(scores).sort();
  if (metric !== 'euclidean') sorted.reverse();
  for (let n = Math.floor(sorted.length * share); n + 1 < sorted.length; n++) {
    if (Math.abs(sorted[n] - sorted[n + 1]) > 2 * distance) return (sorted[n] + sorted[n + 1]) / 2;
  }
  throw new Error('no gap between the scores');
}

/** @param {'cosine' | 'dot' | 'euclidean'} metric @param {number} value @param {number} threshold */
export function within(metric, value, threshold) {
  return metric === 'euclidean' ? value <= threshold : value >= threshold;
}

/**
 * Labels by a search through the graph of pairs.
 * @param {number} rows
 * @param {Iterable<[number, number]>} pairs
 */
export function components(rows, pairs) {
  const neighbours = Array.from({ length: rows }, () => /** @type {number[]} */ ([]));
  for (const [i, j] of pairs) {
    neighbours[i].push(j);
    neighbours[j].push(i);
  }
  const labels = new Int32Array(rows).fill(-1);
  let count = 0;
  for (let start = 0; start < rows; start++) {
    if (labels[start] >= 0) continue;
    const stack = [start];
    labels[start] = count;
    while (stack.length > 0) {
      for (const next of neighbours[/** @type {number} */ (stack.pop())]) {
        if (labels[next] >= 0) continue;
        labels[next] = count;
        stack.push(next);
      }
    }
    count++;
  }
  return { labels: [...labels], count };
}
