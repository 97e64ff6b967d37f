// Rank statistics for small samples of log-ratios. Pure functions, no assumption of normality.
// Exact null distributions up to kExactLimit observations, the normal approximation beyond.

const kExactLimit = 60;

/**
 * @typedef {object} Estimate
 * @property {number} value       the Hodges-Lehmann point estimate
 * @property {number} lower       -Infinity when the sample is too small for the confidence asked
 * @property {number} upper
 * @property {number} confidence  what the interval really covers, at least what was asked
 * @property {number} count
 */

/**
 * @typedef {'faster' | 'slower' | 'inconclusive'} Verdict
 */

/** @param {readonly number[]} values @returns {number} */
export function median(values) {
  if (values.length === 0) throw new RangeError('median needs at least one value');
  return medianOfSorted([...values].sort(ascending));
}

/**
 * One-sample Hodges-Lehmann estimate (the median of the Walsh averages), with the interval obtained by inverting the
 * Wilcoxon signed-rank test.
 *
 * @param {readonly number[]} sample
 * @param {number} [confidence]
 * @returns {Estimate}
 */
export function signedRankEstimate(sample, confidence = 0.95) {
  const count = sample.length;
  const averages = [];
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) averages.push((sample[i] + sample[j]) / 2);
  }
  const tail = lowerTail(
    confidence,
    count <= kExactLimit ? () => signedRankCounts(count) : null,
    (count * (count + 1)) / 4,
    Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24),
  );
  return between(averages, tail, confidence, count);
}

/**
 * Two-sample Hodges-Lehmann shift of `later` against `earlier` (the median of all differences), with the interval obtained
 * by inverting the rank-sum test.
 *
 * @param {readonly number[]} earlier
 * @param {readonly number[]} later
 * @param {number} [confidence]
 * @returns {Estimate}
 */
export function rankSumEstimate(earlier, later, confidence = 0.95) {
  const [m, n] = [earlier.length, later.length];
  const differences = later.flatMap((b) => earlier.map((a) => b - a));
  const tail = lowerTail(
    confidence,
    m + n <= 2 * kExactLimit ? () => rankSumCounts(m, n) : null,
    (m * n) / 2,
    Math.sqrt((m * n * (m + n + 1)) / 12),
  );
  return between(differences, tail, confidence, m + n);
}

/**
 * What an estimate of log(ours / other) says, given that effects within the margin do not matter. Only an interval that lies
 * wholly beyond the margin is a verdict.
 *
 * @param {Pick<Estimate, 'lower' | 'upper'>} estimate
 * @param {number} margin  a log-ratio, e.g. Math.log(1.03)
 * @returns {Verdict}
 */
export function verdictOf({ lower, upper }, margin) {
  if (upper < -margin) return 'faster';
  if (lower > margin) return 'slower';
  return 'inconclusive';
}

/** @param {Pick<Estimate, 'lower' | 'upper'>} estimate @param {number} [value] */
export function contains({ lower, upper }, value = 0) {
  return lower <= value && value <= upper;
}

/**
 * How many of the 2^n sign patterns give each signed-rank sum: index W, value the number of subsets of 1..n that sum to W.
 *
 * @param {number} n
 * @returns {number[]}
 */
export function signedRankCounts(n) {
  const counts = new Array((n * (n + 1)) / 2 + 1).fill(0);
  counts[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = counts.length - 1; sum >= rank; sum--) counts[sum] += counts[sum - rank];
  }
  return counts;
}

/**
 * How many of the C(m+n, m) orders give each Mann-Whitney U: the coefficients of the Gaussian binomial, by multiplying with
 * (1 - q^(n+i)) and dividing by (1 - q^i).
 *
 * @param {number} m
 * @param {number} n
 * @returns {number[]}
 */
export function rankSumCounts(m, n) {
  const counts = new Array(m * n + 1).fill(0);
  counts[0] = 1;
  for (let i = 1; i <= m; i++) {
    for (let u = counts.length - 1; u >= n + i; u--) counts[u] -= counts[u - n - i];
    for (let u = i; u < counts.length; u++) counts[u] += counts[u - i];
  }
  return counts;
}

/**
 * How many of the smallest (and largest) pairwise values the interval leaves out, and the tail probability that leaves. -1 when
 * even the whole range does not cover the confidence.
 *
 * @param {number} confidence
 * @param {(() => number[]) | null} exactCounts
 * @param {number} mean
 * @param {number} deviation
 * @returns {{ cut: number, probability: number }}
 */
function lowerTail(confidence, exactCounts, mean, deviation) {
  const allowed = (1 - confidence) / 2;
  if (exactCounts === null) {
    const cut = Math.floor(mean - normalQuantile(1 - allowed) * deviation - 0.5);
    return { cut: Math.max(cut, -1), probability: allowed };
  }
  const counts = exactCounts();
  const total = counts.reduce((sum, count) => sum + count, 0);
  let cut = -1;
  let cumulative = 0;
  while (cut + 1 < counts.length && (cumulative + counts[cut + 1]) / total <= allowed) {
    cut += 1;
    cumulative += counts[cut];
  }
  return { cut, probability: cumulative / total };
}

/**
 * @param {number[]} values  the Walsh averages or pairwise differences
 * @param {{ cut: number, probability: number }} tail
 * @param {number} confidence
 * @param {number} count
 * @returns {Estimate}
 */
function between(values, { cut, probability }, confidence, count) {
  if (values.length === 0) throw new RangeError('an estimate needs at least one observation');
  values.sort(ascending);
  const value = medianOfSorted(values);
  if (cut < 0) return { value, lower: -Infinity, upper: Infinity, confidence: 1, count };
  const covered = Math.max(confidence, 1 - 2 * probability);
  return { value, lower: values[cut], upper: values[values.length - 1 - cut], confidence: covered, count };
}

/** @param {readonly number[]} sorted */
function medianOfSorted(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number} a @param {number} b */
function ascending(a, b) {
  return a - b;
}

/**
 * Quantile of the standard normal distribution, by bisecting its distribution function: called once per estimate, so plain beats fast.
 *
 * @param {number} probability
 */
function normalQuantile(probability) {
  let [low, high] = [-10, 10];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The standard normal distribution function, by its series at 0; accurate well beyond what intervals need for |x| < 6.
 *
 * @param {number} x
 */
function normalBelow(x) {
  if (Math.abs(x) > 6) return x < 0 ? 0 : 1;
  let term = x;
  let sum = x;
  for (let i = 1; i < 200; i++) {
    term *= (x * x) / (2 * i + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
