import { describe, expect, test } from 'vitest';
import { DependencyError, ParallelProcessor } from '../../../lib/index.js';
import { Gate, range, rejectionOf, turn } from './gate.mjs';
import { closing, placements, sha256 } from './placements.mjs';

/** Items are written as 'name' or 'name: what it, depends on'. */
const key = (item) => item.split(':')[0];
const dependencies = (item) => (item.split(':')[1] ?? '').split(',').map((name) => name.trim()).filter(Boolean);
const graph = { key, dependencies };

/** Runs the graph one item at a time and returns the keys in the order they started. */
async function startOrder(items, options = {}) {
  const started = [];
  const processor = new ParallelProcessor((item) => { started.push(key(item)); return key(item); }, { concurrency: 1, ...options });
  const outcome = await processor.process(items, graph);
  return { started, ...outcome };
}

describe.each(placements)('$name', ({ hashing }) => {
  test('a chain, a diamond and loose items', async () => {
    const items = ['e: d', 'd: b, c', 'b: a', 'c: a', 'a', 'loose', 'f: e, a'];
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 3 }));
    const { results, errors } = await processor.process(items, graph);
    expect(errors).toEqual([]);
    expect(results).toEqual(items.map(sha256));
  });

  test('a failure takes its dependants with it, and nobody else', async () => {
    const bad = { name: 'bad' };
    const items = ['a', bad, 'of bad: bad', 'of both: a, bad', 'far: of bad', 'b: a'];
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2, key: (item) => item.name ?? key(item) }));
    const { results, errors, stats } = await processor.process(items, { dependencies: (item) => (item === bad ? [] : dependencies(item)) });
    expect(results).toEqual(['a', 'b: a'].map(sha256));
    expect(errors.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
    expect(errors.map(({ attempts }) => attempts)).toEqual([1, 0, 0, 0]);
    const [first, ...skipped] = errors;
    expect(first.error).toBeInstanceOf(TypeError);
    for (const { error } of skipped) {
      expect(error).toBeInstanceOf(DependencyError);
      expect(error).toMatchObject({ code: 'ERR_DEPENDENCY_FAILED', dependency: 'bad' });
      expect(error.cause).toBe(first.error);
      expect(error.message).toContain('"bad"');
    }
    expect(skipped.map(({ error }) => error.key)).toEqual(['of bad', 'of both', 'far']);
    expect(stats).toMatchObject({ totalProcessed: 6, successful: 2, failed: 4 });
  });

  test('a chain of 3000', async () => {
    const items = range(3000).map((n) => (n === 0 ? '0' : `${n}: ${n - 1}`)).reverse();
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 2 }));
    expect((await processor.process(items, graph)).results).toEqual(items.map(sha256));
  });
});

describe('order', () => {
  test('an item starts after all that it depends on, whatever the input order', async () => {
    const { started, results } = await startOrder(['c: b', 'b: a', 'a']);
    expect(started).toEqual(['a', 'b', 'c']);
    expect(results).toEqual(['c', 'b', 'a']);
  });

  test('items become ready one by one, as soon as the last dependency has succeeded', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 9 }).process(['d: b, c', 'b: a', 'c: a', 'a', 'x'], graph);
    await turn();
    expect(gate.started).toEqual(['a', 'x']);
    await gate.resolve('a');
    expect(gate.started.slice(2)).toEqual(['b: a', 'c: a']);
    await gate.resolve('b: a');
    expect(gate.started).toHaveLength(4);
    await gate.resolve('c: a');
    expect(gate.started[4]).toBe('d: b, c');
    await gate.drain();
    expect((await done).results).toHaveLength(5);
  });

  test('the window is full as long as enough is ready', async () => {
    const gate = new Gate();
    const items = ['root', ...range(10).map((n) => `${n}: root`)];
    const done = new ParallelProcessor(gate.processor, { concurrency: 4 }).process(items, graph);
    await turn();
    expect(gate.running).toBe(1);
    await gate.resolve('root');
    expect(gate.running).toBe(4);
    await gate.drain();
    expect(gate.peak).toBe(4);
    await done;
  });

  test('the same dependency named twice', async () => {
    expect((await startOrder(['b: a, a, a', 'a'])).started).toEqual(['a', 'b']);
  });

  test('any iterable, undefined or null for dependencies', async () => {
    const given = { a: undefined, b: null, c: new Set(['a', 'b']), d: (function* names() { yield 'c'; })(), e: [] };
    const started = [];
    await new ParallelProcessor((name) => { started.push(name); }, { concurrency: 1 })
      .process(['d', 'c', 'b', 'a', 'e'], { key: String, dependencies: (name) => given[name] });
    expect(started.indexOf('c')).toBeGreaterThan(Math.max(started.indexOf('a'), started.indexOf('b')));
    expect(started.indexOf('d')).toBeGreaterThan(started.indexOf('c'));
    expect(started).toHaveLength(5);
  });

  test('keys such as "", "__proto__" and "constructor"', async () => {
    const names = ['constructor', '__proto__', '', 'toString'];
    const started = [];
    await new ParallelProcessor((name) => { started.push(name); }, { concurrency: 1 })
      .process(names, { key: String, dependencies: (name) => names.slice(names.indexOf(name) + 1) });
    expect(started).toEqual([...names].reverse());
  });

  test('with priority: the highest of those that are ready', async () => {
    const rank = { a: 1, b: 2, c: 9, d: 3, e: 5 };
    const { started } = await startOrder(['a', 'b', 'c: a', 'd', 'e: d'], { priority: (item) => rank[key(item)] });
    expect(started).toEqual(['d', 'e', 'b', 'a', 'c']);
  });

  test('without dependencies, key alone changes nothing', async () => {
    expect((await new ParallelProcessor((n) => n, { key: () => 'same' }).process([1, 2])).results).toEqual([1, 2]);
  });

  test('empty input', async () => {
    expect((await startOrder([])).results).toEqual([]);
  });
});

