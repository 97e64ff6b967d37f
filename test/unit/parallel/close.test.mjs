// health() and close().
import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, rejectionOf, thrownBy, turn } from './gate.mjs';
import { placements, sha256 } from './placements.mjs';

describe.each(placements)('$name', ({ hashing, placement }) => {
  test('health of an instance never used, idle, and closed', async () => {
    const processor = new ParallelProcessor(hashing, { concurrency: 2 });
    const idle = { placement, concurrency: 2, calls: 0, running: 0, closed: false, restarts: 0, lateErrors: 0, reruns: 0 };
    expect(processor.health()).toMatchObject(idle);
    expect(Array.isArray(processor.health().workers)).toBe(true);
    await processor.process(['a']);
    expect(processor.health()).toMatchObject(idle);
    await processor.close();
    expect(processor.health()).toMatchObject({ ...idle, closed: true });
  });

  test('close waits for the calls under way, and they end well', async () => {
    const processor = new ParallelProcessor(hashing, { concurrency: 2 });
    const words = range(500).map(String);
    let settled = 0;
    const calls = [processor.process(words), processor.process(words)];
    for (const call of calls) void call.then(() => settled++);
    await processor.close();
    expect(settled).toBe(2);
    for (const call of calls) expect((await call).results).toEqual(words.map(sha256));
  });

  test('close is idempotent, before and after it has finished', async () => {
    const processor = new ParallelProcessor(hashing);
    const call = processor.process(['a']);
    await Promise.all([processor.close(), processor.close()]);
    await processor.close();
    expect((await call).results).toHaveLength(1);
  });

  test('a closed instance refuses', async () => {
    const processor = new ParallelProcessor(hashing);
    const closing = processor.close();
    expect(await rejectionOf(processor.process(['a']))).toMatchObject({ code: 'ERR_CLOSED', name: 'MillraceError' });
    await closing;
    expect(await rejectionOf(processor.process(['a']))).toMatchObject({ code: 'ERR_CLOSED' });
    expect(thrownBy(() => processor.stream(['a']))).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('close waits for a call whose input is still being read', async () => {
    const processor = new ParallelProcessor(hashing);
    async function* slow() {
      for (const word of ['a', 'b', 'c']) {
        await turn();
        yield word;
      }
    }
    const call = processor.process(slow());
    await processor.close();
    expect((await call).results).toEqual(['a', 'b', 'c'].map(sha256));
  });

  test('close waits for a stream', async () => {
    const processor = new ParallelProcessor(hashing, { concurrency: 2 });
    const stream = processor.stream(['a', 'b', 'c']);
    expect((await stream.next()).value.value).toBe(sha256('a'));
    let closed = false;
    const closing = processor.close().then(() => { closed = true; });
    await turn();
    expect(closed).toBe(false);
    const rest = [];
    for await (const { value } of stream) rest.push(value);
    await closing;
    expect(rest).toEqual(['b', 'c'].map(sha256));
  });

  test('a stream whose first item is asked for after close is refused', async () => {
    const processor = new ParallelProcessor(hashing);
    await processor.process(['a']);
    const stream = processor.stream(['a']);
    await processor.close();
    expect(await rejectionOf(stream.next())).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('Symbol.asyncDispose closes', async () => {
    const processor = new ParallelProcessor(hashing);
    await processor.process(['a']);
    await processor[Symbol.asyncDispose]();
    expect(processor.health().closed).toBe(true);
    expect(await rejectionOf(processor.process(['a']))).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('an instance that was never used closes', async () => {
    const processor = new ParallelProcessor(hashing);
    await processor.close();
    expect(processor.health().closed).toBe(true);
  });

  test('close after an aborted call', async () => {
    const controller = new AbortController();
    const processor = new ParallelProcessor(hashing, { concurrency: 2 });
    const call = rejectionOf(processor.process(range(1000).map(String), { signal: controller.signal }));
    controller.abort('stop');
    await processor.close();
    expect(await call).toBe('stop');
  });
});

describe('health', () => {
  test('counts calls and running items', async () => {
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, { concurrency: 3 });
    const calls = [processor.process(range(5)), processor.process(['a'])];
    await turn();
    expect(processor.health()).toMatchObject({ placement: 'event-loop', calls: 2, running: 3, workers: [] });
    await gate.drain();
    await Promise.all(calls);
    expect(processor.health()).toMatchObject({ calls: 0, running: 0 });
  });

  test('is a copy', () => {
    const processor = new ParallelProcessor((n) => n, { concurrency: 2 });
    processor.health().concurrency = 99;
    expect(processor.health().concurrency).toBe(2);
  });
});
