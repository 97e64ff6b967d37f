// Many instances, one after the other: nothing stays behind. Growth is judged against what the same number of
// cycles cost before, so that the allocator's own appetite does not count.
import { describe, expect, test } from 'vitest';
import { ParallelProcessor, operations } from '../../lib/index.js';

const MB = 1024 * 1024;
const CYCLES = 10_000;

async function settledRss() {
  for (let k = 0; k < 3; k++) {
    global.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage.rss();
}

/** Growth of the resident set over the cycles, in bytes, after the allocator has warmed up. */
async function growthOver(cycle) {
  for (let k = 0; k < CYCLES / 5; k++) await cycle(k);
  const before = await settledRss();
  for (let k = 0; k < CYCLES; k++) await cycle(k);
  return (await settledRss()) - before;
}

const kinds = {
  'native, used': async (k) => {
    const processor = new ParallelProcessor(operations.hash(), { concurrency: 2 });
    const { results } = await processor.process([String(k), 'x'.repeat(1000)]);
    if (results.length !== 2) throw new Error('a result is missing');
    await processor.close();
  },
  'native, with failures': async () => {
    const processor = new ParallelProcessor(operations.stat(), { concurrency: 1, retry: { attempts: 2, delay: 0 } });
    const { errors } = await processor.process(['/no/such/file']);
    if (errors.length !== 1) throw new Error('the failure is missing');
    await processor.close();
  },
  'event loop, used': async (k) => {
    const processor = new ParallelProcessor(async (n) => n, { concurrency: 2, timeout: 1000 });
    await processor.process([k, k + 1]);
    await processor.close();
  },
  'never used': async () => {
    await new ParallelProcessor(operations.hash()).close();
  },
  'dropped without close': async (k) => {
    await new ParallelProcessor(operations.hash()).process([String(k)]);
  },
  'a stream left early': async () => {
    const processor = new ParallelProcessor(operations.hash(), { concurrency: 2 });
    const stream = processor.stream(['a', 'b', 'c', 'd'], { highWaterMark: 2 });
    await stream.next();
    await stream.return();
    await processor.close();
  },
  'run of an operation': async (k) => {
    await operations.hash().run(String(k));
  },
};

describe(`${CYCLES} cycles`, () => {
  test.each(Object.entries(kinds))('%s: no growth beyond noise', async (_name, cycle) => {
    // 1 KB a cycle would be 10 MB.
    expect(await growthOver(cycle)).toBeLessThan(10 * MB);
  });

  test('calls of one instance with one long-lived signal leave nothing on it', async () => {
    const { signal } = new AbortController();
    const processor = new ParallelProcessor(async (n, { signal: own }) => (own.aborted ? -1 : n), { concurrency: 2, signal });
    const cycle = async (k) => {
      await processor.process([k], { signal: new AbortController().signal });
    };
    expect(await growthOver(cycle)).toBeLessThan(20 * MB);
    await processor.close();
  });

  test('aborted calls', async () => {
    const processor = new ParallelProcessor(operations.hash(), { concurrency: 2 });
    const words = Array.from({ length: 50 }, (_, k) => `word ${k}`);
    const cycle = async () => {
      const controller = new AbortController();
      const call = processor.process(words, { signal: controller.signal });
      controller.abort('stop');
      await call.catch((reason) => {
        if (reason !== 'stop') throw reason;
      });
    };
    expect(await growthOver(cycle)).toBeLessThan(10 * MB);
    await processor.close();
  });
});
