// What must hold for any items, failures, timings and settings.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { range, rejectionOf } from './gate.mjs';
import { closing, placements, sha256 } from './placements.mjs';

const settings = fc.record({
  concurrency: fc.integer({ min: 1, max: 12 }),
  batchSize: fc.integer({ min: 1, max: 30 }),
});
/** For each item: does it fail, and is its processor synchronous? */
const plans = fc.array(fc.record({ fails: fc.boolean(), sync: fc.boolean() }), { maxLength: 40 });

/** A processor for items { id, fails, sync } whose asynchronous ones end in the scheduler's order. */
function scheduledProcessor(scheduler) {
  const state = { starts: [], running: 0, peak: 0 };
  const finish = (item) => {
    state.running--;
    if (item.fails) throw item.error;
    return item.value;
  };
  const processor = (item) => {
    state.starts.push(item.id);
    state.peak = Math.max(state.peak, ++state.running);
    return item.sync ? finish(item) : scheduler.schedule(Promise.resolve()).then(() => finish(item));
  };
  return { processor, state };
}

const itemsOf = (plan) => plan.map((entry, id) => Object.freeze({ ...entry, id, value: { value: id }, error: { error: id } }));

/** Lets the scheduler go on until the promise has settled. */
const settle = (scheduler, promise) => scheduler.waitFor(promise);

describe('process', () => {
  test('order, exactly once, accounting, concurrency, progress', async () => {
    await fc.assert(fc.asyncProperty(plans, settings, fc.scheduler(), async (plan, { concurrency, batchSize }, scheduler) => {
      const items = itemsOf(plan);
      const progress = [];
      const { processor, state } = scheduledProcessor(scheduler);
      const instance = new ParallelProcessor(processor, { concurrency, batchSize, progressCallback: (...given) => progress.push(given) });
      const { results, errors, stats } = await settle(scheduler, instance.process(items));

      const successes = items.filter(({ fails }) => !fails);
      const failures = items.filter(({ fails }) => fails);
      expect(results).toHaveLength(successes.length);
      successes.forEach(({ value }, k) => expect(results[k]).toBe(value));
      expect(errors).toHaveLength(failures.length);
      failures.forEach((item, k) => {
        expect(errors[k].item).toBe(item);
        expect(errors[k].error).toBe(item.error);
        expect(errors[k]).toMatchObject({ index: item.id, attempts: 1 });
      });
      expect(state.starts).toEqual(range(items.length));
      expect(stats).toMatchObject({ totalProcessed: items.length, successful: successes.length, failed: failures.length });
      expect(state.peak).toBeLessThanOrEqual(concurrency);
      const expected = range(Math.floor(items.length / batchSize), 1).map((k) => k * batchSize);
      if (items.length % batchSize !== 0) expected.push(items.length);
      expect(progress).toEqual(expected.map((completed) => [completed, items.length]));
    }), { numRuns: 300 });
  });

  test('several calls at once keep apart and share one window', async () => {
    await fc.assert(fc.asyncProperty(fc.array(plans, { minLength: 2, maxLength: 4 }), settings, fc.scheduler(), async (list, { concurrency }, scheduler) => {
      const { processor, state } = scheduledProcessor(scheduler);
      const instance = new ParallelProcessor(processor, { concurrency });
      const calls = list.map(itemsOf);
      const outcomes = await settle(scheduler, Promise.all(calls.map((items) => instance.process(items))));
      outcomes.forEach(({ results, errors }, k) => {
        expect(results).toEqual(calls[k].filter(({ fails }) => !fails).map(({ value }) => value));
        expect(errors.map(({ item }) => item)).toEqual(calls[k].filter(({ fails }) => fails));
      });
      expect(state.peak).toBeLessThanOrEqual(concurrency);
      expect(state.starts).toHaveLength(calls.flat().length);
    }), { numRuns: 100 });
  });

  test('with retries: an item ends with the first attempt that succeeds, or with its last failure', async () => {
    const failures = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 15 });
    await fc.assert(fc.asyncProperty(failures, fc.integer({ min: 1, max: 4 }), settings, async (plan, attempts, { concurrency }) => {
      const calls = plan.map(() => 0);
      const processor = new ParallelProcessor(async (id) => {
        if (++calls[id] <= plan[id]) throw `${id}:${calls[id]}`;
        return id;
      }, { concurrency, retry: { attempts, delay: 0 } });
      const { results, errors, stats } = await processor.process(plan.map((_, id) => id));
      expect(results).toEqual(range(plan.length).filter((id) => plan[id] < attempts));
      expect(errors.map(({ error }) => error)).toEqual(range(plan.length).filter((id) => plan[id] >= attempts).map((id) => `${id}:${attempts}`));
      expect(calls).toEqual(plan.map((count) => Math.min(count + 1, attempts)));
      expect(stats.retries).toBe(calls.reduce((sum, count) => sum + count - 1, 0));
    }), { numRuns: 40 });
  });

  test('priorities: items start by priority and then by place', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), async (priorities, concurrency) => {
      const starts = [];
      const processor = new ParallelProcessor(async ({ id }) => { starts.push(id); return id; }, { concurrency, priority: ({ rank }) => rank });
      const { results } = await processor.process(priorities.map((rank, id) => ({ rank, id })));
      expect(results).toEqual(range(priorities.length));
      expect(starts).toEqual(range(priorities.length).sort((a, b) => priorities[b] - priorities[a] || a - b));
    }));
  });
});

