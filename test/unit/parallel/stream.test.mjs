// stream(): settled results as they are wanted, memory bounded whatever the input.
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, rejectionOf, thrownBy, turn, unhandledRejectionsDuring } from './gate.mjs';
import { closing, placements, sha256 } from './placements.mjs';

/** A source that tells what was read of it and whether it was closed. */
function watched(count) {
  const state = { read: 0, closed: false };
  function* generate() {
    try {
      for (let n = 0; n < count; n++) {
        state.read++;
        yield n;
      }
    } finally {
      state.closed = true;
    }
  }
  return Object.assign(generate(), { state });
}

async function* asyncOf(source) {
  yield* source;
}

const collect = async (stream) => {
  const all = [];
  for await (const settled of stream) all.push(settled);
  return all;
};

describe.each(placements)('$name', ({ hashing }) => {
  const words = range(400).map((n) => `word ${n}`);

  test('in input order, each with item, index and value', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3 }));
    const settled = await collect(processor.stream(words, { highWaterMark: 20 }));
    expect(settled).toEqual(words.map((item, index) => ({ status: 'fulfilled', index, item, value: sha256(item), attempts: 1 })));
  });

  test('failures are told in their place, with the original item', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3 }));
    const bad = { not: 'text' };
    const settled = await collect(processor.stream(['a', bad, 'b']));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1].item).toBe(bad);
    expect(settled[1]).toMatchObject({ index: 1, attempts: 1 });
    expect(settled[1].reason).toBeInstanceOf(TypeError);
    expect(settled[1]).not.toHaveProperty('value');
  });

  test('unordered: every item once', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3 }));
    const settled = await collect(processor.stream(words, { ordered: false, highWaterMark: 16 }));
    expect(settled.map(({ index }) => index).sort((a, b) => a - b)).toEqual(range(400));
    for (const { item, value, index } of settled) {
      expect(item).toBe(words[index]);
      expect(value).toBe(sha256(item));
    }
  });

  test('of 20000 items no more than highWaterMark are read ahead', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 4 }));
    let read = 0;
    function* source() {
      for (; read < 20_000; read++) yield String(read);
    }
    let consumed = 0;
    let ahead = 0;
    for await (const settled of processor.stream(source(), { highWaterMark: 32 })) {
      expect(settled.index).toBe(consumed++);
      ahead = Math.max(ahead, read + 1 - consumed);
    }
    expect(consumed).toBe(20_000);
    expect(ahead).toBeLessThanOrEqual(32);
  });

  test('of an infinite source as much as is wanted', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2 }));
    function* endless() {
      for (let n = 0; ; n++) yield String(n);
    }
    let seen = 0;
    for await (const { value } of processor.stream(endless())) {
      expect(value).toBe(sha256(String(seen)));
      if (++seen === 500) break;
    }
    expect((await processor.process(['after'])).results).toEqual([sha256('after')]);
    expect(processor.health().calls).toBe(0);
  });

  test('empty input', async () => {
    expect(await collect(closing(new ParallelProcessor(hashing)).stream([]))).toEqual([]);
  });

  test('shares the instance with process()', async () => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2 }));
    const [streamed, { results }] = await Promise.all([collect(processor.stream(words)), processor.process(words)]);
    expect(streamed.map(({ value }) => value)).toEqual(results);
  });

  test('an abort rejects with its reason', async () => {
    const controller = new AbortController();
    const reason = { why: 'test' };
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2 }));
    const source = watched(Infinity);
    const words = (function* map() { for (const n of source) yield String(n); })();
    const error = await rejectionOf((async () => {
      for await (const { index } of processor.stream(words, { signal: controller.signal })) if (index === 20) controller.abort(reason);
    })());
    expect(error).toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(source.state.closed).toBe(true);
  });
});

