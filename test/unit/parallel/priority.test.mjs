import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { PriorityQueue } from '../../../lib/parallel/ready-order.js';
import { Gate, range, rejectionOf, turn } from './gate.mjs';
import { closing, placements, sha256 } from './placements.mjs';

/** The order in which items start, one at a time. */
async function startOrder(items, priority) {
  const started = [];
  const processor = new ParallelProcessor((item) => { started.push(item); return item; }, { concurrency: 1, priority });
  const { results } = await processor.process(items);
  expect(results).toEqual(items);
  return started;
}

describe('priority', () => {
  test('higher ones start first; results stay in input order', async () => {
    expect(await startOrder([3, 1, 4, 5, 9, 2, 6], (n) => n)).toEqual([9, 6, 5, 4, 3, 2, 1]);
  });

  test('equal ones start in input order', async () => {
    expect(await startOrder(['b1', 'a1', 'b2', 'a2', 'b3'], (name) => (name[0] === 'a' ? 1 : 0))).toEqual(['a1', 'a2', 'b1', 'b2', 'b3']);
  });

  test('infinities, negative numbers, zeros of both signs', async () => {
    expect(await startOrder([0, -Infinity, -0, 5, Infinity, -1], (n) => n)).toEqual([Infinity, 5, 0, -0, -1, -Infinity]);
  });

  test('in a window of several, the first ones are the highest', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 2, priority: (n) => n }).process([1, 2, 3, 4]);
    await turn();
    expect(gate.started).toEqual([4, 3]);
    await gate.resolve(3);
    expect(gate.started).toEqual([4, 3, 2]);
    await gate.drain();
    await done;
  });

  test('is asked once for each item, with the item', async () => {
    const asked = [];
    await startOrder(['x', 'y'], (...given) => asked.push(given));
    expect(asked).toEqual([['x'], ['y']]);
  });

  test.each([[Number.NaN], ['5'], [undefined], [null], [5n], [true]])('a priority of %s is refused before anything starts', async (value) => {
    let calls = 0;
    const error = await rejectionOf(new ParallelProcessor(() => calls++, { priority: () => value }).process([1, 2]));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/"priority" must be a function that returns a number. Received /);
    expect(calls).toBe(0);
  });

  test('if it throws, the call rejects with that value', async () => {
    const thrown = { from: 'priority' };
    expect(await rejectionOf(new ParallelProcessor((n) => n, { priority: () => { throw thrown; } }).process([1]))).toBe(thrown);
  });

  test.each(placements)('gives the right results in every placement: $name', async ({ hashing }) => {
    const words = range(200).map((n) => `word ${(n * 37) % 200}`);
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2, priority: (word) => word.length }));
    expect((await processor.process(words)).results).toEqual(words.map(sha256));
  });
});

describe("'largest'", () => {
  let folder;
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'millrace-priority-')); });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('results and failures of files are those without it', async () => {
    const sizes = [10, 5000, 0, 70_000, 300];
    const paths = sizes.map((size, k) => {
      const path = join(folder, `file${k}`);
      writeFileSync(path, Buffer.alloc(size, k));
      return path;
    });
    paths.splice(2, 0, join(folder, 'missing'));
    const processor = closing(new ParallelProcessor(operations.readFile(), { priority: 'largest', concurrency: 1 }));
    const { results, errors } = await processor.process(paths);
    expect(results.map((buffer) => buffer.length)).toEqual(sizes);
    expect(errors).toMatchObject([{ index: 2, error: { code: 'ENOENT' } }]);
  });

  test('the largest file starts first', async () => {
    // Both fail, each in its own way, and the first failure is the one the call rejects with.
    const large = join(folder, 'large');
    writeFileSync(large, Buffer.alloc(1_000_000));
    const reading = operations.readFile({ maxBytes: 10 });
    const first = (options) => rejectionOf(closing(new ParallelProcessor(reading, { concurrency: 1, stopOnError: true, ...options })).process([folder, large]));
    expect(await first({})).toMatchObject({ code: 'EISDIR' });
    expect(await first({ priority: 'largest' })).toMatchObject({ code: 'ERR_TOO_LARGE', path: large });
  });

  test('a signal ends the reading of the sizes too', async () => {
    const controller = new AbortController();
    const processor = closing(new ParallelProcessor(operations.hashFile(), { priority: 'largest' }));
    const call = rejectionOf(processor.process(range(5000).map(() => folder), { signal: controller.signal }));
    controller.abort('stop');
    expect(await call).toBe('stop');
  });
});

describe('PriorityQueue', () => {
  test('pops what sorting by priority and index would give, pushes and pops mixed', () => {
    const priorities = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 60 });
    fc.assert(fc.property(priorities, fc.infiniteStream(fc.boolean()), (values, mix) => {
      const queue = new PriorityQueue(Float64Array.from(values));
      const model = [];
      let next = 0;
      while (next < values.length || model.length > 0) {
        const push = next < values.length && (model.length === 0 || mix.next().value);
        if (push) {
          queue.push(next);
          model.push(next++);
        } else {
          model.sort((a, b) => values[b] - values[a] || a - b);
          expect(queue.pop()).toBe(model.shift());
        }
        expect(queue.size).toBe(model.length);
      }
      expect(queue.pop()).toBe(-1);
    }));
  });
});