describe.each(placements)('$name', ({ hashing }) => {
  test('texts, bytes and wrong types in any mixture', async () => {
    const item = fc.oneof(
      fc.string({ unit: 'binary' }), fc.string(), fc.uint8Array({ maxLength: 300 }), fc.integer(), fc.constant(null), fc.constant(undefined),
    );
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3 }));
    await fc.assert(fc.asyncProperty(fc.array(item, { maxLength: 60 }), async (items) => {
      const { results, errors, stats } = await processor.process(items);
      const valid = items.filter((value) => typeof value === 'string' || value instanceof Uint8Array);
      expect(results).toEqual(valid.map(sha256));
      expect(errors.map(({ index }) => index)).toEqual(range(items.length).filter((k) => !valid.includes(items[k])));
      for (const failure of errors) expect(failure.error).toBeInstanceOf(TypeError);
      expect(stats.successful + stats.failed).toBe(items.length);
    }), { numRuns: 60 });
  });
});

describe('stream', () => {
  test('every item once, in order or not, never more than highWaterMark ahead', async () => {
    await fc.assert(fc.asyncProperty(plans, settings, fc.integer({ min: 1, max: 20 }), fc.boolean(), fc.boolean(), fc.scheduler(),
      async (plan, { concurrency }, highWaterMark, ordered, asynchronous, scheduler) => {
        const items = itemsOf(plan);
        const { processor, state } = scheduledProcessor(scheduler);
        let read = 0;
        let consumed = 0;
        function* source() {
          for (const item of items) {
            // One more may be on its way out of the stream, and not yet counted here.
            expect(++read - consumed).toBeLessThanOrEqual(highWaterMark + 1);
            yield item;
          }
        }
        async function* later() {
          for (const item of source()) {
            await scheduler.schedule(Promise.resolve());
            yield item;
          }
        }
        const settled = [];
        const stream = new ParallelProcessor(processor, { concurrency }).stream(asynchronous ? later() : source(), { highWaterMark, ordered });
        await settle(scheduler, (async () => {
          for (;;) {
            const { done, value } = await stream.next();
            if (done) return;
            consumed++;
            settled.push(value);
          }
        })());
        const indexes = settled.map(({ index }) => index);
        expect(ordered ? indexes : [...indexes].sort((a, b) => a - b)).toEqual(range(items.length));
        for (const { index, item, status, value, reason } of settled) {
          expect(item).toBe(items[index]);
          if (status === 'fulfilled') expect(value).toBe(items[index].value);
          else expect(reason).toBe(items[index].error);
          expect(status).toBe(items[index].fails ? 'rejected' : 'fulfilled');
        }
        expect(state.starts).toEqual(range(items.length));
        expect(state.peak).toBeLessThanOrEqual(concurrency);
      }), { numRuns: 200 });
  });
});

