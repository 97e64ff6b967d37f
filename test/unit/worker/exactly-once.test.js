// Whatever mixture of items, options and mishaps: every item is settled exactly once, and rightly.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withPool } from './harness.js';

const item = fc.oneof(
  { weight: 40, arbitrary: fc.nat(1000) },
  { weight: 1, arbitrary: fc.constantFrom('exit', 'exitLater', 'asyncThrow', 'rejection', 'unclonable', 'loop', 'pend').map((is) => ({ is })) },
);

test('every item is settled exactly once; only poisonous ones fail', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('sync', 'asyncMixed'),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(item, { maxLength: 100 }),
      async (exportName, concurrency, workers, items) => {
        await withPool(exportName, { concurrency, workers }, async (pool) => {
          const run = await pool.process(items, { timeoutMs: 600 });
          expect(run.settleCounts).toEqual(new Array(items.length).fill(1));
          items.forEach((value, i) => {
            if (typeof value === 'number') expect(run.results.get(i)).toBe(value * 2);
            else expect(run.errors.get(i)?.code).toMatch(/^ERR_(WORKER_EXITED|WORKER_UNCAUGHT|NOT_CLONEABLE|TIMEOUT)$/);
          });
          expect(pool.pool.health().queued).toBe(0);
        });
      },
    ),
    { numRuns: 8 },
  );
}, 120_000);
