import { describe, expect, it } from 'vitest';
import {
  contains, median, rankSumCounts, rankSumEstimate, signedRankCounts, signedRankEstimate, verdictOf,
} from '../../../bench/harness/statistics.mjs';
import { seededRandom, shuffled } from '../../../bench/harness/random.mjs';

const kMargin = Math.log(1.03);

/** @param {() => number} random */
function gaussian(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('median', () => {
  it('takes the middle, or the mean of the two middles', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('refuses an empty sample', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('null distributions', () => {
  it('counts the subsets of 1..4 by their sum', () => {
    expect(signedRankCounts(4)).toEqual([1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1]);
  });

  it('counts the orders of 3 and 2 by U', () => {
    expect(rankSumCounts(3, 2)).toEqual([1, 1, 2, 2, 2, 1, 1]);
  });

  it('sums to 2^n and to C(m+n, m)', () => {
    expect(signedRankCounts(20).reduce((a, b) => a + b)).toBe(2 ** 20);
    expect(rankSumCounts(7, 8).reduce((a, b) => a + b)).toBe(6435);
  });
});

describe('signedRankEstimate', () => {
  // The paired differences of Darwin's maize (n = 15), for which tables give the critical value 25 at 5 % two-sided.
  const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

  it('gives the median of the Walsh averages', () => {
    expect(signedRankEstimate([1, 2, 4]).value).toBe(2.25);
  });

  it('leaves out 25 Walsh averages at each end for n = 15', () => {
    const averages = maize.flatMap((a, i) => maize.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
    const estimate = signedRankEstimate(maize);
    expect(estimate.lower).toBe(averages[25]);
    expect(estimate.upper).toBe(averages[averages.length - 26]);
    expect(estimate.value).toBe(median(averages));
    expect(estimate.confidence).toBeCloseTo(0.952, 3);
  });

  it('needs six observations for 95 %: the range for six, nothing for five', () => {
    expect(signedRankEstimate([1, 2, 3, 4, 5, 6])).toMatchObject({ lower: 1, upper: 6, confidence: 1 - 2 / 64 });
    expect(signedRankEstimate([1, 2, 3, 4, 5])).toMatchObject({ lower: -Infinity, upper: Infinity });
  });

  it('moves little with one outlier', () => {
    const steady = [1, 1.1, 0.9, 1.05, 0.95, 1.02, 0.98, 1.01, 0.99, 1];
    const hit = signedRankEstimate([...steady.slice(1), 1000]);
    expect(Math.abs(hit.value - signedRankEstimate(steady).value)).toBeLessThan(0.05);
  });

  it('agrees with itself where the normal approximation takes over', () => {
    const random = seededRandom(3);
    const sample = Array.from({ length: 61 }, () => gaussian(random));
    const exact = signedRankEstimate(sample.slice(0, 60));
    const approximate = signedRankEstimate(sample);
    expect(approximate.upper - approximate.lower).toBeCloseTo(exact.upper - exact.lower, 1);
  });

  it('covers the truth in about 95 % of simulated samples', () => {
    const random = seededRandom(7);
    let covered = 0;
    for (let round = 0; round < 2000; round++) {
      const sample = Array.from({ length: 12 }, () => 0.3 + gaussian(random) * 0.1);
      if (contains(signedRankEstimate(sample), 0.3)) covered += 1;
    }
    expect(covered / 2000).toBeGreaterThan(0.935);
    expect(covered / 2000).toBeLessThan(0.975);
  });
});

describe('rankSumEstimate', () => {
  it('gives the median difference', () => {
    expect(rankSumEstimate([1, 2, 3], [11, 12, 13]).value).toBe(10);
  });

  it('leaves out 13 differences at each end for 8 against 8 (tables: critical U 13 at 5 %)', () => {
    const earlier = [0, 1, 2, 3, 4, 5, 6, 7];
    const later = [100, 210, 320, 430, 540, 650, 760, 870];
    const differences = later.flatMap((b) => earlier.map((a) => b - a)).sort((a, b) => a - b);
    const estimate = rankSumEstimate(earlier, later);
    expect(estimate.lower).toBe(differences[13]);
    expect(estimate.upper).toBe(differences[differences.length - 14]);
  });

  it('has no interval for three against three', () => {
    expect(rankSumEstimate([1, 2, 3], [4, 5, 6])).toMatchObject({ lower: -Infinity, upper: Infinity });
  });
});

describe('verdictOf', () => {
  it('is a verdict only wholly beyond the margin', () => {
    expect(verdictOf({ lower: -0.2, upper: -0.1 }, kMargin)).toBe('faster');
    expect(verdictOf({ lower: 0.1, upper: 0.2 }, kMargin)).toBe('slower');
    expect(verdictOf({ lower: 0.01, upper: 0.2 }, kMargin)).toBe('inconclusive');
    expect(verdictOf({ lower: -Infinity, upper: Infinity }, kMargin)).toBe('inconclusive');
  });

  // Noise as between processes: 4 % of their own, and every tenth disturbed by a neighbour.
  const noise = (/** @type {() => number} */ random) =>
    gaussian(random) * 0.04 + (random() < 0.1 ? random() * 0.5 : 0);

  /** @param {number} effect */
  const shareSlower = (effect) => {
    const random = seededRandom(11);
    let slower = 0;
    for (let round = 0; round < 1000; round++) {
      const sample = Array.from({ length: 15 }, () => effect + noise(random) - noise(random));
      if (verdictOf(signedRankEstimate(sample), kMargin) !== 'inconclusive') slower += 1;
    }
    return slower / 1000;
  };

  it('raises no more than 1 % false alarms on identical code', () => {
    expect(shareSlower(0)).toBeLessThanOrEqual(0.01);
  });

  it('finds most slowdowns of 20 %', () => {
    expect(shareSlower(Math.log(1.2))).toBeGreaterThan(0.9);
  });
});

describe('seededRandom', () => {
  it('repeats from its seed, differs between seeds and is uniform', () => {
    const [a, b, other] = [seededRandom(1), seededRandom(1), seededRandom(2)];
    const drawn = Array.from({ length: 10000 }, () => a());
    expect(Array.from({ length: 10000 }, () => b())).toEqual(drawn);
    expect(other()).not.toBe(drawn[0]);
    expect(drawn.reduce((sum, value) => sum + value) / 10000).toBeCloseTo(0.5, 1);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
  });

  it('shuffles without losing anything, every order alike', () => {
    const random = seededRandom(5);
    const orders = new Map();
    for (let round = 0; round < 6000; round++) {
      const order = shuffled(['a', 'b', 'c'], random).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
