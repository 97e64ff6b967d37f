import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, rejectionOf, turn, unhandledRejectionsDuring } from './gate.mjs';
import { closing, placements } from './placements.mjs';

const listeners = (signal) => getEventListeners(signal, 'abort').length;
const words = range(2000).map(String);

describe.each(placements)('$name', ({ hashing }) => {
  test('already aborted: rejects with the reason, nothing starts', async () => {
    const reason = { why: 'test' };
    const processor = closing(new ParallelProcessor(hashing));
    expect(await rejectionOf(processor.process(words, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(processor.health()).toMatchObject({ calls: 0, running: 0 });
  });

  test('aborted midway, by the progress callback', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const counts = [];
    const processor = closing(new ParallelProcessor(hashing, {
      concurrency: 2, batchSize: 10,
      progressCallback(completed) {
        counts.push(completed);
        controller.abort(reason);
      },
    }));
    expect(await rejectionOf(processor.process(words, { signal: controller.signal }))).toBe(reason);
    expect(counts).toEqual([10]);
    expect(listeners(controller.signal)).toBe(0);
  });

  test('works on after an aborted call', async () => {
    const controller = new AbortController();
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2 }));
    const aborted = rejectionOf(processor.process(words, { signal: controller.signal }));
    const other = processor.process(['a', 'b']);
    controller.abort('stop');
    expect(await aborted).toBe('stop');
    expect((await other).results).toHaveLength(2);
    expect((await processor.process(['a', 'b'])).results).toHaveLength(2);
  });

  test('no listener stays behind', async () => {
    const { signal } = new AbortController();
    const processor = closing(new ParallelProcessor(hashing));
    await processor.process(['a', 'b', 3], { signal });
    for await (const settled of processor.stream(['a', 'b', 3], { signal })) void settled;
    expect(listeners(signal)).toBe(0);
  });
});

describe('on the event loop', () => {
  test('no further item starts; those in work are told, and what they come to is ignored', async () => {
    const gate = new Gate();
    const controller = new AbortController();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 3 });
    const reason = new Error('stop');
    const reasons = await unhandledRejectionsDuring(async () => {
      const done = rejectionOf(processor.process(range(10), { signal: controller.signal }));
      await turn();
      const [{ signal }] = gate.contexts;
      expect(signal.aborted).toBe(false);
      controller.abort(reason);
      expect(await done).toBe(reason);
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toBe(reason);
      await gate.resolve(0);
      await gate.reject(1, 'late');
      await gate.resolve(2);
      expect(gate.started).toEqual([0, 1, 2]);
    });
    expect(reasons).toEqual([]);
  });

  test('abort without a reason rejects with an AbortError', async () => {
    const controller = new AbortController();
    const done = rejectionOf(new ParallelProcessor(new Gate().processor).process([1], { signal: controller.signal }));
    controller.abort();
    expect(await done).toMatchObject({ name: 'AbortError' });
  });

  test('a signal of the instance aborts all its calls', async () => {
    const controller = new AbortController();
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 2, signal: controller.signal });
    const calls = [processor.process(range(5)), processor.process(range(5, 10))].map(rejectionOf);
    await turn();
    controller.abort('all');
    expect(await Promise.all(calls)).toEqual(['all', 'all']);
    expect(await rejectionOf(processor.process([99]))).toBe('all');
    await gate.drain();
    expect(gate.started).toHaveLength(2);
  });

  test.each(['instance', 'call'])('both signals: the one of the %s aborts', async (which) => {
    const controllers = { instance: new AbortController(), call: new AbortController() };
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 1, signal: controllers.instance.signal });
    const done = rejectionOf(processor.process(range(5), { signal: controllers.call.signal }));
    await turn();
    const reason = { which };
    controllers[which].abort(reason);
    expect(await done).toBe(reason);
    expect(gate.contexts[0].signal.aborted).toBe(true);
    await gate.drain();
    expect(gate.started).toEqual([0]);
    expect(listeners(controllers.instance.signal)).toBe(0);
    expect(listeners(controllers.call.signal)).toBe(0);
  });

  test('a signal of one call leaves the others alone', async () => {
    const controller = new AbortController();
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 2 });
    const aborted = rejectionOf(processor.process(['a', 'b', 'c'], { signal: controller.signal }));
    const other = processor.process(['x', 'y']);
    await turn();
    controller.abort('one');
    expect(await aborted).toBe('one');
    await gate.drain();
    expect((await other).results).toEqual(['x', 'y']);
    expect(gate.started).not.toContain('c');
  });

  test('an abort by a timer works while items run in microtasks alone', async () => {
    let items = 0;
    const controller = new AbortController();
    setTimeout(() => controller.abort('timer'), 1);
    // Far more items than can be done before the timer is due.
    const processor = new ParallelProcessor(async () => { items++; }, { concurrency: 4 });
    const huge = range(20_000_000 / 10);
    expect(await rejectionOf(processor.process(huge, { signal: controller.signal }))).toBe('timer');
    expect(items).toBeLessThan(huge.length);
  });

  test('aborting after the end changes nothing', async () => {
    const controller = new AbortController();
    const done = new ParallelProcessor((n) => n).process([1, 2], { signal: controller.signal });
    expect((await done).results).toEqual([1, 2]);
    controller.abort();
    expect((await done).results).toEqual([1, 2]);
  });

  test('an abort while the input is still being read', async () => {
    const controller = new AbortController();
    let calls = 0;
    let read = 0;
    let closed = false;
    async function* endless() {
      try {
        for (; ; read++) {
          if (read === 5) controller.abort('while reading');
          await turn();
          yield read;
        }
      } finally {
        closed = true;
      }
    }
    const done = new ParallelProcessor(() => calls++).process(endless(), { signal: controller.signal });
    expect(await rejectionOf(done)).toBe('while reading');
    expect(calls).toBe(0);
    // The item being read at the time of the abort is the last.
    await turn();
    await turn();
    expect({ read, closed }).toEqual({ read: 5, closed: true });
  });

  test('an abort while waiting for an input that never comes', async () => {
    const controller = new AbortController();
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    const done = rejectionOf(new ParallelProcessor((n) => n).process(silent, { signal: controller.signal }));
    await turn();
    controller.abort('silence');
    expect(await done).toBe('silence');
  });
});
