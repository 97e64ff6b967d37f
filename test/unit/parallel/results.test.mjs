// What a call returns: every item once, in input order, failures beside them with the original item.
import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, turn } from './gate.mjs';
import { closing, placements, sha256 } from './placements.mjs';

describe.each(placements)('$name', ({ hashing, placement }) => {
  const words = range(300).map((n) => `word ${n}`);

  test('100 items at concurrency 4, batch 50: 100 results', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 4, batchSize: 50 }));
    const { results, errors, stats } = await processor.process(words.slice(0, 100));
    expect(results).toEqual(words.slice(0, 100).map(sha256));
    expect(errors).toEqual([]);
    expect(stats).toMatchObject({ totalProcessed: 100, successful: 100, failed: 0 });
    expect(processor.health().placement).toBe(placement);
  });

  test('results in input order, failures apart, also in input order', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3 }));
    const bad = [{ n: 1 }, 17, null];
    const items = [bad[0], ...words.slice(0, 40), bad[1], ...words.slice(40), bad[2]];
    const { results, errors, stats } = await processor.process(items);
    expect(results).toEqual(words.map(sha256));
    expect(errors.map(({ item }) => item)).toEqual(bad);
    expect(errors.map(({ index }) => index)).toEqual([0, 41, 302]);
    for (const failure of errors) {
      expect(failure.item).toBe(items[failure.index]);
      expect(failure.error).toBeInstanceOf(TypeError);
      expect(failure.attempts).toBe(1);
    }
    expect(stats).toMatchObject({ totalProcessed: 303, successful: 300, failed: 3 });
  });

  test('all items fail', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3 }));
    const { results, errors, stats } = await processor.process(range(40));
    expect(results).toEqual([]);
    expect(errors.map(({ item }) => item)).toEqual(range(40));
    expect(stats).toMatchObject({ totalProcessed: 40, successful: 0, failed: 40 });
  });

  test('empty input resolves at once, with numbers in every statistic', async () => {
    const processor = closing(new ParallelProcessor(hashing));
    const { results, errors, stats } = await processor.process([]);
    expect({ results, errors }).toEqual({ results: [], errors: [] });
    expect(stats).toMatchObject({ totalProcessed: 0, successful: 0, failed: 0, throughput: 0, retries: 0, timeouts: 0 });
    for (const value of [stats.duration, stats.memoryPeak, stats.throttledMs, stats.cpuUtilization, ...Object.values(stats.latency)]) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  test('fewer items than the concurrency', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 64 }));
    expect((await processor.process(['a'])).results).toEqual([sha256('a')]);
  });

  test('several calls at once, and one after another, each get what is theirs', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3 }));
    const lists = range(8).map((call) => range(30 + call).map((n) => `${call}/${n}`));
    const outcomes = await Promise.all(lists.map((list) => processor.process([...list, call(list)])));
    outcomes.forEach(({ results, errors }, k) => {
      expect(results).toEqual(lists[k].map(sha256));
      expect(errors).toHaveLength(1);
    });
    expect((await processor.process(lists[0])).results).toEqual(lists[0].map(sha256));
  });
  const call = (list) => list.length;

  test('items appearing twice are two items', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2 }));
    const { results } = await processor.process(['x', 'y', 'x', 'x']);
    expect(results).toEqual(['x', 'y', 'x', 'x'].map(sha256));
  });
});

describe('each item exactly once', () => {
  test.each([1, 2, 7, 1000])('at concurrency %i', async (concurrency) => {
    const counts = new Uint8Array(500);
    const processor = new ParallelProcessor(async (n) => { counts[n]++; }, { concurrency });
    const { stats } = await processor.process(range(500));
    expect([...new Set(counts)]).toEqual([1]);
    expect(stats.totalProcessed).toBe(500);
  });
});

