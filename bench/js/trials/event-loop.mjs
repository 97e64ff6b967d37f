// The event-loop placement: what the bookkeeping costs per item when the item itself costs next to nothing.

import { NaiveParallelProcessor, RepairedNaiveParallelProcessor } from '../naive/parallel-processor.mjs';
import { measure } from '../measure.mjs';

const kConcurrency = 8;
const kWarmUpItems = 20_000;

/** @typedef {(item: number) => Promise<number>} Processor */
/** @typedef {(items: number[], processor: Processor) => Promise<number[]>} Run */

/** @type {Processor} */
const addOne = async (item) => item + 1;

/** @type {Processor} */
const addOneLater = async (item) => {
  await new Promise((resolve) => setImmediate(resolve));
  return item + 1;
};

/**
 * A contender that maps `count` items with the same timing for all.
 *
 * @param {Processor} processor
 * @param {(context: import('../../harness/trials.mjs').Context) => Promise<Run>} load
 */
function mapping(processor, load) {
  return async (/** @type {import('../../harness/trials.mjs').Context} */ context) => {
    const items = Array.from({ length: context.fixture.count }, (_, index) => index);
    const run = await load(context);
    return measure(() => run(items, processor), {
      items: items.length,
      warmUp: () => run(items.slice(0, kWarmUpItems), processor),
      digest: (results) => results,
      ...(context.fixture.countResults && { details: (results) => ({ results: results.length }) }),
    });
  };
}

/** @param {number[]} items @param {Processor} processor */
async function bareWindow(items, processor) {
  /** @type {number[]} */
  const results = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await processor(items[index]);
    }
  };
  await Promise.all(Array.from({ length: kConcurrency }, lane));
  return results;
}

/** Progress, errors, order and stats are in what is timed. @param {{ library: string }} context @returns {Promise<Run>} */
async function ours({ library }) {
  const { ParallelProcessor } = await import(library);
  return async (items, processor) => {
    let completed = 0;
    const parallel = new ParallelProcessor(processor, {
      concurrency: kConcurrency,
      progressCallback: (/** @type {number} */ count) => (completed = count),
    });
    const { results, errors, stats } = await parallel.process(items);
    if (completed !== items.length || errors.length !== 0 || stats.successful !== items.length) {
      throw new Error(`processed ${stats.successful} of ${items.length}, progress said ${completed}`);
    }
    return results;
  };
}

/** @param {Processor} processor */
function contenders(processor) {
  return {
    ours: { note: 'with errors, order, progress and stats', run: mapping(processor, ours) },
    'bare window': {
      note: 'hand-written, no errors, progress or stats: the floor',
      run: mapping(processor, async () => bareWindow),
    },
    'async.mapLimit': {
      packages: ['async'],
      run: mapping(processor, async ({ peer }) => {
        const { default: async } = await peer('async');
        return (items, each) => async.mapLimit(items, kConcurrency, each);
      }),
    },
    'p-map': {
      packages: ['p-map'],
      run: mapping(processor, async ({ peer }) => {
        const { default: pMap } = await peer('p-map');
        return (items, each) => pMap(items, each, { concurrency: kConcurrency });
      }),
    },
    bluebird: {
      packages: ['bluebird'],
      run: mapping(processor, async ({ peer }) => {
        const { default: Bluebird } = await peer('bluebird');
        return (items, each) => Bluebird.map(items, each, { concurrency: kConcurrency });
      }),
    },
    'p-limit': {
      packages: ['p-limit'],
      run: mapping(processor, async ({ peer }) => {
        const { default: pLimit } = await peer('p-limit');
        return (items, each) => {
          const limit = pLimit(kConcurrency);
          return Promise.all(items.map((item) => limit(each, item)));
        };
      }),
    },
    'p-queue': {
      packages: ['p-queue'],
      run: mapping(processor, async ({ peer }) => {
        const { default: PQueue } = await peer('p-queue');
        return (items, each) => new PQueue({ concurrency: kConcurrency }).addAll(items.map((item) => () => each(item)));
      }),
    },
    'naive, repaired': {
      note: 'the naive class as written loses items, see event-loop/naive-loss',
      run: mapping(processor, async () => async (items, each) => {
        const naive = new RepairedNaiveParallelProcessor(each, { concurrency: kConcurrency });
        return (await naive.process(items)).results;
      }),
    },
  };
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'event-loop/no-op',
    describe: `async x => x + 1, concurrency ${kConcurrency}, 1e6 items (quick: 2e5)`,
    reference: 'bare window',
    pairs: 9,
    prepare: ({ quick }) => ({ count: quick ? 200_000 : 1_000_000 }),
    contenders: contenders(addOne),
  },
  {
    name: 'event-loop/set-immediate',
    describe: `a setImmediate in each item, concurrency ${kConcurrency}, 1e5 items`,
    reference: 'bare window',
    pairs: 9,
    prepare: () => ({ count: 100_000 }),
    contenders: contenders(addOneLater),
  },
  {
    name: 'event-loop/naive-loss',
    describe: 'how many of 1e5 items the naive class as written processes; concurrency 8, batches of 50',
    informational: true,
    pairs: 6,
    prepare: () => ({ count: 100_000, countResults: true }),
    // What is shown is that the results are not equal.
    check: () => {},
    contenders: {
      ours: { run: mapping(addOne, ours) },
      'naive as written': {
        note: 'says nothing about what it lost; its time is per item given, not per item done',
        run: mapping(addOne, async () => async (items, each) => {
          const naive = new NaiveParallelProcessor(each, { concurrency: kConcurrency });
          const { results } = await naive.process(items);
          if (results.length === items.length) throw new Error('the naive class lost nothing: it is not the one described');
          return results;
        }),
      },
    },
  },
];
