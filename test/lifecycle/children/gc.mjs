// What is dropped is released, and what is under way is not: gc.mjs SCENARIO [COUNT], under --expose-gc
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { native } from '../../../lib/native.js';
import { files } from './work.mjs';

const [scenario, count] = process.argv.slice(2);
const gc = /** @type {() => void} */ (globalThis.gc);
const MEGABYTE = 2 ** 20;
/** ThreadSanitizer shadows each byte with four of its own, and they are resident too. */
const SHADOWED = process.env.TSAN_OPTIONS === undefined ? 1 : 5;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Collects until it is so; the time limit of the process is the limit. @param {() => boolean} condition */
async function collectUntil(condition) {
  while (!condition()) {
    gc();
    await turn();
  }
}

/** The number of the lane that is opened next: they are given out in order. */
function nextLane() {
  const addon = native();
  const lane = addon.laneOpen('noop', {}, 1, addon.onBatch(() => {}, () => setImmediate(() => addon.deliverMore())));
  addon.laneClose(lane);
  return lane + 1;
}

/** Whether the addon still has that lane. @param {number} lane */
function isOpen(lane) {
  try {
    native().laneSetLimit(lane, 1);
    return true;
  } catch (error) {
    if (error.code !== 'ERR_CLOSED') throw error;
    return false;
  }
}

/**
 * Compares memory half-way through `cycles` runs of `body` with memory at the end: the heap by what a
 * few objects a run would add, the resident set, which is noisy, by what a few kilobytes would.
 */
async function growthOver(cycles, body) {
  let rss = 0;
  let heap = 0;
  for (let i = 0; i < cycles; i++) {
    await body();
    if (i !== cycles >> 1) continue;
    rss = await settledRss();
    heap = process.memoryUsage().heapUsed;
  }
  rss = (await settledRss()) - rss;
  heap = process.memoryUsage().heapUsed - heap;
  return heap < Math.max(MEGABYTE / 2, 500 * (cycles >> 1)) && rss < 24 * MEGABYTE * SHADOWED ? 'stable' : `heap grew by ${heap}, resident set by ${rss}`;
}

async function settledRss() {
  for (let i = 0; i < 5; i++) {
    gc();
    await turn();
  }
  return process.memoryUsage.rss();
}

/** @type {Record<string, () => Promise<unknown>>} */
const scenarios = {
  async droppedBusy() {
    const lane = nextLane();
    let collected = false;
    const registry = new FinalizationRegistry(() => {
      collected = true;
    });
    // In a function of its own, so that nothing here holds the instance.
    const start = () => {
      const processor = new ParallelProcessor(operations.hashFile({ algorithm: 'sha256' }));
      registry.register(processor, 0);
      return processor.process(new Array(100).fill(files.large));
    };
    const call = start();
    await collectUntil(() => collected);
    const openMeanwhile = isOpen(lane);
    const { results } = await call;
    const expected = createHash('sha256').update(readFileSync(files.large)).digest('hex');
    await collectUntil(() => !isOpen(lane));
    return `${openMeanwhile}, ${results.filter(({ hash }) => hash === expected).length}`;
  },
  async droppedIdle() {
    const lane = nextLane();
    await (async () => {
      await new ParallelProcessor(operations.noop()).process([1]);
    })();
    const openAtFirst = isOpen(lane);
    await collectUntil(() => !isOpen(lane));
    return openAtFirst;
  },
  async droppedStream() {
    const lane = nextLane();
    await (async () => {
      for await (const { value } of new ParallelProcessor(operations.noop()).stream([7, 8, 9])) if (value === 8) break;
    })();
    await collectUntil(() => !isOpen(lane));
    return 'released';
  },
  async closedLane() {
    const lane = nextLane();
    const processor = new ParallelProcessor(operations.noop());
    await processor.process([1]);
    await processor.close();
    return isOpen(lane);
  },
  async runLane() {
    const lane = nextLane();
    await operations.noop().run(1);
    const afterSuccess = isOpen(lane);
    await operations.stat().run('/nonexistent').catch(() => {});
    const afterFailure = isOpen(lane + 1);
    const controller = new AbortController();
    const call = operations.hashFile().run(files.endless, { signal: controller.signal });
    controller.abort();
    await call.catch(() => {});
    return [afterSuccess, afterFailure, isOpen(lane + 2)].join();
  },
  /** Blocks outlive the instance that read them, and go when nobody holds them. */
  async results() {
    const read = async () => (await new ParallelProcessor(operations.readFile()).process(new Array(20).fill(files.large))).results;
    const expected = readFileSync(files.large);
    const before = await settledRss();
    let contents = await read();
    for (let i = 0; i < 10; i++) {
      gc();
      await turn();
    }
    const good = contents.every((content) => content.equals(expected));
    const held = (await settledRss()) - before;
    contents = [];
    const left = (await settledRss()) - before;
    // In proportion: a sanitizer keeps shadow memory for every block that ever was.
    return good && held > 50 * MEGABYTE && left < held / 2 ? 'freed' : `${good} ${held} ${left}`;
  },
  async cycles() {
    return growthOver(Number(count), async () => {
      const processor = new ParallelProcessor(operations.noop());
      await processor.process([1, 2, 3]);
      await processor.close();
    });
  },
  async droppedCycles() {
    return growthOver(Number(count), async () => {
      await new ParallelProcessor(operations.noop()).process([1, 2, 3]);
    });
  },
};

void scenarios[scenario]().then((outcome) => console.log(String(outcome)));
