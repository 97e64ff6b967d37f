// The worker placement against the thread pools of npm, one trial for each kind of task in ../worker/kinds.js.
//
// How many tasks a process is timed with depends on how fast it is, so that the slowest finish and the fastest are not over before the clock
// can tell; times are per task. Results are compared on a run of fixed size.

import { itemsOf, kinds } from '../worker/kinds.js';
import { measure } from '../measure.mjs';

const kWorkers = 2;
const kInFlightPerWorker = 64;

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {(kind: string, count: number) => Promise<number>} Run  resolves with the sum of the results */

/** @type {Record<string, string>} */
const texts = {
  noop: 'no-op tasks',
  us10: 'tasks of 10 us',
  us100: 'tasks of 100 us',
  ms1: 'tasks of 1 ms',
  obj100: 'objects of 100 bytes',
  obj1k: 'objects of 1 kB',
  str64k: 'strings of 64 kB',
  buf1m: 'Buffers of 1 MB',
};

/** @param {string} kind @param {(context: Context) => Promise<Run>} load */
function working(kind, load) {
  return async (/** @type {Context} */ context) => {
    const run = await load(context);
    const small = Math.ceil(kinds[kind].count / 20);
    const checksum = await run(kind, small);
    const started = performance.now();
    await run(kind, 2 * small);
    const perItemMs = (performance.now() - started) / (2 * small);
    const items = Math.max(small, Math.min(10 * kinds[kind].count, Math.round(context.fixture.targetMs / perItemMs)));
    return measure(() => run(kind, items), { items, digest: () => checksum });
  };
}

/** @param {Context} context @returns {Promise<Run>} */
async function ours({ library }) {
  const { ParallelProcessor, workerTask } = await import(library);
  /** @type {Map<string, any>} */
  const processors = new Map();
  return async (kind, count) => {
    const { task } = kinds[kind];
    const url = new URL('../worker/tasks.js', import.meta.url);
    if (!processors.has(task)) {
      processors.set(task, new ParallelProcessor(workerTask(url, { export: task, workers: kWorkers }), { concurrency: kWorkers }));
    }
    const { results, errors } = await processors.get(task).process(itemsOf(kind, count));
    if (errors.length > 0) throw errors[0].error;
    return results.reduce((/** @type {number} */ sum, /** @type {number} */ value) => sum + value, 0);
  };
}

/** @param {string} name  of a file in ../worker @returns {() => Promise<Run>} */
function from(name) {
  return async () => {
    const { default: contender } = await import(new URL(`../worker/${name}.js`, import.meta.url).href);
    const pool = contender({ workers: kWorkers, inFlight: kInFlightPerWorker });
    await pool.setup();
    return (kind, count) => pool.run(kind, count);
  };
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = Object.entries(texts).map(([kind, text]) => ({
  name: `worker/${kind}`,
  describe: `${text}, ${kWorkers} workers`,
  unit: 'task',
  reference: 'piscina',
  pairs: 7,
  prepare: ({ quick }) => ({ targetMs: quick ? 200 : 500 }),
  contenders: {
    ours: { note: 'ordinary use: process(items), batching is the library\'s own', run: working(kind, ours) },
    ...Object.fromEntries(
      ['piscina', 'tinypool', 'workerpool', 'poolifier'].map((name) => [
        name,
        { packages: [name], note: `${kInFlightPerWorker} tasks in flight per worker`, run: working(kind, from(name)) },
      ]),
    ),
    'MessagePort, batched': {
      note: 'hand-written with a fixed batch size for each kind, no errors, no bookkeeping: the floor',
      run: working(kind, from('port-batched')),
    },
  },
}));
