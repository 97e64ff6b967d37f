/**
 * Trial: the floor. Plain MessagePorts, arrays of items of a fixed size per message, two messages outstanding per
 * worker, no bookkeeping, no error handling.
 */
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { itemsOf, kinds } from './kinds.js';

const batchOf = /** @type {Record<string, number>} */ ({ us10: 64, us100: 10, ms1: 1, str64k: 16, buf1m: 1 });

/** @param {{ workers: number }} options */
export default function contender({ workers }) {
  /** @type {Worker[]} */
  let threads = [];
  return {
    name: 'port-batched',
    async setup() {
      threads = Array.from({ length: workers }, () => new Worker(new URL(import.meta.url)));
      await Promise.all(threads.map((w) => new Promise((resolve) => w.once('message', resolve))));
    },
    /** @param {string} kind @param {number} n @returns {Promise<number>} */
    run(kind, n) {
      const items = itemsOf(kind, n);
      const { task } = kinds[kind];
      const size = batchOf[kind] ?? 512;
      let next = 0;
      let done = 0;
      let sum = 0;
      return new Promise((resolve) => {
        for (const worker of threads) {
          const send = () => {
            if (next >= n) return;
            worker.postMessage({ task, items: items.slice(next, next + size) });
            next += size;
          };
          worker.removeAllListeners('message');
          worker.on('message', (/** @type {number[]} */ values) => {
            for (const value of values) sum += value;
            done += values.length;
            send();
            if (done === n) resolve(sum);
          });
          send();
          send();
        }
      });
    },
    teardown: async () => {
      await Promise.all(threads.map((w) => w.terminate()));
    },
  };
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  const tasks = /** @type {Record<string, (item: unknown) => number>} */ (/** @type {unknown} */ (await import('./tasks.js')));
  port.on('message', ({ task, items }) => port.postMessage(items.map((/** @type {unknown} */ item) => tasks[task](item))));
  port.postMessage('ready');
}
