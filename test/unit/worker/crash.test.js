import { describe, expect, test } from 'vitest';
import { twenty, withPool } from './harness.js';

/** Every item settled exactly once; only the poisonous one failed. Returns its error. */
function expectOnlyPoisonFailed(run, at = 7) {
  expect(run.settleCounts).toEqual(new Array(20).fill(1));
  expect([...run.errors.keys()]).toEqual([at]);
  run.items.forEach((item, i) => {
    if (i !== at) expect(run.results.get(i)).toBe(item * 2);
  });
  return run.errors.get(at);
}

describe.each([
  ['a synchronous processor', 'sync', 2],
  ['an asynchronous processor, several items in each worker', 'asyncMixed', 8],
])('crashes in %s', (_, exportName, concurrency) => {
  const crash = (is, options, runOptions) =>
    withPool(exportName, { concurrency, workers: 2, ...options }, async (pool) => {
      const run = await pool.process(twenty(is), runOptions);
      return { run, pool, health: pool.pool.health() };
    });

  test('process.exit()', async () => {
    const { run, pool, health } = await crash('exit');
    const error = expectOnlyPoisonFailed(run);
    expect(error).toMatchObject({ code: 'ERR_WORKER_EXITED', exitCode: 3 });
    expect(health.restarts).toBe(2);
    expect(pool.eventsOf('restart').map((event) => event.reason)).toEqual(['ERR_WORKER_EXITED', 'ERR_WORKER_EXITED']);
    expect(health.reruns).toBeGreaterThanOrEqual(1);
  });

  test('process.exit() after a while', async () => {
    const { run } = await crash('exitLater');
    expect(expectOnlyPoisonFailed(run)).toMatchObject({ code: 'ERR_WORKER_EXITED', exitCode: 4 });
  });

  test('an error thrown from a timer while the item is pending', async () => {
    const { run } = await crash('asyncThrow');
    const error = expectOnlyPoisonFailed(run);
    expect(error.code).toBe('ERR_WORKER_UNCAUGHT');
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.cause).toMatchObject({ message: 'thrown from a timer', code: 'E_TIMER' });
  });

  test('an unhandled rejection', async () => {
    const { run } = await crash('rejection');
    const error = expectOnlyPoisonFailed(run);
    expect(error.code).toBe('ERR_WORKER_UNCAUGHT');
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.cause.message).toBe('nobody catches');
  });

  test('out of memory', async () => {
    const { run } = await crash('memory', { resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 } });
    expect(expectOnlyPoisonFailed(run).code).toBe('ERR_WORKER_OUT_OF_MEMORY');
  });

  test('an endless loop ends at its timeout', async () => {
    const { run, health, pool } = await crash('loop', {}, { timeoutMs: 400 });
    expect(expectOnlyPoisonFailed(run)).toMatchObject({ code: 'ERR_TIMEOUT', timeout: 400 });
    expect(health.restarts).toBe(1);
    expect(pool.eventsOf('restart')[0].reason).toBe('timeout');
  });

  test('an unclonable result', async () => {
    const { run, health } = await crash('unclonable');
    expect(expectOnlyPoisonFailed(run)).toMatchObject({ code: 'ERR_NOT_CLONEABLE', cause: { name: 'DataCloneError' } });
    expect(health.restarts).toBe(0);
  });

  test('an error thrown after the item has settled is nobody else\'s', async () => {
    await withPool(exportName, { concurrency, workers: 2 }, async (pool) => {
      // Something is pending or waiting whenever the late error comes.
      const run = await pool.process(twenty('late'));
      expect(run.settleCounts).toEqual(new Array(20).fill(1));
      expect(run.errors.size).toBe(0);
      expect(run.results.get(7)).toBe('settled');
      while (pool.eventsOf('late-error').length === 0) await pool.process([1, 2, 3, 4]);
      expect(pool.eventsOf('late-error')[0].error).toMatchObject({ message: 'too late' });
      expect(pool.pool.health().lateErrors).toBe(1);
    });
  });
});

