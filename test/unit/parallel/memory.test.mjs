// memoryPeak sees what is off the heap; maxMemory narrows admission and never stops it.
import { describe, expect, test, vi } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Admission } from '../../../lib/parallel/admission.js';
import { Gate, range, turn } from './gate.mjs';
import { closing, placements, sha256 } from './placements.mjs';

const MB = 1024 * 1024;

describe('memoryPeak', () => {
  test('sees a Buffer of 500 MB that is gone at the end', async () => {
    let heapUsed = 0;
    const processor = new ParallelProcessor(async (size) => {
      let buffer = Buffer.alloc(size, 1);
      heapUsed = process.memoryUsage().heapUsed;
      await turn();
      buffer = null;
      return buffer;
    }, { concurrency: 1, maxMemory: 8192 });
    const before = process.memoryUsage.rss();
    const { stats } = await processor.process([500 * MB]);
    expect(stats.memoryPeak).toBeGreaterThan(500 * MB);
    expect(stats.memoryPeak).toBeGreaterThan(before + 450 * MB);
    expect(heapUsed).toBeLessThan(400 * MB);
  });

  test('is of this call, not of one before it', async () => {
    const processor = new ParallelProcessor((size) => { Buffer.alloc(size, 1); }, { concurrency: 1, maxMemory: 8192 });
    const large = await processor.process([400 * MB]);
    global.gc();
    await turn();
    const small = await processor.process([1]);
    expect(small.stats.memoryPeak).toBeLessThan(large.stats.memoryPeak - 200 * MB);
    expect(small.stats.memoryPeak).toBeGreaterThan(10 * MB);
  });

  test.each(placements)('is that of the process: $name', async ({ hashing }) => {
    const processor = closing(new ParallelProcessor(hashing));
    const before = process.memoryUsage.rss();
    const { stats } = await processor.process(range(100).map(String));
    expect(Number.isSafeInteger(stats.memoryPeak)).toBe(true);
    expect(stats.memoryPeak).toBeGreaterThan(before / 2);
    expect(stats.memoryPeak).toBeLessThan(before * 3 + 500 * MB);
  });
});

describe('admission', () => {
  /** An Admission whose clock and memory are the test's. */
  function admission({ concurrency = 10, maxBytes = 1000, auto = { initial: 4, max: 64, cores: 1 } } = {}) {
    const limits = [];
    const state = { rssBytes: 0, nowMs: 1e6 };
    const made = new Admission({
      concurrency, auto, maxBytes, completed: () => 0, rssBytes: () => state.rssBytes, onLimit: (limit) => limits.push(limit),
    });
    const at = (rssBytes, laterMs = 30) => {
      state.rssBytes = rssBytes;
      state.nowMs += laterMs;
      made.tick(state.nowMs);
      return made.limit;
    };
    return { made, limits, at };
  }

  test('whole up to 80 % of the limit, one at the limit and beyond, in proportion between', () => {
    const { at } = admission();
    expect([0, 500, 799, 800].map((rss) => at(rss))).toEqual([10, 10, 10, 10]);
    expect([850, 900, 950].map((rss) => at(rss))).toEqual([7, 5, 2]);
    expect([999, 1000, 1001, 1e9].map((rss) => at(rss))).toEqual([1, 1, 1, 1]);
  });

  test('widens again when memory is given back', () => {
    const { at, limits } = admission();
    expect([1000, 900, 100].map((rss) => at(rss))).toEqual([1, 5, 10]);
    expect(limits).toEqual([1, 5, 10]);
  });

  test('is told only of changes', () => {
    const { at, limits } = admission();
    for (const rss of [0, 10, 20, 1000, 1001, 1002, 0]) at(rss);
    expect(limits).toEqual([1, 10]);
  });

  test.each([1, 2, 3, 64])('is never below one, at concurrency %i', (concurrency) => {
    const { at } = admission({ concurrency });
    for (const rss of [801, 900, 999, 1000, 5000]) expect(at(rss)).toBeGreaterThanOrEqual(1);
    expect(at(5000)).toBe(1);
  });

  test('memory is not looked at more often than every 20 ms', () => {
    const { at, limits } = admission();
    at(0);
    at(1000, 10);
    expect(limits).toEqual([]);
    at(1000, 15);
    expect(limits).toEqual([1]);
  });

  test('counts the time during which it was narrowed, for the calls under way', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { made, at } = admission();
      const usage = made.begin();
      at(0);
      at(1000, 40);
      at(1000, 40);
      at(0, 40);
      expect(usage.throttledMs).toBe(80);
      made.end(usage);
      at(1000, 40);
      expect(usage.throttledMs).toBe(80);
    } finally {
      vi.useRealTimers();
    }
  });

  test('looks by itself while calls are under way, and only then', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { made } = admission();
      expect(vi.getTimerCount()).toBe(0);
      const usages = [made.begin(), made.begin()];
      expect(vi.getTimerCount()).toBe(1);
      made.end(usages[0]);
      expect(vi.getTimerCount()).toBe(1);
      made.end(usages[1]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('maxMemory', () => {
  test('1 MB, which every process exceeds: all is done, one item at a time', async () => {
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 8, maxMemory: 1 });
    const done = processor.process(range(20));
    await gate.drain();
    expect(gate.peak).toBe(1);
    expect((await done).results).toEqual(range(20));
    expect(processor.health().concurrency).toBe(1);
  });

  test.each(placements)('1 MB: $name', async ({ hashing }) => {
    const words = range(50).map(String);
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 4, maxMemory: 1 }));
    const { results } = await processor.process(words);
    expect(results).toEqual(words.map(sha256));
    expect(processor.health().concurrency).toBe(1);
    const streamed = [];
    for await (const { value } of processor.stream(words)) streamed.push(value);
    expect(streamed).toEqual(results);
  });

  test('narrows while Buffers pile up, and says for how long', async () => {
    const limitMB = Math.ceil(process.memoryUsage.rss() / MB) + 150;
    const kept = [];
    const processor = new ParallelProcessor(async () => {
      kept.push(Buffer.alloc(16 * MB, 1));
      // Longer than it takes until memory is looked at again.
      await new Promise((resolve) => setTimeout(resolve, 60));
    }, { concurrency: 4, maxMemory: limitMB });
    const { stats } = await processor.process(range(25));
    expect(kept).toHaveLength(25);
    expect(stats.throttledMs).toBeGreaterThan(0);
    expect(stats.throttledMs).toBeLessThanOrEqual(stats.duration * 1.5);
    expect(processor.health().concurrency).toBe(1);
  });

  test('far away: nothing is narrowed', async () => {
    const { stats } = await new ParallelProcessor(async (n) => { await turn(); return n; }, { maxMemory: 1e6 }).process(range(200));
    expect(stats.throttledMs).toBe(0);
  });
});
