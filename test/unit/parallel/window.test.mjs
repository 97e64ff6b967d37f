// The sliding window: never more than `concurrency` in work, no barrier, shared by all calls fairly.
import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, turn } from './gate.mjs';

describe('sliding window', () => {
  test('fills up to the concurrency and no further', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 3 }).process(range(10));
    await turn();
    expect(gate.started).toEqual([0, 1, 2]);
    await gate.drain();
    expect(gate.peak).toBe(3);
    expect((await done).results).toEqual(range(10));
  });

  test('each completion lets exactly one item in: there is no barrier', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 3, batchSize: 3 }).process(range(10));
    await turn();
    // Item 0 is slow for the whole call; everything else passes it by.
    for (let next = 1; next < 10; next++) {
      await gate.resolve(next);
      expect(gate.started).toHaveLength(Math.min(10, next + 3));
      expect(gate.pending).toContain(0);
    }
    await gate.resolve(0);
    expect((await done).results).toEqual(range(10));
  });

  test('a failure lets the next item in as a success does', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 1 }).process(['a', 'b', 'c']);
    await turn();
    await gate.reject('a', 'no');
    expect(gate.started).toEqual(['a', 'b']);
    await gate.resolve('b');
    await gate.resolve('c');
    expect(gate.peak).toBe(1);
    expect(await done).toMatchObject({ results: ['b', 'c'], errors: [{ item: 'a' }] });
  });

  test.each([1, 2, 5, 16])('peak concurrency at %i, over thousands of items of several lengths', async (concurrency) => {
    let running = 0;
    let peak = 0;
    const processor = new ParallelProcessor(async (n) => {
      peak = Math.max(peak, ++running);
      for (let k = n % 5; k > 0; k--) await (k % 2 ? null : turn());
      running--;
      if (n % 7 === 0) throw n;
      return n;
    }, { concurrency });
    const { stats } = await processor.process(range(2000));
    expect(peak).toBe(concurrency);
    expect(stats.totalProcessed).toBe(2000);
  });

  test('sync processors run one at a time, whatever the concurrency', async () => {
    let running = 0;
    let peak = 0;
    const processor = new ParallelProcessor((n) => {
      peak = Math.max(peak, ++running);
      running--;
      return n;
    }, { concurrency: 10 });
    expect((await processor.process(range(100))).results).toEqual(range(100));
    expect(peak).toBe(1);
  });

  test('the processor is not called before process() has returned its promise to microtasks at the latest', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 1 }).process([1]);
    await Promise.resolve();
    await turn();
    expect(gate.started).toEqual([1]);
    await gate.drain();
    await done;
  });

  test('a long run of sync items lets timers and I/O have their turns', async () => {
    let items = 0;
    let turnsSeen = 0;
    const timer = setInterval(() => turnsSeen++, 0);
    const spin = () => {
      const end = performance.now() + 0.05;
      while (performance.now() < end) items += 0;
      items++;
    };
    await new ParallelProcessor(spin, { concurrency: 4 }).process(range(2000));
    clearInterval(timer);
    expect(items).toBe(2000);
    expect(turnsSeen).toBeGreaterThan(0);
  });

  test('neither the stack nor the time grows with 200000 sync items', async () => {
    let sum = 0;
    const { results } = await new ParallelProcessor((n) => { sum += n; return n; }, { concurrency: 8 }).process(range(200_000));
    expect(results).toHaveLength(200_000);
    expect(sum).toBe((199_999 * 200_000) / 2);
  });
});

describe('several calls on one instance', () => {
  test('share the window', async () => {
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 4 });
    const calls = [processor.process(range(10)), processor.process(range(10, 100)), processor.process(range(10, 200))];
    await turn();
    expect(gate.running).toBe(4);
    expect(processor.health()).toMatchObject({ calls: 3, running: 4 });
    await gate.drain();
    expect(gate.peak).toBe(4);
    const outcomes = await Promise.all(calls);
    expect(outcomes.map(({ results }) => results)).toEqual([range(10), range(10, 100), range(10, 200)]);
  });

  test('take turns: a short call is not held up by a long one before it', async () => {
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 2 });
    const long = processor.process(range(1000));
    await turn();
    const short = processor.process(['a', 'b', 'c', 'd']);
    await turn();
    let shortDone = false;
    void short.then(() => { shortDone = true; });
    let finished = 0;
    while (!shortDone) {
      await gate.resolve(gate.pending[0]);
      finished++;
    }
    // Two were in work when the short call came; from there on at most every other item is the long call's.
    expect(finished).toBeLessThanOrEqual(2 + 2 * 4 + 2);
    await gate.drain();
    expect((await long).results).toEqual(range(1000));
  });

  test('three calls get equal shares', async () => {
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 3 });
    const calls = ['a', 'b', 'c'].map((name) => processor.process(range(40).map((n) => `${name}${n}`)));
    await turn();
    for (let k = 0; k < 60; k++) await gate.resolve(gate.pending[0]);
    const counts = ['a', 'b', 'c'].map((name) => gate.started.filter((item) => item.startsWith(name)).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3);
    await gate.drain();
    await Promise.all(calls);
  });

  test('instances do not share', async () => {
    const gate = new Gate();
    const calls = [0, 100].map((from) => new ParallelProcessor(gate.processor, { concurrency: 2 }).process(range(5, from)));
    await turn();
    expect(gate.running).toBe(4);
    await gate.drain();
    await Promise.all(calls);
  });

  test('a call from within a processor finishes when the window has room for it', async () => {
    const processor = new ParallelProcessor(
      async (n) => (n > 0 ? (await processor.process([n - 1])).results[0] + 1 : 0),
      { concurrency: 4 },
    );
    expect((await processor.process([3])).results).toEqual([3]);
  });
});
