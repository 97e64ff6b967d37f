import { describe, expect, test, vi } from 'vitest';
import { ParallelProcessor, TimeoutError } from '../../../lib/index.js';
import { Gate, range, turn, unhandledRejectionsDuring } from './gate.mjs';

/** Timers that go off only when told; promises and the event loop's turns stay real. */
function withFakeTimers(body) {
  return async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await body();
    } finally {
      vi.useRealTimers();
    }
  };
}

const advance = async (ms) => {
  vi.advanceTimersByTime(ms);
  await turn();
};

describe('timeout', () => {
  test('fails the item with ERR_TIMEOUT and frees its slot', withFakeTimers(async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 1, timeout: 100 }).process(['a', 'b']);
    await turn();
    await advance(99);
    expect(gate.started).toEqual(['a']);
    await advance(1);
    expect(gate.started).toEqual(['a', 'b']);
    await gate.resolve('b', 'B');
    const { results, errors, stats } = await done;
    expect(results).toEqual(['B']);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ item: 'a', index: 0, attempts: 1 });
    expect(errors[0].error).toBeInstanceOf(TimeoutError);
    expect(errors[0].error).toMatchObject({ code: 'ERR_TIMEOUT', timeout: 100, name: 'TimeoutError' });
    expect(errors[0].error.message).toContain('100 ms');
    expect(stats).toMatchObject({ timeouts: 1, failed: 1, successful: 1 });
  }));

  test('counts from the start of the item, not of the call', withFakeTimers(async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 1, timeout: 100 }).process(range(4));
    await turn();
    for (const item of range(4)) {
      await advance(90);
      await gate.resolve(item);
    }
    expect((await done).results).toEqual(range(4));
  }));

  test('aborts context.signal with the same error', withFakeTimers(async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { timeout: 10 }).process(['a']);
    await turn();
    const { signal } = gate.contexts[0];
    expect(signal.aborted).toBe(false);
    await advance(10);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBe((await done).errors[0].error);
  }));

  test('context.signal is aborted also when it is looked at only afterwards', withFakeTimers(async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { timeout: 10 }).process(['a']);
    await turn();
    await advance(10);
    expect(gate.contexts[0].signal.aborted).toBe(true);
    expect(gate.contexts[0].signal.reason).toBe((await done).errors[0].error);
  }));

  test('what the item comes to afterwards is ignored', withFakeTimers(async () => {
    const gate = new Gate();
    let outcome;
    const reasons = await unhandledRejectionsDuring(async () => {
      const done = new ParallelProcessor(gate.processor, { concurrency: 2, timeout: 10 }).process(['a', 'b', 'c']);
      await turn();
      await advance(10);
      await gate.resolve('a', 'too late');
      await gate.reject('b', new Error('too late'));
      await gate.resolve('c', 'C');
      outcome = await done;
    });
    expect(reasons).toEqual([]);
    expect(outcome.results).toEqual(['C']);
    expect(outcome.errors.map(({ error }) => error.code)).toEqual(['ERR_TIMEOUT', 'ERR_TIMEOUT']);
    expect(outcome.stats).toMatchObject({ totalProcessed: 3, successful: 1, failed: 2, timeouts: 2 });
  }));

  test('items that are quick enough leave no timer behind', withFakeTimers(async () => {
    const ways = [(n) => n, async (n) => n, () => { throw 'sync'; }, () => Promise.reject('async')];
    for (const way of ways) await new ParallelProcessor(way, { timeout: 1000 }).process(range(20));
    expect(vi.getTimerCount()).toBe(0);
  }));

  test('sync results and sync throws are as without a timeout', async () => {
    const processor = new ParallelProcessor((n) => { if (n === 1) throw 'one'; return n; }, { timeout: 60_000 });
    const { results, errors } = await processor.process([0, 1, 2]);
    expect(results).toEqual([0, 2]);
    expect(errors).toMatchObject([{ item: 1, error: 'one' }]);
  });

  test('an error that merely looks like a timeout is not counted as one', async () => {
    const processor = new ParallelProcessor(() => { throw Object.assign(new Error('mine'), { code: 'ERR_TIMEOUT' }); });
    expect((await processor.process([1])).stats.timeouts).toBe(0);
  });

  test('the abort of the call reaches an item that also has a timeout', withFakeTimers(async () => {
    const gate = new Gate();
    const controller = new AbortController();
    const done = new ParallelProcessor(gate.processor, { timeout: 50 }).process(['a'], { signal: controller.signal });
    done.catch(() => {});
    await turn();
    controller.abort('stop');
    expect(gate.contexts[0].signal.reason).toBe('stop');
    await expect(done).rejects.toBe('stop');
    await advance(50);
  }));

  test('in time at the very last moment is in time', withFakeTimers(async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { timeout: 10 }).process(['a']);
    await turn();
    await advance(9);
    await gate.resolve('a');
    await advance(100);
    expect(await done).toMatchObject({ results: ['a'], errors: [] });
  }));
});
