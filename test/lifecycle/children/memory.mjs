// Who owns the bytes, and what happens when there are none left: memory.mjs SCENARIO
import { createHash } from 'node:crypto';
import { closeSync, openSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { files } from './work.mjs';

const scenario = process.argv[2];
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const MEGABYTE = 2 ** 20;

/** @param {string} name @param {number} bytes */
function sparseFile(name, bytes) {
  const path = join(/** @type {string} */ (process.env.LIFECYCLE_FOLDER), `${name}-${process.pid}`);
  closeSync(openSync(path, 'w'));
  truncateSync(path, bytes);
  return path;
}

/** @type {Record<string, () => Promise<unknown>>} */
const scenarios = {
  /** The bytes given are those processed, whatever the caller does to them afterwards. */
  async copied() {
    const items = Array.from({ length: 8 }, (_, i) => Buffer.alloc(4 * MEGABYTE, i + 1));
    const expected = items.map(sha256);
    const call = new ParallelProcessor(operations.hash({ algorithm: 'sha256' }), { concurrency: 8 }).process(items);
    // process() has submitted the first batch when it returns.
    items[0].fill(0xff);
    const { results } = await call;
    return results[0] === expected[0];
  },
  /** The bytes given may be detached and freed while they are processed. */
  async detached() {
    const item = new Uint8Array(64 * MEGABYTE).fill(7);
    const expected = sha256(item);
    const call = operations.hash({ algorithm: 'sha256' }).run(item);
    await Promise.resolve();
    structuredClone(item.buffer, { transfer: [item.buffer] });
    globalThis.gc?.();
    return (await call) === expected && item.byteLength === 0;
  },
  /** Buffers of a worker that is terminated while they are being read. */
  async terminated() {
    for (let round = 0; round < 10; round++) {
      const worker = new Worker(new URL(import.meta.url), { workerData: 'buffers' });
      await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
    }
    return true;
  },
  /** Views of memory that isolates share. */
  async shared() {
    const memory = new SharedArrayBuffer(3 * MEGABYTE);
    new Uint8Array(memory).forEach((_, i, all) => {
      all[i] = i % 251;
    });
    const items = [new Uint8Array(memory), new Uint8Array(memory, 5, 1000), Buffer.from(memory, MEGABYTE)];
    const expected = items.map((item) => sha256(Uint8Array.from(item)));
    const { results } = await new ParallelProcessor(operations.hash({ algorithm: 'sha256' })).process(items);
    const inWorker = await new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { memory } });
      worker.once('message', resolve).once('error', reject);
    });
    return results.join() === expected.join() && inWorker === expected[0];
  },
  /** Blocks handed over uncopied are freed as the loop goes on. */
  async bounded() {
    const content = sparseFile('block', 16 * MEGABYTE);
    const read = operations.readFile();
    let peakBytes = 0;
    for (let round = 0; round < 150; round++) {
      const block = await read.run(content);
      if (block.length !== 16 * MEGABYTE) throw new Error('wrong length');
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    }
    // 2400 MB have passed through.
    return peakBytes < 900 * MEGABYTE ? true : `${Math.round(peakBytes / MEGABYTE)} MB`;
  },
  /** A file larger than what is left is its own failure, and its neighbours' results arrive. */
  async exhausted() {
    const huge = sparseFile('huge', 900 * MEGABYTE);
    const { results, errors } = await new ParallelProcessor(operations.readFile()).process([files.small, huge, files.small]);
    return `${results.join('').trim()}|${errors.map(({ error, index }) => `${index} ${error.name} ${error.code}`)}`;
  },
  /** So is an item too large to be copied. */
  async exhaustedInput() {
    const huge = new Uint8Array(600 * MEGABYTE);
    const { results, errors } = await new ParallelProcessor(operations.hash()).process(['a', huge, 'b']);
    const outcome = errors.map(({ error, index }) => `${index} ${error.name} ${error.code}`);
    const alone = await operations.hash().run(huge).catch((error) => error.code);
    return `${results.length}|${outcome}|${alone}`;
  },
  async tooLarge() {
    const huge = sparseFile('huge', 2 ** 42);
    const { results, errors } = await new ParallelProcessor(operations.readFile({ maxBytes: MEGABYTE })).process([huge, files.small]);
    return `${results.join('').trim()}|${errors.map(({ error, index }) => `${index} ${error.code}`)}`;
  },
};

async function hashForEver() {
  const items = Array.from({ length: 4 }, (_, i) => Buffer.alloc(32 * MEGABYTE, i));
  const processor = new ParallelProcessor(operations.hash({ algorithm: 'sha256' }), {
    batchSize: 1,
    progressCallback: () => parentPort?.postMessage('busy'),
  });
  for (;;) await processor.process(items);
}

if (isMainThread) {
  void scenarios[scenario]().then((outcome) => console.log(outcome));
} else if (workerData === 'buffers') {
  void hashForEver();
} else {
  void operations.hash({ algorithm: 'sha256' }).run(new Uint8Array(workerData.memory)).then((hash) => parentPort?.postMessage(hash));
}
