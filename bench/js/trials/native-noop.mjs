// The native placement's cost per item when the operation does nothing: submission, accounting and results, end to end.

import { measure } from '../measure.mjs';

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'native/no-op',
    describe: '1e6 items through operations.noop() (quick: 2e5)',
    informational: true,
    reference: 'plain loop',
    prepare: ({ quick }) => ({ count: quick ? 200_000 : 1_000_000 }),
    contenders: {
      ours: async ({ fixture, library }) => {
        const { ParallelProcessor, operations } = await import(library);
        const items = Array.from({ length: fixture.count }, (_, index) => index);
        const processor = new ParallelProcessor(operations.noop());
        return measure(() => processor.process(items), {
          items: items.length,
          warmUp: () => processor.process(items.slice(0, 20_000)),
          digest: ({ results, errors }) => ({ done: results.length, failed: errors.length }),
        });
      },
      'plain loop': {
        note: 'a JavaScript loop that calls a function for each item: no peer, the floor of anything that touches every item',
        async run({ fixture }) {
          const items = Array.from({ length: fixture.count }, (_, index) => index);
          const call = (/** @type {number} */ item) => item;
          const run = () => ({ results: items.map(call), errors: [] });
          return measure(run, {
            items: items.length,
            warmUp: run,
            digest: ({ results, errors }) => ({ done: results.length, failed: errors.length }),
          });
        },
      },
    },
  },
];
