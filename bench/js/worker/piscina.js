/** Trial: piscina, with `inFlight` tasks per worker. */
import { importPeer } from './peers.js';
import { itemsOf, kinds } from './kinds.js';
import { runWindow } from './window.js';

/** @param {{ workers: number, inFlight: number }} options */
export default function contender({ workers, inFlight }) {
  /** @type {any} */
  let pool;
  return {
    name: 'piscina',
    async setup() {
      const peer = await importPeer('piscina');
      const Piscina = peer.Piscina ?? peer.default;
      pool = new Piscina({
        filename: new URL('./tasks.js', import.meta.url).href,
        minThreads: workers,
        maxThreads: workers,
        concurrentTasksPerWorker: inFlight,
      });
    },
    /** @param {string} kind @param {number} n */
    run(kind, n) {
      const { task } = kinds[kind];
      return runWindow(itemsOf(kind, n), workers * inFlight, (item) => pool.run(item, { name: task }));
    },
    teardown: () => pool.destroy(),
  };
}