describe('crashes', () => {
  test('a loop that begins after an await ends at its timeout', async () => {
    await withPool('asyncMixed', { concurrency: 8, workers: 2 }, async (pool) => {
      const run = await pool.process(twenty('loopLater'), { timeoutMs: 400 });
      expect(expectOnlyPoisonFailed(run).code).toBe('ERR_TIMEOUT');
      // Nobody can see which of the worker's items loops: if there are several, they run again, each alone.
      const reasons = pool.eventsOf('restart').map((event) => event.reason);
      expect([['timeout'], ['timeout', 'timeout']]).toContainEqual(reasons);
    });
  });

  test('an item over its timeout in a responsive worker costs no worker', async () => {
    await withPool('asyncMixed', { concurrency: 8, workers: 2 }, async (pool) => {
      const run = await pool.process(twenty('pend'), { timeoutMs: 400 });
      expect(expectOnlyPoisonFailed(run).code).toBe('ERR_TIMEOUT');
      expect(pool.pool.health().restarts).toBe(0);
    });
  });

  test('items that never settle do not use up the worker', async () => {
    await withPool('asyncMixed', { concurrency: 2, workers: 1 }, async (pool) => {
      const run = await pool.process([{ is: 'pend' }, { is: 'pend' }, { is: 'pend' }, { is: 'pend' }, 21], { timeoutMs: 200 });
      expect([...run.errors.keys()]).toEqual([0, 1, 2, 3]);
      expect(run.results.get(4)).toBe(42);
      expect(pool.pool.health().restarts).toBe(0);
    });
  });

  test('a crash is known to be of the item that caused it, among several pending ones', async () => {
    const words = new Int32Array(new SharedArrayBuffer(16));
    await withPool('count', { concurrency: 4, workers: 1 }, async (pool) => {
      await pool.process([{ words, at: 0, ms: 1 }]);
      for (const is of ['exitLater', 'asyncThrow']) {
        const before = pool.pool.health().restarts;
        words.fill(0);
        const slow = [0, 1, 2].map((at) => ({ words, at, ms: 60 }));
        const run = await pool.process([...slow, { words, at: 3, is }]);
        expect([...run.errors.keys()]).toEqual([3]);
        // It was tried alone at once, the others were not.
        expect(words[3]).toBe(2);
        expect(pool.pool.health().restarts - before).toBe(2);
      }
    });
  });

  test('many poisonous items: each fails, no other', async () => {
    await withPool('asyncMixed', { concurrency: 8, workers: 2 }, async (pool) => {
      const items = Array.from({ length: 40 }, (_, i) => (i % 10 === 3 ? { is: 'exit' } : i));
      const run = await pool.process(items);
      expect(run.settleCounts).toEqual(new Array(40).fill(1));
      expect([...run.errors.keys()].sort((a, b) => a - b)).toEqual([3, 13, 23, 33]);
    });
  });

  test('an item that ends its worker once is retried alone and succeeds', async () => {
    const words = new Int32Array(new SharedArrayBuffer(80));
    await withPool('once', { concurrency: 1 }, async (pool) => {
      const run = await pool.process([{ words, at: 0 }]);
      expect(run.results.get(0)).toBe(2);
      expect(run.errors.size).toBe(0);
    });
  });

  test('crashRetries: 0 fails the suspect at its first crash, 3 at its fourth', async () => {
    for (const [crashRetries, starts] of [[0, 1], [3, 4]]) {
      const words = new Int32Array(new SharedArrayBuffer(4));
      await withPool('count', { concurrency: 1, crashRetries }, async (pool) => {
        const run = await pool.process([{ words, at: 0, is: 'exit' }]);
        expect(run.errors.get(0).code).toBe('ERR_WORKER_EXITED');
        expect(words[0]).toBe(starts);
      });
    }
  });

  test('rerun: false runs nothing twice', async () => {
    const words = new Int32Array(new SharedArrayBuffer(400));
    await withPool('count', { concurrency: 8, workers: 2, rerun: false }, async (pool) => {
      const items = Array.from({ length: 100 }, (_, at) => ({ words, at, ms: at % 4, ...(at === 30 && { is: 'exit' }) }));
      const run = await pool.process(items);
      expect(run.settleCounts).toEqual(new Array(100).fill(1));
      expect([...words].every((starts) => starts === 1)).toBe(true);
      expect(run.errors.get(30).code).toBe('ERR_WORKER_EXITED');
      // Its neighbours in the worker may have begun: they fail rather than run again.
      expect(run.errors.size).toBeLessThanOrEqual(4);
      for (const error of run.errors.values()) expect(error.code).toBe('ERR_WORKER_EXITED');
      expect(pool.pool.health().reruns).toBe(0);
    });
  });
});