describe('failures', () => {
  test('through a diamond, each dependant fails once', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 4 }).process(['a', 'b: a', 'c: a', 'd: b, c'], graph);
    await turn();
    await gate.reject('a', 'no');
    const { errors, stats } = await done;
    expect(gate.started).toEqual(['a']);
    expect(errors.map(({ item }) => key(item))).toEqual(['a', 'b', 'c', 'd']);
    expect(stats).toMatchObject({ totalProcessed: 4, failed: 4, successful: 0 });
  });

  test('two that fail, one dependant: it fails once, naming one of them', async () => {
    const gate = new Gate();
    const done = new ParallelProcessor(gate.processor, { concurrency: 2 }).process(['a', 'b', 'c: a, b'], graph);
    await turn();
    await gate.reject('b', 'b failed');
    await gate.reject('a', 'a failed');
    const { errors } = await done;
    expect(errors).toHaveLength(3);
    expect(errors[2].error).toMatchObject({ code: 'ERR_DEPENDENCY_FAILED', dependency: 'b', cause: 'b failed', key: 'c' });
  });

  test.each([[undefined], [null], [0]])('the cause is the identical value, also %s', async (thrown) => {
    const { errors } = await new ParallelProcessor((item) => { if (item === 'a') throw thrown; }).process(['a', 'b: a'], graph);
    expect(errors[1].error).toHaveProperty('cause');
    expect(errors[1].error.cause).toBe(thrown);
  });

  test('progress and its last call count what could not run', async () => {
    const counts = [];
    const options = { concurrency: 1, batchSize: 2, progressCallback: (...given) => counts.push(given) };
    await new ParallelProcessor(() => { throw 'no'; }, options).process(['a', 'b: a', 'c: b', 'd: c', 'e: d'], graph);
    expect(counts).toEqual([[2, 5], [4, 5], [5, 5]]);
  });

  test('with retry: dependants wait for the attempt that succeeds', async () => {
    let attempts = 0;
    const started = [];
    const processor = new ParallelProcessor((item) => {
      started.push(item);
      if (item === 'a' && ++attempts < 3) throw 'again';
      return item;
    }, { concurrency: 2, retry: { attempts: 3, delay: 0 } });
    const { results, stats } = await processor.process(['b: a', 'a'], graph);
    expect(started).toEqual(['a', 'a', 'a', 'b: a']);
    expect(results).toEqual(['b: a', 'a']);
    expect(stats.retries).toBe(2);
  });

  test('with retry: the last failure counts', async () => {
    const processor = new ParallelProcessor((_item, { attempt }) => { throw attempt; }, { retry: { attempts: 2, delay: 0 } });
    const { errors } = await processor.process(['b: a', 'a'], graph);
    expect(errors).toMatchObject([{ attempts: 0, error: { cause: 2 } }, { attempts: 2, error: 2 }]);
  });

  test('with stopOnError: the failure itself', async () => {
    const processor = new ParallelProcessor(() => { throw 'no'; }, { stopOnError: true });
    expect(await rejectionOf(processor.process(['a', 'b: a'], graph))).toBe('no');
  });

  test('an abort while items wait for others', async () => {
    const gate = new Gate();
    const controller = new AbortController();
    const done = rejectionOf(new ParallelProcessor(gate.processor).process(['a', 'b: a'], { ...graph, signal: controller.signal }));
    await turn();
    controller.abort('stop');
    expect(await done).toBe('stop');
    await gate.drain();
    expect(gate.started).toEqual(['a']);
  });
});

