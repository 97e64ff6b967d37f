// How searches run: any concurrency gives the same bits; progress, aborting, leaving, dropping; threads.
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { similarity } from '../../../lib/index.js';
import { native } from '../../../lib/native.js';
import { randomRows } from './vectors.mjs';

const ROWS = 900;
const COLUMNS = 40;
const values = randomRows(ROWS, COLUMNS);
const options = { dimensions: COLUMNS, threshold: 0.8 };
/** Work for some seconds of one core, in many blocks. */
const large = randomRows(24_000, 256, 3);
const largeOptions = { dimensions: 256, threshold: 0.75, concurrency: 2 };

async function batchesOf(stream) {
  const batches = [];
  for await (const batch of stream) batches.push(batch);
  return batches;
}

/** Lanes opened and closed since the test began. */
let opened;
let closed;
let submitted;
beforeEach(() => {
  opened = vi.spyOn(native(), 'laneOpen');
  closed = vi.spyOn(native(), 'laneClose');
  submitted = vi.spyOn(native(), 'laneSubmit');
});
afterEach(() => vi.restoreAllMocks());

describe('results do not depend on concurrency', () => {
  test.each([2, 3, 4, 8, 64])('%d blocks at once', async (concurrency) => {
    for (const metric of ['cosine', 'euclidean']) {
      const one = { ...options, metric, concurrency: 1 };
      const many = { ...one, concurrency };
      expect(await batchesOf(similarity.pairs(values, many))).toEqual(await batchesOf(similarity.pairs(values, one)));
      expect(await similarity.topK(values, null, many)).toEqual(await similarity.topK(values, null, one));
      expect(await similarity.clusters(values, many)).toEqual(await similarity.clusters(values, one));
    }
  });
});

test('every search closes what it has opened', async () => {
  await similarity.topK(values, values, options);
  await similarity.clusters(values, options);
  await similarity.pairs(values, options).collect();
  await expect(similarity.clusters([[NaN]], { threshold: 0 })).rejects.toThrow('NaN');
  expect(opened).toHaveBeenCalledTimes(4);
  expect(closed).toHaveBeenCalledTimes(3);
});

test('a stream that is not iterated opens nothing, and each iteration is a search', async () => {
  const stream = similarity.pairs(values, options);
  const iterator = stream[Symbol.asyncIterator]();
  await turn();
  expect(opened).not.toHaveBeenCalled();
  await iterator.return();
  expect(await batchesOf(stream)).toEqual(await batchesOf(stream));
  expect(opened).toHaveBeenCalledTimes(2);
});

test('progress counts blocks up to their total', async () => {
  for (const run of [(o) => similarity.topK(values, null, o), (o) => similarity.clusters(values, o), (o) => similarity.pairs(values, o).collect()]) {
    const calls = [];
    await run({ ...options, onProgress: (...call) => calls.push(call) });
    expect(calls.length).toBeGreaterThan(5);
    expect(calls).toEqual(calls.map((_, n) => [n + 1, calls.length]));
  }
});

test('what progress throws ends the search', async () => {
  const reason = new Error('enough');
  const onProgress = () => {
    throw reason;
  };
  await expect(similarity.clusters(large, { ...largeOptions, onProgress })).rejects.toBe(reason);
  await expect(batchesOf(similarity.pairs(large, { ...largeOptions, onProgress }))).rejects.toBe(reason);
  expect(closed).toHaveBeenCalledTimes(2);
});

describe('aborting', () => {
  const searches = {
    topK: (o) => similarity.topK(large, null, { ...o, threshold: null }),
    pairs: (o) => batchesOf(similarity.pairs(large, o)),
    clusters: (o) => similarity.clusters(large, o),
  };

  test.each(Object.entries(searches))('%s: before it begins, nothing is opened', async (_name, run) => {
    const reason = { mine: true };
    await expect(run({ ...largeOptions, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(opened).not.toHaveBeenCalled();
  });

  test.each(Object.entries(searches))('%s: under way, it rejects with the reason and stops', async (_name, run) => {
    const controller = new AbortController();
    const reason = new Error('no longer needed');
    let last = 0;
    const onProgress = (completed, total) => {
      last = completed;
      if (completed === 2) setImmediate(() => controller.abort(reason));
      expect(completed).toBeLessThan(total);
    };
    await expect(run({ ...largeOptions, onProgress, signal: controller.signal })).rejects.toBe(reason);
    expect(last).toBeGreaterThanOrEqual(2);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  test('while the consumer of pairs is busy elsewhere, memory is released at once', async () => {
    const controller = new AbortController();
    const iterator = similarity.pairs(large, { ...largeOptions, signal: controller.signal })[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort();
    expect(closed).toHaveBeenCalledTimes(1);
    await expect(iterator.next()).rejects.toBe(controller.signal.reason);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});

describe('a consumer of pairs', () => {
  test('that is slow has only a few blocks computed ahead of it', async () => {
    const iterator = similarity.pairs(large, largeOptions)[Symbol.asyncIterator]();
    await iterator.next();
    const ahead = submitted.mock.calls.length;
    for (let n = 0; n < 50; n++) await turn();
    expect(submitted.mock.calls.length).toBe(ahead);
    expect(ahead).toBeLessThanOrEqual(2 * largeOptions.concurrency + 4);
    await iterator.return();
    expect(closed).toHaveBeenCalledTimes(1);
  });

  test('that leaves the loop ends the search', async () => {
    let batches = 0;
    for await (const { i } of similarity.pairs(large, largeOptions)) {
      expect(i.length).toBeGreaterThan(0);
      if (++batches === 2) break;
    }
    expect(batches).toBe(2);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  test('that drops the iterator has its search collected', async () => {
    await (async () => {
      await similarity.pairs(large, largeOptions)[Symbol.asyncIterator]().next();
    })();
    for (let n = 0; n < 400 && closed.mock.calls.length === 0; n++) {
      globalThis.gc?.();
      await turn();
    }
    expect(closed).toHaveBeenCalledTimes(1);
  });
});

describe('worker threads', () => {
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { similarity } = await import(workerData.library);
    const { values, options, endless } = workerData;
    do {
      const found = await similarity.clusters(values, options);
      parentPort.postMessage(found);
    } while (endless);`;
  const start = (workerData) => new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
  const library = new URL('../../../lib/index.js', import.meta.url).href;

  test('find the same as the main thread, at the same time', async () => {
    const workers = Array.from({ length: 3 }, () => start({ library, values, options }));
    const answers = workers.map((worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)));
    const here = await similarity.clusters(values, options);
    for (const found of await Promise.all(answers)) expect(found).toEqual(here);
  });

  test('can be terminated in the middle of a search', async () => {
    for (let round = 0; round < 5; round++) {
      const worker = start({ library, values, options, endless: true });
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      expect(await worker.terminate()).toBe(1);
    }
    expect((await similarity.clusters(values, options)).labels.length).toBe(ROWS);
  });
});