describe('what is thrown comes back as it is', () => {
  const frozen = Object.freeze({ reason: 'frozen' });
  const values = [
    ['an Error', new Error('boom')], ['a subclass', new RangeError('range')], ['a string', 'text'], ['an empty string', ''],
    ['a number', 42], ['NaN', Number.NaN], ['zero', 0], ['undefined', undefined], ['null', null], ['false', false],
    ['a symbol', Symbol('thrown')], ['a frozen object', frozen], ['an object without a prototype', Object.create(null)],
    ['a bigint', 1n], ['a function', () => {}],
  ];

  test.each(values)('%s', async (_name, thrown) => {
    const item = { some: 'item' };
    const ways = [
      () => { throw thrown; },
      async () => { throw thrown; },
      () => Promise.reject(thrown),
      async () => { await turn(); throw thrown; },
    ];
    for (const way of ways) {
      const { results, errors, stats } = await new ParallelProcessor(way).process([item]);
      expect(results).toEqual([]);
      expect(errors).toHaveLength(1);
      expect(errors[0].item).toBe(item);
      expect(errors[0]).toHaveProperty('error');
      expect(Object.is(errors[0].error, thrown)).toBe(true);
      expect(stats).toMatchObject({ successful: 0, failed: 1 });
    }
  });

  test('items keep their identity, and are not changed', async () => {
    const items = [Object.freeze({ a: 1 }), [1, 2], () => {}, Symbol('s'), Object.create(null), new Map(), undefined, null, Number.NaN];
    const received = [];
    const processor = new ParallelProcessor((item) => { received.push(item); throw item; }, { concurrency: 1 });
    const { errors } = await processor.process(items);
    items.forEach((item, k) => {
      expect(Object.is(received[k], item)).toBe(true);
      expect(Object.is(errors[k].item, item)).toBe(true);
      expect(Object.is(errors[k].error, item)).toBe(true);
    });
  });

  test('a rejection that arrives late is the failure of its own item', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 3 }).process(['a', 'b', 'c']);
    await turn();
    await gate.resolve('c');
    await gate.reject('b', 'late');
    await gate.resolve('a');
    const { results, errors } = await done;
    expect(results).toEqual(['a', 'c']);
    expect(errors).toEqual([{ item: 'b', error: 'late', index: 1, attempts: 1 }]);
  });
});

describe('what processors may return', () => {
  test('anything at all, undefined included', async () => {
    const values = [undefined, null, 0, '', Number.NaN, Symbol.iterator, [], new Error('a value, not a failure')];
    const { results, errors } = await new ParallelProcessor((k) => values[k], { concurrency: 3 }).process(range(values.length));
    expect(errors).toEqual([]);
    expect(results).toHaveLength(values.length);
    results.forEach((value, k) => expect(Object.is(value, values[k])).toBe(true));
  });

  test('a thenable that is no promise', async () => {
    const processor = new ParallelProcessor((n) => ({ then: (resolve, reject) => (n === 2 ? reject('two') : resolve(n * 10)) }));
    const { results, errors } = await processor.process([1, 2, 3]);
    expect(results).toEqual([10, 30]);
    expect(errors).toMatchObject([{ item: 2, error: 'two' }]);
  });

  test('an async function, a sync one, one that does either', async () => {
    const either = (n) => (n % 2 === 0 ? n : Promise.resolve(n));
    expect((await new ParallelProcessor(either, { concurrency: 2 }).process(range(9))).results).toEqual(range(9));
  });
});

describe('how processors are called', () => {
  test('with the item alone, so that functions with optional parameters work', async () => {
    const { results } = await new ParallelProcessor(parseInt).process(['10', '11', '12', '0x1f']);
    expect(results).toEqual([10, 11, 12, 31]);
    const lengths = [];
    await new ParallelProcessor(function count() { lengths.push(arguments.length); }).process([1, 2]);
    expect(lengths).toEqual([1, 1]);
  });

  test.each([
    ['timeout', { timeout: 60_000 }, {}],
    ['retry', { retry: 1 }, {}],
    ['a signal of the instance', { signal: new AbortController().signal }, {}],
    ['a signal of the call', {}, { signal: new AbortController().signal }],
  ])('with a context where there is %s', async (_name, options, callOptions) => {
    const contexts = [];
    const processor = new ParallelProcessor((_item, context) => { contexts.push(context); }, { concurrency: 1, ...options });
    await processor.process(['a', 'b'], callOptions);
    expect(contexts.map(({ index }) => index)).toEqual([0, 1]);
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 1]);
    for (const { signal } of contexts) {
      expect(signal).toBeInstanceOf(AbortSignal);
      expect(signal.aborted).toBe(false);
    }
  });

  test('not as a method of anything of ours', async () => {
    const receivers = [];
    await new ParallelProcessor(function receiver() { receivers.push(this); }).process([1]);
    expect(receivers).toEqual([undefined]);
  });
});
