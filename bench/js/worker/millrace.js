/** Trial: our pool. One instance per kind, made in its first run, as a pipeline makes one per task. */
import { WorkerPool } from '../../../lib/worker/pool.js';
import { workerTask } from '../../../lib/worker/worker-task.js';
import { itemsOf, kinds } from './kinds.js';
import { ListRun } from './list-run.js';

/** @param {{ workers: number }} options */
export default function contender({ workers }) {
  /** @type {Map<string, { pool: WorkerPool, feed: { run: ListRun | null, pull: ListRun['pull'] } }>} */
  const pools = new Map();
  return {
    name: 'millrace',
    async setup() {},
    /** @param {string} kind @param {number} n */
    async run(kind, n) {
      const { task } = kinds[kind];
      let entry = pools.get(task);
      if (entry === undefined) {
        /** @type {{ run: ListRun | null, pull: ListRun['pull'] }} */
        const feed = { run: null, pull: (max, runs, indexes) => feed.run?.pull(max, runs, indexes) ?? 0 };
        const url = new URL('./tasks.js', import.meta.url);
        const pool = new WorkerPool(workerTask(url, { export: task, workers }), feed, { concurrency: workers, onEvent() {} });
        pools.set(task, (entry = { pool, feed }));
      }
      const run = new ListRun(itemsOf(kind, n));
      entry.feed.run = run;
      entry.pool.wake();
      const sum = await run.done;
      if (run.errors.size > 0) throw run.errors.values().next().value;
      return sum;
    },
    async teardown() {
      for (const { pool } of pools.values()) await pool.close();
    },
  };
}
