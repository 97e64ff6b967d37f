import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { backoffMs, retryPolicy } from '../../../lib/parallel/retry.js';
import { Gate, range, rejectionOf, turn } from './gate.mjs';
import { closing } from './placements.mjs';

/** A processor that fails the first `failures` attempts at each item. */
function flaky(failures, attempts = new Map()) {
  return (item) => {
    const attempt = (attempts.get(item) ?? 0) + 1;
    attempts.set(item, attempt);
    if (attempt <= failures) throw `${item}, attempt ${attempt}`;
    return item;
  };
}

describe('how often', () => {
  const quick = { delay: 0 };

  test('a count is of further attempts', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const attempts = new Map();
      const done = new ParallelProcessor(flaky(9, attempts), { retry: 2 }).process(['a']);
      for (let k = 0; k < 3; k++) {
        await turn();
        vi.advanceTimersByTime(60_000);
      }
      const { errors, stats } = await done;
      expect(attempts.get('a')).toBe(3);
      expect(errors).toMatchObject([{ item: 'a', error: 'a, attempt 3', attempts: 3, index: 0 }]);
      expect(stats).toMatchObject({ retries: 2, failed: 1, totalProcessed: 1 });
    } finally {
      vi.useRealTimers();
    }
  });

  test('attempts are of all, the first included', async () => {
    const { errors, stats } = await new ParallelProcessor(flaky(9), { retry: { ...quick, attempts: 4 } }).process(['a', 'b']);
    expect(errors.map(({ attempts }) => attempts)).toEqual([4, 4]);
    expect(errors.map(({ error }) => error)).toEqual(['a, attempt 4', 'b, attempt 4']);
    expect(stats.retries).toBe(6);
  });

  test('three attempts where the record does not say', async () => {
    const { errors } = await new ParallelProcessor(flaky(9), { retry: quick }).process(['a']);
    expect(errors[0].attempts).toBe(3);
  });

  test.each([[0], [{ attempts: 1 }], [null], [undefined]])('not at all: %j', async (retry) => {
    const { errors, stats } = await new ParallelProcessor(flaky(1), { retry }).process(['a']);
    expect(errors[0].attempts).toBe(1);
    expect(stats.retries).toBe(0);
  });

  test('an item that succeeds in the end is a success, in its place', async () => {
    const processor = new ParallelProcessor((n) => steps[n](n), { concurrency: 2, retry: quick });
    const attempts = new Map();
    const steps = [flaky(0, attempts), flaky(2, attempts), flaky(0, attempts), flaky(1, attempts), flaky(5, attempts)];
    const { results, errors, stats } = await processor.process(range(5));
    expect(results).toEqual([0, 1, 2, 3]);
    expect(errors).toMatchObject([{ item: 4, attempts: 3 }]);
    expect(stats).toMatchObject({ retries: 2 + 1 + 2, successful: 4, failed: 1, totalProcessed: 5 });
  });

  test('the processor is told which attempt it is', async () => {
    const seen = [];
    const processor = new ParallelProcessor((item, { attempt, index }) => { seen.push(`${index}:${attempt}`); throw item; }, {
      concurrency: 1, retry: { ...quick, attempts: 3 },
    });
    await processor.process(['a']);
    expect(seen).toEqual(['0:1', '0:2', '0:3']);
  });

  test('progress counts items, not attempts', async () => {
    const counts = [];
    const options = { retry: quick, batchSize: 1, progressCallback: (completed) => counts.push(completed) };
    await new ParallelProcessor(flaky(1), options).process([1, 2, 3]);
    expect(counts).toEqual([1, 2, 3]);
  });

  test('a timeout is a failure like any other', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const gate = new Gate();
      let first = true;
      const processor = (item, context) => (first ? ((first = false), new Promise(() => {})) : gate.processor(item, context));
      const done = new ParallelProcessor(processor, { timeout: 10, retry: { delay: 5, jitter: 0 } }).process(['a']);
      await turn();
      vi.advanceTimersByTime(10);
      await turn();
      vi.advanceTimersByTime(5);
      await turn();
      expect(gate.contexts[0].attempt).toBe(2);
      expect(gate.contexts[0].signal.aborted).toBe(false);
      await gate.resolve('a');
      expect(await done).toMatchObject({ results: ['a'], stats: { timeouts: 1, retries: 1 } });
    } finally {
      vi.useRealTimers();
    }
  });

  test('native operations are tried again too', async () => {
    const processor = closing(new ParallelProcessor(operations.stat(), { retry: { ...quick, attempts: 3 } }));
    const { errors, stats } = await processor.process(['/no/such/file']);
    expect(errors).toMatchObject([{ attempts: 3, error: { code: 'ENOENT' } }]);
    expect(stats.retries).toBe(2);
  });
});

