/** Trial: poolifier's fixed thread pool. */
import { importPeer } from './peers.js';
import { itemsOf, kinds } from './kinds.js';
import { runWindow } from './window.js';

/** @param {{ workers: number, inFlight: number }} options */
export default function contender({ workers, inFlight }) {
  /** @type {any} */
  let pool;
  return {
    name: 'poolifier',
    async setup() {
      const { FixedThreadPool } = await importPeer('poolifier');
      const { fileURLToPath } = await import('node:url');
      pool = new FixedThreadPool(workers, fileURLToPath(new URL('./poolifier-worker.js', import.meta.url)));
    },
    /** @param {string} kind @param {number} n */
    run(kind, n) {
      const { task } = kinds[kind];
      return runWindow(itemsOf(kind, n), workers * inFlight, (item) => pool.execute(item, task));
    },
    teardown: () => pool.destroy(),
  };
}