describe('dependencies', () => {
  /** Edges i -> j with j < i, under a random renaming of the nodes: any acyclic graph. */
  const acyclic = fc.integer({ min: 0, max: 25 }).chain((count) => fc.record({
    order: fc.shuffledSubarray(range(count), { minLength: count, maxLength: count }),
    edges: fc.array(fc.tuple(fc.nat(Math.max(0, count - 1)), fc.nat(Math.max(0, count - 1))), { maxLength: 60 }),
    failing: fc.uniqueArray(fc.nat(Math.max(0, count - 1)), { maxLength: 4 }),
  }).map(({ order, edges, failing }) => {
    const needs = range(count).map(() => []);
    for (const [a, b] of edges) if (count > 0 && a !== b) needs[order[Math.max(a, b)]].push(order[Math.min(a, b)]);
    return { count, needs, failing: new Set(count > 0 ? failing : []) };
  }));

  test('any acyclic graph: each node once, after what it needs; exactly the dependants of failures fail', async () => {
    await fc.assert(fc.asyncProperty(acyclic, fc.integer({ min: 1, max: 6 }), fc.scheduler(), async ({ count, needs, failing }, concurrency, scheduler) => {
      const done = new Set();
      const starts = [];
      const instance = new ParallelProcessor(async (id) => {
        starts.push(id);
        for (const need of needs[id]) expect(done.has(need)).toBe(true);
        await scheduler.schedule(Promise.resolve());
        if (failing.has(id)) throw `failed ${id}`;
        done.add(id);
        return id;
      }, { concurrency });
      const call = instance.process(range(count), { key: String, dependencies: (id) => needs[id].map(String) });
      const { results, errors } = await settle(scheduler, call);

      const doomed = new Map();
      const isDoomed = (id) => {
        if (!doomed.has(id)) doomed.set(id, needs[id].some((need) => failing.has(need) || isDoomed(need)));
        return doomed.get(id);
      };
      const ran = range(count).filter((id) => !isDoomed(id));
      expect([...starts].sort((a, b) => a - b)).toEqual(ran);
      expect(results).toEqual(ran.filter((id) => !failing.has(id)));
      expect(errors.map(({ item }) => item)).toEqual(range(count).filter((id) => isDoomed(id) || failing.has(id)));
      for (const { item, error, attempts } of errors) {
        expect(attempts).toBe(isDoomed(item) ? 0 : 1);
        if (!isDoomed(item)) expect(error).toBe(`failed ${item}`);
        else expect(error).toMatchObject({ code: 'ERR_DEPENDENCY_FAILED', key: String(item), cause: `failed ${error.dependency}` });
      }
    }), { numRuns: 200 });
  });

  test('any graph: cycles are found exactly where there are some, and what is named is one', async () => {
    const anyGraph = fc.integer({ min: 1, max: 12 }).chain((count) => fc.tuple(
      fc.constant(count), fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 20 }),
    ));
    /** Depth-first search with three colours. */
    const hasCycle = (needs) => {
      const colour = needs.map(() => 0);
      const visit = (id) => {
        if (colour[id] !== 0) return colour[id] === 1;
        colour[id] = 1;
        const found = needs[id].some(visit);
        colour[id] = 2;
        return found;
      };
      return needs.some((_, id) => visit(id));
    };
    await fc.assert(fc.asyncProperty(anyGraph, async ([count, edges]) => {
      const needs = range(count).map(() => []);
      for (const [from, to] of edges) needs[from].push(to);
      let calls = 0;
      const call = new ParallelProcessor((id) => { calls++; return id; }, { concurrency: 2 })
        .process(range(count), { key: String, dependencies: (id) => needs[id].map(String) });
      if (!hasCycle(needs)) {
        expect((await call).results).toEqual(range(count));
        return;
      }
      const { code, cycle } = await rejectionOf(call);
      expect(code).toBe('ERR_DEPENDENCY_CYCLE');
      expect(calls).toBe(0);
      expect(cycle.length).toBeGreaterThan(1);
      expect(cycle.at(-1)).toBe(cycle[0]);
      expect(new Set(cycle).size).toBe(cycle.length - 1);
      for (let k = 0; k + 1 < cycle.length; k++) expect(needs[Number(cycle[k])]).toContain(Number(cycle[k + 1]));
    }), { numRuns: 300 });
  });
});
