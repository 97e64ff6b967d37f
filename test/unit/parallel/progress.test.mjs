import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, rejectionOf, turn, unhandledRejectionsDuring } from './gate.mjs';
import { closing, placements } from './placements.mjs';

describe.each(placements)('$name', ({ hashing }) => {
  const callsOf = async (count, batchSize, failing = 0) => {
    const calls = [];
    const progressCallback = (...given) => calls.push(given);
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3, batchSize, progressCallback }));
    await processor.process(range(count).map((n) => (n < failing ? n : String(n))));
    return calls;
  };

  test('12 items at 5: 5, 10, 12', async () => {
    expect(await callsOf(12, 5)).toEqual([[5, 12], [10, 12], [12, 12]]);
  });

  test('failures count as completions', async () => {
    expect(await callsOf(12, 5, 7)).toEqual([[5, 12], [10, 12], [12, 12]]);
  });

  test('a total that is a multiple of the batch is told once at the end', async () => {
    expect(await callsOf(10, 5)).toEqual([[5, 10], [10, 10]]);
  });

  test('a batch larger than the total: once, at the end', async () => {
    expect(await callsOf(3, 1000)).toEqual([[3, 3]]);
  });

  test('a batch of one: after every item', async () => {
    expect(await callsOf(4, 1)).toEqual([[1, 4], [2, 4], [3, 4], [4, 4]]);
  });

  test('no items: nothing to tell', async () => {
    expect(await callsOf(0, 5)).toEqual([]);
  });

  test('a throwing callback rejects the call with what it threw', async () => {
    const thrown = Object.freeze({ from: 'progress' });
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2, batchSize: 2, progressCallback() { throw thrown; } }));
    expect(await rejectionOf(processor.process(range(40).map(String)))).toBe(thrown);
  });
});

describe('when the callback is called', () => {
  test('at the completion itself, before the next one', async () => {
    const gate = new Gate();
    const calls = [];
    const options = { concurrency: 2, batchSize: 2, progressCallback: (completed) => calls.push(completed) };
    const done = new ParallelProcessor(gate.processor, options).process(range(5));
    await turn();
    await gate.resolve(1);
    expect(calls).toEqual([]);
    await gate.resolve(0);
    expect(calls).toEqual([2]);
    await gate.resolve(2);
    await gate.resolve(3);
    expect(calls).toEqual([2, 4]);
    await gate.resolve(4);
    expect(calls).toEqual([2, 4, 5]);
    await done;
  });

  test('before the call resolves', async () => {
    const events = [];
    const options = { batchSize: 2, progressCallback: (completed) => events.push(completed) };
    await new ParallelProcessor((n) => n, options).process([1, 2, 3]).then(() => events.push('resolved'));
    expect(events).toEqual([2, 3, 'resolved']);
  });

  test('each call of an instance has counts of its own', async () => {
    const calls = [];
    const options = { concurrency: 1, batchSize: 2, progressCallback: (...given) => calls.push(given.join('/')) };
    const processor = new ParallelProcessor(async (n) => n, options);
    await Promise.all([processor.process([1, 2, 3]), processor.process([1, 2, 3, 4])]);
    expect(calls.sort()).toEqual(['2/3', '2/4', '3/3', '4/4']);
  });
});

describe('a callback that throws', () => {
  test.each([['undefined', undefined], ['an Error', new Error('progress')], ['a string', 'no']])('%s: rejects with it', async (_name, thrown) => {
    const processor = new ParallelProcessor((n) => n, { batchSize: 2, progressCallback: () => { throw thrown; } });
    expect(await rejectionOf(processor.process(range(10)))).toBe(thrown);
  });

  test('no further item starts, and those in work do no harm', async () => {
    const gate = new Gate();
    let calls = 0;
    const thrown = new Error('progress');
    const processor = new ParallelProcessor(gate.processor, {
      concurrency: 3, batchSize: 1, progressCallback() { calls++; throw thrown; },
    });
    const reasons = await unhandledRejectionsDuring(async () => {
      const done = rejectionOf(processor.process(range(10)));
      await turn();
      await gate.resolve(0);
      expect(await done).toBe(thrown);
      expect(gate.started).toEqual([0, 1, 2]);
      await gate.resolve(1);
      await gate.reject(2, new Error('late'));
      expect(gate.started).toEqual([0, 1, 2]);
      expect(calls).toBe(1);
    });
    expect(reasons).toEqual([]);
    expect(processor.health()).toMatchObject({ calls: 0, running: 0 });
  });

  test('at the last item, rejects too', async () => {
    const processor = new ParallelProcessor((n) => n, { progressCallback: () => { throw 'at the end'; } });
    expect(await rejectionOf(processor.process([1, 2]))).toBe('at the end');
  });

  test('other calls of the instance go on, and so do later ones', async () => {
    let throwing = true;
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, {
      concurrency: 2, batchSize: 2, progressCallback(_completed, total) { if (throwing && total === 3) throw 'no'; },
    });
    const bad = rejectionOf(processor.process(['a', 'b', 'c']));
    const good = processor.process(range(6));
    await gate.drain();
    expect(await bad).toBe('no');
    expect((await good).results).toEqual(range(6));
    throwing = false;
    const again = processor.process(['x', 'y', 'z']);
    await gate.drain();
    expect((await again).results).toEqual(['x', 'y', 'z']);
  });
});
