// What process() takes: arrays, iterables, async iterables; and what it refuses.
import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, rejectionOf, turn } from './gate.mjs';

const double = async (n) => n * 2;
const run = (items, options) => new ParallelProcessor(double, { concurrency: 2 }).process(items, options);

function* three() {
  yield 1;
  yield 2;
  yield 3;
}

async function* threeLater() {
  for (const n of [1, 2, 3]) {
    await turn();
    yield n;
  }
}

const iterator = { [Symbol.iterator]: () => range(3, 1)[Symbol.iterator]() };

describe('accepted', () => {
  test.each([
    ['an array', [1, 2, 3]],
    ['a frozen array', Object.freeze([1, 2, 3])],
    ['a generator', three()],
    ['a Set', new Set([1, 2, 3])],
    ['the values of a Map', new Map([['a', 1], ['b', 2], ['c', 3]]).values()],
    ['a typed array', Uint8Array.of(1, 2, 3)],
    ['an object with an iterator', iterator],
    ['an async generator', threeLater()],
    ['an async iterable', { [Symbol.asyncIterator]: () => threeLater() }],
    ['the characters of a string', '123'],
  ])('%s', async (_name, items) => {
    const { results, stats } = await run(items);
    expect(results).toEqual([2, 4, 6]);
    expect(stats.totalProcessed).toBe(3);
  });

  test('a Map gives its entries', async () => {
    const { results } = await new ParallelProcessor(([key, value]) => key + value).process(new Map([['a', 1]]));
    expect(results).toEqual(['a1']);
  });

  test.each([['an empty array', []], ['an empty Set', new Set()], ['an empty async iterable', (async function* none() {})()], ['an empty string', '']])(
    '%s resolves without a call of the processor', async (_name, items) => {
      let calls = 0;
      const { results, errors } = await new ParallelProcessor(() => calls++).process(items);
      expect({ calls, results, errors }).toEqual({ calls: 0, results: [], errors: [] });
    });

  test('an array with holes: undefined is an item', async () => {
    const seen = [];
    // eslint-disable-next-line no-sparse-arrays
    await new ParallelProcessor((item) => seen.push(item), { concurrency: 1 }).process([1, , 3]);
    expect(seen).toEqual([1, undefined, 3]);
  });

  test('promises among the items are items, and are handed over as they are', async () => {
    const promise = Promise.resolve(1);
    const seen = [];
    await new ParallelProcessor((item) => { seen.push(item); }).process([promise]);
    expect(seen[0]).toBe(promise);
  });
});

describe('the items are those at the time of the call', () => {
  test('the array may be changed meanwhile', async () => {
    const gate = new Gate();
    const items = ['a', 'b', 'c', 'd'];
    const done = new ParallelProcessor(gate.processor, { concurrency: 1 }).process(items);
    items[2] = 'changed';
    items.push('added');
    await turn();
    items.length = 0;
    await gate.drain();
    expect(gate.started).toEqual(['a', 'b', 'c', 'd']);
    const { results, stats } = await done;
    expect(results).toEqual(['a', 'b', 'c', 'd']);
    expect(stats.totalProcessed).toBe(4);
  });

  test('a processor that adds to its own input comes to an end', async () => {
    const items = [1, 2, 3];
    const { results } = await new ParallelProcessor((n) => { items.push(n); return n; }).process(items);
    expect(results).toEqual([1, 2, 3]);
  });

  test('an iterable is read to its end before anything starts', async () => {
    const events = [];
    function* source() {
      for (const n of [1, 2, 3]) {
        events.push(`read ${n}`);
        yield n;
      }
    }
    await new ParallelProcessor((n) => { events.push(`run ${n}`); }, { concurrency: 1 }).process(source());
    expect(events).toEqual(['read 1', 'read 2', 'read 3', 'run 1', 'run 2', 'run 3']);
  });
});

describe('refused', () => {
  test.each([
    ['undefined', undefined], ['null', null], ['a number', 5], ['an object', {}], ['a boolean', true],
    ['a function', () => [1]], ['array-like', { length: 1, 0: 'a' }], ['a symbol', Symbol('items')],
  ])('%s', async (_name, items) => {
    let calls = 0;
    const error = await rejectionOf(new ParallelProcessor(() => calls++).process(items));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/"items" must be an array, an iterable or an async iterable. Received /);
    expect(calls).toBe(0);
  });

  test('an iterable that throws: the call rejects with that value, and nothing starts', async () => {
    const thrown = Object.freeze({ from: 'iterable' });
    function* source() {
      yield 1;
      throw thrown;
    }
    async function* later() {
      yield 1;
      throw thrown;
    }
    for (const items of [source(), later()]) {
      let calls = 0;
      expect(await rejectionOf(new ParallelProcessor(() => calls++).process(items))).toBe(thrown);
      expect(calls).toBe(0);
    }
  });

  test('an instance is as usable after a refusal as before', async () => {
    const processor = new ParallelProcessor(double);
    await rejectionOf(processor.process(5));
    expect((await processor.process([5])).results).toEqual([10]);
    expect(processor.health().calls).toBe(0);
  });
});
