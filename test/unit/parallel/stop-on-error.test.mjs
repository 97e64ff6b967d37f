import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, rejectionOf, turn, unhandledRejectionsDuring } from './gate.mjs';
import { closing, placements } from './placements.mjs';

describe('stopOnError', () => {
  test('the first failure rejects the call with its identical value, and no further item starts', async () => {
    const gate = new Gate();
    const thrown = Object.freeze({ first: true });
    const reasons = await unhandledRejectionsDuring(async () => {
      const done = rejectionOf(new ParallelProcessor(gate.processor, { concurrency: 3, stopOnError: true }).process(range(10)));
      await turn();
      await gate.resolve(0);
      await gate.reject(2, thrown);
      expect(await done).toBe(thrown);
      await gate.reject(1, 'second');
      await gate.resolve(3);
      expect(gate.started).toEqual([0, 1, 2, 3]);
    });
    expect(reasons).toEqual([]);
  });

  test.each([[undefined], [null], [0], ['']])('also when what was thrown is %j', async (thrown) => {
    const processor = new ParallelProcessor(() => { throw thrown; }, { stopOnError: true });
    expect(await rejectionOf(processor.process([1]))).toBe(thrown);
  });

  test('without failures, nothing is different', async () => {
    expect((await new ParallelProcessor((n) => n, { stopOnError: true }).process([1, 2])).results).toEqual([1, 2]);
  });

  test('retries come first', async () => {
    let calls = 0;
    const processor = new ParallelProcessor(() => { throw ++calls; }, { stopOnError: true, retry: { attempts: 3, delay: 0 } });
    expect(await rejectionOf(processor.process(['a']))).toBe(3);
  });

  test('other calls of the instance go on', async () => {
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 2, stopOnError: true });
    const bad = rejectionOf(processor.process(['a', 'b']));
    const good = processor.process(['x', 'y']);
    await turn();
    await gate.reject('a', 'no');
    await gate.drain();
    expect(await bad).toBe('no');
    expect((await good).results).toEqual(['x', 'y']);
  });

  test.each(placements)('$name', async ({ hashing }) => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2, stopOnError: true }));
    const error = await rejectionOf(processor.process([...range(500).map(String), { not: 'text' }, ...range(500).map(String)]));
    expect(error).toBeInstanceOf(TypeError);
    expect((await processor.process(['a'])).results).toHaveLength(1);
  });
});
