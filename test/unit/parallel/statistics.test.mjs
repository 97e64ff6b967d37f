import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { LatencyHistogram } from '../../../lib/parallel/latency.js';
import { range, turn } from './gate.mjs';
import { closing, placements } from './placements.mjs';

describe.each(placements)('$name', ({ hashing }) => {
  test('every statistic is there, finite and in its range', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2 }));
    const before = performance.now();
    const { stats } = await processor.process([...range(500).map(String), 1, 2]);
    const elapsed = performance.now() - before;
    expect(Object.keys(stats).sort()).toEqual([
      'cpuUtilization', 'duration', 'failed', 'latency', 'memoryPeak', 'retries', 'successful', 'throttledMs', 'throughput', 'timeouts', 'totalProcessed',
    ]);
    expect(stats).toMatchObject({ totalProcessed: 502, successful: 500, failed: 2, retries: 0, timeouts: 0 });
    expect(stats.duration).toBeGreaterThan(0);
    expect(stats.duration).toBeLessThanOrEqual(elapsed);
    expect(stats.throughput).toBeCloseTo((502 * 1000) / stats.duration, 6);
    expect(stats.cpuUtilization).toBeGreaterThanOrEqual(0);
    expect(stats.cpuUtilization).toBeLessThanOrEqual(1);
    const { p50, p95, p99 } = stats.latency;
    expect(p50).toBeGreaterThan(0);
    expect(p95).toBeGreaterThanOrEqual(p50);
    expect(p99).toBeGreaterThanOrEqual(p95);
    expect(p99).toBeLessThanOrEqual(stats.duration * 1.01);
  });
});

describe('statistics', () => {
  test('duration is in milliseconds, and fractional', async () => {
    const durations = [];
    for (let k = 0; k < 20; k++) durations.push((await new ParallelProcessor((n) => n).process([k])).stats.duration);
    expect(durations.some((duration) => !Number.isInteger(duration))).toBe(true);
    for (const duration of durations) expect(duration).toBeGreaterThan(0);
  });

  test('a busy call uses more of the cores than one that waits', async () => {
    const busy = await new ParallelProcessor(() => {
      const end = performance.now() + 150;
      while (performance.now() < end);
    }).process([1, 2]);
    const waiting = await new ParallelProcessor(() => new Promise((resolve) => setTimeout(resolve, 150))).process([1, 2]);
    expect(busy.stats.cpuUtilization).toBeGreaterThan(waiting.stats.cpuUtilization);
    expect(waiting.stats.cpuUtilization).toBeGreaterThanOrEqual(0);
  });

  test('latency is that of the items', async () => {
    const processor = new ParallelProcessor((ms) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    }, { concurrency: 1 });
    const { latency } = (await processor.process(range(40).map((n) => (n < 36 ? 1 : 20)))).stats;
    expect(latency.p50).toBeGreaterThanOrEqual(0.99);
    expect(latency.p50).toBeLessThan(20 * 0.99);
    expect(latency.p99).toBeGreaterThanOrEqual(20 * 0.99);
  });

  test('are those of the call alone, also when calls overlap', async () => {
    const processor = new ParallelProcessor(async (n) => { await turn(); if (n < 0) throw n; }, { concurrency: 2 });
    const [good, bad] = await Promise.all([processor.process(range(30)), processor.process([-1, -2, 1])]);
    expect(good.stats).toMatchObject({ totalProcessed: 30, successful: 30, failed: 0 });
    expect(bad.stats).toMatchObject({ totalProcessed: 3, successful: 1, failed: 2 });
    expect(await processor.process([])).toMatchObject({ stats: { totalProcessed: 0, failed: 0 } });
  });
});

describe('LatencyHistogram', () => {
  const filled = (values) => {
    const histogram = new LatencyHistogram();
    for (const value of values) histogram.record(value);
    return histogram;
  };
  /** The smallest value such that the fraction q of all is not above it. */
  const exactQuantile = (values, q) => [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length)) - 1];

  test('quantiles are within 0.4 % of the exact ones', () => {
    const latencies = fc.array(
      fc.oneof(fc.double({ min: 1e-5, max: 1e8, noNaN: true }), fc.double({ min: 0.001, max: 1, noNaN: true })),
      { minLength: 1, maxLength: 500 },
    );
    const quantiles = fc.oneof(fc.constantFrom(0, 0.5, 0.95, 0.99, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(fc.property(latencies, quantiles, (values, q) => {
      const exact = exactQuantile(values, q);
      expect(Math.abs(filled(values).quantile(q) - exact) / exact).toBeLessThanOrEqual(0.004);
    }), { numRuns: 500 });
  });

  test('at the borders of buckets too', () => {
    for (let exponent = -15; exponent < 30; exponent++) {
      for (const value of [2 ** exponent, 2 ** exponent * (1 - 2 ** -52), 2 ** exponent * (1 + 2 ** -7)]) {
        expect(Math.abs(filled([value]).quantile(0.5) - value) / value).toBeLessThanOrEqual(0.004);
      }
    }
  });

  test('nothing recorded', () => {
    const histogram = new LatencyHistogram();
    expect([0, 0.5, 1].map((q) => histogram.quantile(q))).toEqual([0, 0, 0]);
    expect(histogram.count).toBe(0);
  });

  test('zero, the shortest and the longest', () => {
    const histogram = filled([0, Number.MIN_VALUE, 1e-9, 1e15, Infinity]);
    expect(histogram.count).toBe(5);
    expect(histogram.quantile(0)).toBeLessThan(1e-5);
    expect(histogram.quantile(1)).toBeGreaterThan(2 ** 31);
    expect(Number.isFinite(histogram.quantile(1))).toBe(true);
  });
});