describe('refused before anything starts', () => {
  async function refusal(items, options = graph) {
    let calls = 0;
    const error = await rejectionOf(new ParallelProcessor(() => calls++).process(items, options));
    expect(calls).toBe(0);
    return error;
  }

  test('an unknown key, named with who depends on it', async () => {
    const error = await refusal(['a', 'b: a, nobody']);
    expect(error).toBeInstanceOf(DependencyError);
    expect(error).toMatchObject({ code: 'ERR_DEPENDENCY_UNKNOWN', key: 'b', dependency: 'nobody' });
    expect(error.message).toMatch(/"b".*"nobody"/);
  });

  test('a key that two items have', async () => {
    const error = await refusal(['a', 'b', 'a: b']);
    expect(error).toMatchObject({ code: 'ERR_DUPLICATE_KEY', key: 'a' });
    expect(error.message).toContain('"a"');
  });

  test('an item that depends on itself', async () => {
    const error = await refusal(['x', 'a: a']);
    expect(error).toMatchObject({ code: 'ERR_DEPENDENCY_CYCLE', cycle: ['a', 'a'] });
    expect(error.message).toContain('"a" -> "a"');
  });

  test('a cycle of two', async () => {
    const { code, cycle } = await refusal(['a: b', 'b: a']);
    expect(code).toBe('ERR_DEPENDENCY_CYCLE');
    expect(cycle).toHaveLength(3);
  });

  test('a long cycle is named in order, without what only leads to it or from it', async () => {
    const ring = range(50).map((n) => `r${n}: r${(n + 1) % 50}`);
    const items = ['free', 'before: r7', ...ring, 'tail: before', 'other: free'];
    const { code, cycle, message } = await refusal(items);
    expect(code).toBe('ERR_DEPENDENCY_CYCLE');
    expect(cycle).toHaveLength(51);
    expect(cycle.at(-1)).toBe(cycle[0]);
    expect(new Set(cycle)).toEqual(new Set(range(50).map((n) => `r${n}`)));
    for (let k = 0; k < 50; k++) {
      const next = (Number(cycle[k].slice(1)) + 1) % 50;
      expect(cycle[k + 1]).toBe(`r${next}`);
    }
    expect(message).toContain(cycle.map((name) => `"${name}"`).join(' -> '));
  });

  test('a cycle of 100000 is found without a deep stack', async () => {
    const count = 100_000;
    const next = (n) => [String((n + 1) % count)];
    const error = await refusal(range(count), { key: String, dependencies: next });
    expect(error.code).toBe('ERR_DEPENDENCY_CYCLE');
    expect(error.cycle).toHaveLength(count + 1);
  });

  test('dependencies without a key', async () => {
    const error = await refusal(['a'], { dependencies });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain('"key"');
  });

  test.each([[5], [undefined], [null], [{}]])('a key that is %s', async (value) => {
    const error = await refusal(['a'], { key: () => value, dependencies });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/"key" must be a function that returns a string/);
  });

  test.each([[5], ['a'], [{}], [true]])('dependencies that return %j', async (value) => {
    const error = await refusal(['a'], { key, dependencies: () => value });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/"dependencies" must be a function that returns an iterable of keys/);
  });

  test.each([[5], [undefined], [null], [{}]])('a dependency that is %j', async (value) => {
    const error = await refusal(['a'], { key, dependencies: () => [value] });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain('"dependencies"');
  });

  test('items that cannot be turned into text are refused all the same', async () => {
    const error = await refusal([Object.create(null)], { key: () => 'a', dependencies: () => 5 });
    expect(error.message).toContain('"dependencies"');
  });

  test('what key or dependencies throw', async () => {
    expect(await refusal(['a'], { key: () => { throw 'key'; }, dependencies })).toBe('key');
    expect(await refusal(['a'], { key, dependencies: () => { throw 'dependencies'; } })).toBe('dependencies');
  });
});

describe('key', () => {
  test('of the call goes before that of the instance', async () => {
    const processor = new ParallelProcessor((n) => n, { key: () => 'instance', concurrency: 1 });
    const { results } = await processor.process([1, 2], { key: String, dependencies: (n) => (n === 1 ? ['2'] : []) });
    expect(results).toEqual([1, 2]);
  });
});
