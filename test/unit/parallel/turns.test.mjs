// The event loop gets its turns while native batches keep coming.
import { expect, test } from 'vitest';
import { ParallelProcessor, operations } from '../../../lib/index.js';

test('a turn of the event loop passes between two deliveries, however fast batches finish', async () => {
  // Copying an item takes longer than hashing it: the next batch has always finished before the last is delivered.
  const item = new Uint8Array(16 << 20);
  let turns = 0;
  let ended = false;
  const count = () => {
    turns++;
    if (!ended) setImmediate(count);
  };
  setImmediate(count);
  let rounds = 0;
  const streams = Array.from({ length: 3 }, async () => {
    const processor = new ParallelProcessor(operations.hash({ algorithm: 'xxh3-64' }), { concurrency: 1 });
    for (; rounds < 120; rounds++) await processor.process([item]);
    await processor.close();
  });
  await Promise.all(streams);
  ended = true;
  expect(turns).toBeGreaterThan(rounds / 3);
});