describe('sources', () => {
  const identity = new ParallelProcessor((item) => item, { concurrency: 2 });
  test.each([
    ['an array', ['a', 'b']], ['a Set', new Set(['a', 'b'])], ['an async generator', asyncOf(['a', 'b'])],
    ['a Readable', Readable.from(['a', 'b'])], ['a string', 'ab'],
    ['both kinds of iterable: the async one counts', { [Symbol.asyncIterator]: () => asyncOf('ab'), [Symbol.iterator]: () => 'zz'[Symbol.iterator]() }],
  ])('%s', async (_name, source) => {
    expect((await collect(identity.stream(source))).map(({ value }) => value)).toEqual(['a', 'b']);
  });

  test.each([[undefined], [null], [5], [{}], [() => {}]])('%s is refused', (source) => {
    const error = thrownBy(() => identity.stream(source));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/"items" must be an array, an iterable or an async iterable. Received/);
  });

  test('that throws: what it had yielded before is delivered, then its value is thrown', async () => {
    const thrown = Object.freeze({ from: 'source' });
    function* source() {
      yield 1;
      yield 2;
      throw thrown;
    }
    for (const items of [source(), asyncOf(source())]) {
      const seen = [];
      const error = await rejectionOf((async () => {
        for await (const { value } of identity.stream(items)) seen.push(value);
      })());
      expect(error).toBe(thrown);
      expect(seen).toEqual([1, 2]);
    }
  });

  test('whose iterator cannot be made', () => {
    expect(thrownBy(() => identity.stream({ [Symbol.iterator]() { throw 'no iterator'; } }))).toBe('no iterator');
  });

  test('priority and dependencies need all items at once, and are refused', () => {
    const prioritised = new ParallelProcessor((n) => n, { priority: (n) => n });
    expect(thrownBy(() => prioritised.stream([1]))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => identity.stream([1], { dependencies: () => [] }))).toBeInstanceOf(TypeError);
    expect(() => identity.stream([1], { dependencies: null })).not.toThrow();
  });

  test('nothing is read before the first result is asked for', async () => {
    const source = watched(5);
    const stream = identity.stream(source);
    await turn();
    expect(source.state.read).toBe(0);
    await stream.return();
  });
});