describe('retryIf', () => {
  test('decides on the error and the attempt', async () => {
    const asked = [];
    const retryIf = (error, attempt) => {
      asked.push([error, attempt]);
      return attempt < 2;
    };
    const { errors } = await new ParallelProcessor(flaky(9), { retry: { delay: 0, attempts: 5, retryIf } }).process(['a']);
    expect(asked).toEqual([['a, attempt 1', 1], ['a, attempt 2', 2]]);
    expect(errors[0]).toMatchObject({ attempts: 2, error: 'a, attempt 2' });
  });

  test('is not asked after the last attempt', async () => {
    let asked = 0;
    const retryIf = () => ++asked > 0;
    await new ParallelProcessor(flaky(9), { retry: { delay: 0, attempts: 3, retryIf } }).process(['a']);
    expect(asked).toBe(2);
  });

  test('if it throws, the call rejects with that value', async () => {
    const thrown = { from: 'retryIf' };
    const processor = new ParallelProcessor(flaky(9), { retry: { retryIf: () => { throw thrown; } } });
    expect(await rejectionOf(processor.process([1, 2]))).toBe(thrown);
  });
});

describe('during the backoff', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('the slot is free for others', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 1, retry: { delay: 1000, jitter: 0 } }).process(['a', 'b', 'c']);
    await turn();
    await gate.reject('a', 'no');
    expect(gate.pending).toEqual(['b']);
    await gate.resolve('b');
    expect(gate.pending).toEqual(['c']);
    vi.advanceTimersByTime(1000);
    await turn();
    expect(gate.pending).toEqual(['c']);
    await gate.resolve('c');
    expect(gate.pending).toEqual(['a']);
    await gate.resolve('a', 'A');
    expect((await done).results).toEqual(['A', 'b', 'c']);
    expect(gate.peak).toBe(1);
  });

  test('it is not tried again before its time', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { retry: { attempts: 4, delay: 100, factor: 3, jitter: 0 } }).process(['a']);
    await turn();
    for (const wait of [100, 300, 900]) {
      await gate.reject('a', 'no');
      vi.advanceTimersByTime(wait - 1);
      await turn();
      expect(gate.pending).toEqual([]);
      vi.advanceTimersByTime(1);
      await turn();
      expect(gate.pending).toEqual(['a']);
    }
    await gate.resolve('a');
    expect((await done).stats.retries).toBe(3);
  });

  test('an abort ends the waiting', async () => {
    const gate = new Gate();
    const controller = new AbortController();
    const done = rejectionOf(new ParallelProcessor(gate.processor, { retry: { delay: 1e6 } }).process(['a'], { signal: controller.signal }));
    await turn();
    await gate.reject('a', 'no');
    expect(vi.getTimerCount()).toBe(1);
    controller.abort('stop');
    expect(await done).toBe('stop');
    expect(vi.getTimerCount()).toBe(0);
    expect(gate.started).toEqual(['a']);
  });
});

describe('length of the backoff', () => {
  afterEach(() => void vi.restoreAllMocks());

  test('100 ms, doubling, at most 30 s, by default; half of it random', () => {
    const policy = retryPolicy({});
    vi.spyOn(Math, 'random').mockReturnValue(0);
    expect([1, 2, 3, 9, 10, 60].map((attempt) => backoffMs(policy, attempt))).toEqual([100, 200, 400, 25_600, 30_000, 30_000]);
    vi.spyOn(Math, 'random').mockReturnValue(1 - 2 ** -53);
    expect(backoffMs(policy, 1)).toBeCloseTo(50);
    expect(backoffMs(policy, 60)).toBeCloseTo(15_000);
  });

  test('lies between (1 - jitter) and 1 of min(maxDelay, delay * factor ^ (attempt - 1))', () => {
    fc.assert(fc.property(
      fc.record({
        delay: fc.double({ min: 0, max: 1e6, noNaN: true }), factor: fc.double({ min: 1, max: 10, noNaN: true }),
        maxDelay: fc.double({ min: 0, max: 1e6, noNaN: true }), jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.integer({ min: 1, max: 1000 }),
      (options, attempt) => {
        const longest = Math.min(options.maxDelay, options.delay * options.factor ** (attempt - 1));
        const waited = backoffMs(retryPolicy({ ...options, attempts: 2000 }), attempt);
        // 0 * Infinity is no number; a delay of nothing must stay nothing.
        const most = options.delay === 0 ? 0 : longest;
        expect(waited).toBeLessThanOrEqual(most);
        expect(waited).toBeGreaterThanOrEqual(most * (1 - options.jitter) * (1 - 1e-12));
      },
    ));
  });

  test('no delay stays none, however often it has grown', () => {
    expect(backoffMs(retryPolicy({ delay: 0, factor: 3, jitter: 0, attempts: 2000 }), 1500)).toBe(0);
  });

  test('without jitter it is exact', () => {
    expect(backoffMs(retryPolicy({ delay: 7, factor: 2, jitter: 0, attempts: 9 }), 3)).toBe(28);
  });
});
