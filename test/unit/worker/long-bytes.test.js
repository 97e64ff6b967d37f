// Long Buffers and Uint8Arrays, which cross in native blocks.
import { expect, test } from 'vitest';
import { ParallelProcessor, workerTask } from '../../../lib/index.js';

const module = new URL('../../fixtures/worker/long-bytes.mjs', import.meta.url);
const LENGTH = 300_000;

test('they arrive whole, as what they were, and are never written again while the task holds them', async () => {
  const processor = new ParallelProcessor(workerTask(module, { export: 'keep', workers: 2 }), { concurrency: 2 });
  const items = Array.from({ length: 400 }, (_, n) => (n % 3 === 0 ? Buffer.alloc(LENGTH + n, n) : new Uint8Array(LENGTH + n).fill(n)));
  const { results, errors } = await processor.process(items);
  expect(errors).toEqual([]);
  expect(results).toEqual(items.map((item, n) => ({ mark: n & 255, last: n & 255, length: LENGTH + n, isBuffer: n % 3 === 0 })));
  await processor.close();
});

test('a part of a larger buffer crosses as that part, and the original stays as it is', async () => {
  const processor = new ParallelProcessor(workerTask(module, { export: 'keep', workers: 1 }), { concurrency: 1 });
  const whole = new Uint8Array(2 * LENGTH).fill(1, 0, LENGTH).fill(2, LENGTH);
  const { results } = await processor.process([whole.subarray(LENGTH - 1, 2 * LENGTH)]);
  expect(results).toMatchObject([{ mark: 1, last: 2, length: LENGTH + 1 }]);
  expect(whole.length).toBe(2 * LENGTH);
  await processor.close();
});

test('those on their way to a worker that dies reach another', async () => {
  const task = workerTask(module, { export: 'exitOnce', workers: 2, crashRetries: 0 });
  const processor = new ParallelProcessor(task, { concurrency: 2 });
  const items = Array.from({ length: 60 }, (_, n) => Buffer.alloc(LENGTH, n));
  const { results, errors } = await processor.process(items);
  expect(errors.map(({ item, error }) => [items.indexOf(item), error.code])).toEqual([[13, 'ERR_WORKER_EXITED']]);
  expect(results).toEqual(Array.from(items.keys()).filter((n) => n !== 13));
  await processor.close();
});