describe('how far it reads ahead', () => {
  test.each([1, 2, 7])('highWaterMark %i, while the first item takes its time', async (highWaterMark) => {
    const gate = new Gate();
    const source = watched(100);
    const stream = new ParallelProcessor(gate.processor, { concurrency: 50 }).stream(source, { highWaterMark });
    const first = stream.next();
    await turn();
    expect(source.state.read).toBe(highWaterMark);
    expect(gate.running).toBe(highWaterMark);
    for (const item of gate.pending.slice(1)) await gate.resolve(item);
    // The first item is neither settled nor consumed: the others settled behind it keep their places.
    expect(source.state.read).toBe(highWaterMark);
    await gate.resolve(0);
    expect((await first).value.value).toBe(0);
    await stream.return();
  });

  test('a slow consumer holds the source back', async () => {
    const source = watched(1000);
    let consumed = 0;
    for await (const settled of new ParallelProcessor((n) => n, { concurrency: 4 }).stream(source, { highWaterMark: 10 })) {
      expect(settled.index).toBe(consumed++);
      await turn();
      expect(source.state.read).toBeLessThanOrEqual(consumed + 10);
    }
    expect(consumed).toBe(1000);
  });

  test('by default twice the concurrency, at least batchSize', async () => {
    for (const [options, expected] of [[{ concurrency: 40 }, 80], [{ concurrency: 2, batchSize: 30 }, 30], [{ concurrency: 2 }, 50]]) {
      const source = watched(1000);
      const gate = new Gate();
      const stream = new ParallelProcessor(gate.processor, options).stream(source);
      const first = stream.next();
      await turn();
      expect(source.state.read).toBe(expected);
      await gate.resolve(0);
      await first;
      await stream.return();
    }
  });

  test('a highWaterMark beyond any input costs nothing', async () => {
    const stream = new ParallelProcessor((n) => n).stream(range(10), { highWaterMark: Number.MAX_SAFE_INTEGER });
    expect((await collect(stream)).map(({ value }) => value)).toEqual(range(10));
  });

  test('never more than the concurrency in work', async () => {
    const gate = new Gate();
    const all = collect(new ParallelProcessor(gate.processor, { concurrency: 3 }).stream(range(50), { highWaterMark: 40 }));
    await gate.drain();
    expect(gate.peak).toBe(3);
    expect(await all).toHaveLength(50);
  });

  test('unordered, results come as they settle', async () => {
    const gate = new Gate();
    const stream = new ParallelProcessor(gate.processor, { concurrency: 3 }).stream(['a', 'b', 'c'], { ordered: false });
    const first = stream.next();
    await turn();
    await gate.resolve('b');
    expect((await first).value).toMatchObject({ item: 'b', index: 1 });
    await gate.reject('c', 'no');
    expect((await stream.next()).value).toMatchObject({ item: 'c', index: 2, reason: 'no', status: 'rejected' });
    await gate.resolve('a');
    expect((await stream.next()).value).toMatchObject({ item: 'a', index: 0 });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('ordered, a result waits for those before it', async () => {
    const gate = new Gate();
    const stream = new ParallelProcessor(gate.processor, { concurrency: 2 }).stream(['a', 'b']);
    let first = null;
    void stream.next().then(({ value }) => { first = value; });
    await turn();
    await gate.resolve('b');
    expect(first).toBe(null);
    await gate.resolve('a');
    expect(first).toMatchObject({ item: 'a' });
    expect((await stream.next()).value).toMatchObject({ item: 'b' });
  });
});

describe('leaving early', () => {
  const leave = {
    break: async (stream) => { for await (const settled of stream) if (settled) break; },
    throw: async (stream) => {
      await rejectionOf((async () => { for await (const settled of stream) if (settled) throw settled; })());
    },
    return: async (stream) => {
      await stream.next();
      expect(await stream.return('left')).toEqual({ done: true, value: 'left' });
    },
  };

  for (const [name, how] of Object.entries(leave)) {
    test.each([['sync', (source) => source], ['async', asyncOf]])(`${name}: closes a %s source and starts nothing further`, async (_kind, wrap) => {
      const source = watched(Infinity);
      const gate = new Gate();
      const processor = new ParallelProcessor((n) => (n === 0 ? n : gate.processor(n)), { concurrency: 3 });
      const reasons = await unhandledRejectionsDuring(async () => {
        await how(processor.stream(wrap(source), { highWaterMark: 8 }));
        await turn();
        expect(source.state.closed).toBe(true);
        const { read } = source.state;
        const started = gate.started.length;
        await gate.reject(gate.pending[0], 'late');
        await gate.drain();
        expect(gate.started).toHaveLength(started);
        expect(source.state.read).toBe(read);
      });
      expect(reasons).toEqual([]);
      expect(processor.health()).toMatchObject({ calls: 0, running: 0 });
    });
  }

  test('a source that stays silent does not hold the consumer back', async () => {
    async function* oneAndSilence() {
      yield 'a';
      await new Promise(() => {});
    }
    const processor = new ParallelProcessor((item) => item);
    const seen = [];
    for await (const { value } of processor.stream(oneAndSilence())) {
      seen.push(value);
      if (seen.length === 1) break;
    }
    expect(seen).toEqual(['a']);
    await processor.close();
  });

  test('an abort while the source stays silent', async () => {
    const controller = new AbortController();
    async function* silence() {
      await new Promise(() => {});
      yield 1;
    }
    const next = rejectionOf(new ParallelProcessor((item) => item).stream(silence(), { signal: controller.signal }).next());
    await turn();
    controller.abort('stop');
    expect(await next).toBe('stop');
  });

  test('a source already read to its end is not closed again', async () => {
    let returns = 0;
    const source = { [Symbol.iterator]: () => ({ next: () => ({ done: true }), return: () => { returns++; return {}; } }) };
    await collect(new ParallelProcessor((n) => n).stream(source));
    expect(returns).toBe(0);
  });

  test('return before the first next', async () => {
    const stream = new ParallelProcessor((n) => n).stream(watched(5));
    expect(await stream.return()).toMatchObject({ done: true });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});

describe('with the other options', () => {
  test('already aborted', async () => {
    let calls = 0;
    const source = watched(3);
    const stream = new ParallelProcessor(() => calls++).stream(source, { signal: AbortSignal.abort('before') });
    expect(await rejectionOf(stream.next())).toBe('before');
    expect({ calls, read: source.state.read }).toEqual({ calls: 0, read: 0 });
  });

  test('retry: attempts are told, and positions stay right though slots are used again', async () => {
    const attempts = new Map();
    const processor = new ParallelProcessor((n, { index, attempt }) => {
      expect(index).toBe(n);
      attempts.set(n, attempt);
      if (n % 3 === 0 && attempt < 2) throw 'again';
      if (n % 10 === 7) throw `never ${n}`;
      return n;
    }, { concurrency: 4, retry: { attempts: 2, delay: 0 } });
    const settled = await collect(processor.stream(range(60), { highWaterMark: 6 }));
    expect(settled.map(({ index }) => index)).toEqual(range(60));
    for (const { index, item, status, attempts: told, reason } of settled) {
      expect(item).toBe(index);
      expect(status).toBe(index % 10 === 7 ? 'rejected' : 'fulfilled');
      if (index % 10 === 7) expect(reason).toBe(`never ${index}`);
      expect(told).toBe(index % 10 === 7 || index % 3 === 0 ? 2 : 1);
    }
  });

  test('stopOnError: throws the failure and starts nothing further', async () => {
    const gate = new Gate();
    const source = watched(Infinity);
    const stream = new ParallelProcessor(gate.processor, { concurrency: 2, stopOnError: true }).stream(source);
    const first = rejectionOf(stream.next());
    await turn();
    await gate.reject(1, 'no');
    expect(await first).toBe('no');
    await gate.resolve(0);
    expect(gate.started).toEqual([0, 1]);
    expect(source.state.closed).toBe(true);
  });

  test('a call aborted by the signal of the instance', async () => {
    const controller = new AbortController();
    const stream = new ParallelProcessor((n) => n, { signal: controller.signal }).stream(watched(Infinity));
    await stream.next();
    controller.abort('instance');
    expect(await rejectionOf(stream.next())).toBe('instance');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
