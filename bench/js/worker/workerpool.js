/** Trial: workerpool. Its workers take one task at a time; the rest of the window waits in its queue. */
import { importPeer } from './peers.js';
import { itemsOf, kinds } from './kinds.js';
import { runWindow } from './window.js';

/** @param {{ workers: number, inFlight: number }} options */
export default function contender({ workers, inFlight }) {
  /** @type {any} */
  let pool;
  return {
    name: 'workerpool',
    async setup() {
      const workerpool = (await importPeer('workerpool')).default;
      const { fileURLToPath } = await import('node:url');
      pool = workerpool.pool(fileURLToPath(new URL('./workerpool-worker.js', import.meta.url)), {
        workerType: 'thread',
        minWorkers: workers,
        maxWorkers: workers,
      });
    },
    /** @param {string} kind @param {number} n */
    run(kind, n) {
      const { task } = kinds[kind];
      return runWindow(itemsOf(kind, n), workers * inFlight, (item) => pool.exec(task, [item]));
    },
    teardown: () => pool.terminate(),
  };
}
