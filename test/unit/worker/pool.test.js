import { SHARE_ENV } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { tasksUrl, withPool } from './harness.js';

/** Turns of the event loop until something is so. */
const until = async (isSo) => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

const range = (n) => Array.from({ length: n }, (_, i) => i);

describe('items and results', () => {
  test('every item is settled once, with its own result', async () => {
    await withPool('double', {}, async (pool) => {
      const run = await pool.process(range(10_000));
      expect(run.values).toEqual(range(10_000).map((i) => i * 2));
      expect(run.settleCounts.every((count) => count === 1)).toBe(true);
      expect(run.latencies.every((ms) => ms >= 0 && ms < 1000)).toBe(true);
    });
  });

  test.each([['echo'], ['asyncEcho']])('values of every kind arrive as they are (%s)', async (exportName) => {
    const values = [
      0, -0, NaN, Infinity, 1.5, 2 ** 53, undefined, null, true, false, '', 'text', 'é', '\u{1f600}', '\ud800', 12n, [1, [2]], { a: { b: 1 } },
      new Date(5), new Map([[1, 2]]), new Set([3]), new Uint8Array([1, 2]), new Float64Array([1.5]), /x/g, new Array(3),
    ];
    await withPool(exportName, {}, async (pool) => {
      const run = await pool.process(values);
      expect(run.errors).toEqual(new Map());
      expect(run.values).toEqual(values);
    });
  });

  test('long strings of any characters arrive as they are', async () => {
    const values = ['a', 'é', '\u{1f600}', '\ud800', 'ab\u0000'].flatMap((s) => [20_000, 300_000, 700_000, 2_000_000].map((n) => s.repeat(n / s.length) + s));
    await withPool('echo', { concurrency: 2 }, async (pool) => {
      // Twice, so that the shared memory is written again.
      for (let round = 0; round < 2; round++) {
        const run = await pool.process(values);
        expect(run.values.every((value, i) => value === values[i])).toBe(true);
      }
    });
  });

  test('a Buffer arrives as a Buffer, a Uint8Array as a Uint8Array, at any size', async () => {
    const buffers = [3, 5000, 70_000, 2_000_000].map((n) => Buffer.alloc(n, n % 251));
    await withPool('describeType', {}, async (pool) => {
      const run = await pool.process([...buffers, new Uint8Array(10), new Uint8Array(200_000)]);
      expect(run.values).toEqual([
        ...buffers.map((b) => `Buffer ${b.length} ${b[0]} ${b[0]}`), 'Uint8Array 10', 'Uint8Array 200000',
      ]);
      // The caller's are untouched.
      expect(buffers.map((b) => b.length)).toEqual([3, 5000, 70_000, 2_000_000]);
    });
    await withPool('makeBuffer', {}, async (pool) => {
      const run = await pool.process([4, 100_000]);
      expect(run.values.map((b) => [Buffer.isBuffer(b), b.length, b[3]])).toEqual([[true, 4, 7], [true, 100_000, 7]]);
    });
  });

  test('what a processor keeps of an item never changes under it', async () => {
    await withPool('keepAll', { concurrency: 1, url: new URL('../../fixtures/worker/keeps.js', import.meta.url) }, async (pool) => {
      const items = range(200).map((i) => (i % 2 ? String.fromCharCode(65 + (i % 50)).repeat(100_000) : Buffer.alloc(100_000, i)));
      await pool.process(items);
      const run = await pool.process(['check']);
      expect(run.values).toEqual([200]);
    });
  });

  test('transfer(): parts of a result move; a transferred item moves', async () => {
    await withPool('moved', {}, async (pool) => {
      const run = await pool.process([1000, 100_000]);
      expect(run.values.map(({ bytes }) => [bytes.length, bytes[999]])).toEqual([[1000, 3], [100_000, 3]]);
    });
    await withPool('describeType', { transfer: (item) => [item.buffer] }, async (pool) => {
      const items = [new Uint8Array(10), new Uint8Array(1000)];
      const run = await pool.process(items);
      expect(run.values).toEqual(['Uint8Array 10', 'Uint8Array 1000']);
      expect(items.map((item) => item.length)).toEqual([0, 0]);
    });
  });

  test('an item whose transfer list throws fails with that error, alone', async () => {
    const mine = new Error('mine');
    const transfer = (item) => {
      if (item === 3) throw mine;
      return [];
    };
    await withPool('double', { transfer }, async (pool) => {
      const run = await pool.process(range(10));
      expect([...run.errors]).toEqual([[3, mine]]);
    });
  });

  test('an item that cannot be cloned fails, its neighbours do not', async () => {
    await withPool('describeType', {}, async (pool) => {
      const items = range(300).map((i) => (i % 100 === 50 ? { f: () => 1 } : i));
      const run = await pool.process(items);
      expect([...run.errors.keys()]).toEqual([50, 150, 250]);
      for (const error of run.errors.values()) {
        expect(error).toMatchObject({ name: 'WorkerError', code: 'ERR_NOT_CLONEABLE', cause: { name: 'DataCloneError' } });
      }
      expect(run.results.size).toBe(297);
    });
  });
});

describe('errors that a processor throws', () => {
  const errorOf = (kind) =>
    withPool('throws', { concurrency: 1 }, async (pool) => (await pool.process([kind])).errors.get(0));

  test('keep class, name, message, stack, code, cause and own properties', async () => {
    const range = await errorOf('range');
    expect(range).toBeInstanceOf(RangeError);
    expect(range.message).toBe('out of it');
    expect(range.stack).toContain('tasks.js');
    const code = await errorOf('code');
    expect(code).toMatchObject({ code: 'E_MINE', info: { a: [1] }, message: 'with code' });
    expect(code.cause).toBeInstanceOf(TypeError);
    expect(code.cause.cause).toBe('root');
    expect('skip' in code).toBe(false);
    const subclass = await errorOf('subclass');
    expect(subclass).toBeInstanceOf(TypeError);
    expect(subclass).toMatchObject({ name: 'ValidationError', field: 'age', code: 'E_VALID' });
    const rejected = await errorOf('else');
    expect(rejected).toBeInstanceOf(SyntaxError);
  });

  test('AggregateError and DOMException', async () => {
    const both = await errorOf('aggregate');
    expect(both).toBeInstanceOf(AggregateError);
    expect(both.errors[0]).toBeInstanceOf(RangeError);
    expect(both.errors[1]).toBe('two');
    const abort = await errorOf('abort');
    expect(abort).toBeInstanceOf(DOMException);
    expect(abort.name).toBe('AbortError');
  });

  test('values that are not errors, and those that cannot cross', async () => {
    expect(await errorOf('string')).toBe('just text');
    expect(await errorOf('object')).toEqual({ plain: true });
    expect(await errorOf('undefined')).toBe(undefined);
    expect((await errorOf('function')).message).toMatch(/cannot be cloned/);
    expect((await errorOf('circular')).cause.message).toMatch(/circular/);
  });
});

describe('context', () => {
  test('is given where the run wants it, and only there', async () => {
    await withPool('context', {}, async (pool) => {
      expect((await pool.process(['a', 'b'], { wantsContext: true })).values).toEqual([
        { x: 'a', has: true, index: 0, attempt: 1 },
        { x: 'b', has: true, index: 1, attempt: 1 },
      ]);
      expect((await pool.process(['a'])).values[0].has).toBe(false);
    });
  });

  test('a timeout aborts the signal in the worker, which goes on', async () => {
    await withPool('abortable', { concurrency: 1 }, async (pool) => {
      const run = await pool.process([{ words: new Int32Array(new SharedArrayBuffer(4)) }], { timeoutMs: 30, wantsContext: true });
      expect(run.errors.get(0)).toMatchObject({ name: 'TimeoutError', code: 'ERR_TIMEOUT', timeout: 30 });
      expect((await pool.process(['ask'])).values).toEqual(['TimeoutError']);
      expect(pool.pool.health().restarts).toBe(0);
    });
  });

  test('stopping a run aborts the signals of what runs and drops what has not started', async () => {
    await withPool('abortable', { concurrency: 1 }, async (pool) => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const run = pool.start(new Array(50).fill({ words }), { wantsContext: true });
      await until(() => Atomics.load(words, 0) === 1);
      pool.stop(run);
      expect((await pool.process(['ask'])).values).toEqual(['AbortError']);
      expect(Atomics.load(words, 0)).toBe(1);
      expect(run.results.size + run.errors.size).toBe(0);
      expect(pool.pool.health()).toMatchObject({ restarts: 0, queued: 0 });
    });
  });

  test('a stopped run that loops gives its worker up to others', async () => {
    await withPool('sync', { concurrency: 1 }, async (pool) => {
      await pool.process([1]);
      const run = pool.start([{ is: 'loop' }, 5]);
      await until(() => pool.pool.running === 1);
      pool.stop(run);
      expect((await pool.process([4])).values).toEqual([8]);
    });
  });
});

describe('timing', () => {
  test('a timeout counts from the start of execution, not from queueing or starting the worker', async () => {
    await withPool('spin', { concurrency: 1 }, async (pool) => {
      const run = await pool.process(new Array(12).fill(100), { timeoutMs: 1000 });
      expect(run.errors.size).toBe(0);
    });
  });

  /** Items of which one blocks its worker until all the others have been settled. */
  async function blockUntilOthers(pool, items, blockers) {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const run = pool.start(items.map((item, i) => (i === blockers ? { words } : item)));
    run.onSettled = () => {
      if (run.results.size < items.length - 1) return;
      Atomics.store(words, 0, 1);
      Atomics.notify(words, 0);
    };
    await run.done;
    return run;
  }

  test('finished numbers are not held by a slow neighbour', async () => {
    await withPool('block', { concurrency: 1 }, async (pool) => {
      await pool.process(new Array(3000).fill(0));
      const run = await blockUntilOthers(pool, new Array(200).fill(0), 199);
      expect(run.results.get(199)).toBe('released');
      // Slow enough for main to have read the first, too quick for a message of their own.
      const some = await blockUntilOthers(pool, [0, ...new Array(9).fill({ ms: 0.1 }), 0], 10);
      expect(some.results.get(10)).toBe('released');
    });
  });

  test('other finished values are not either, once slow items have been seen', async () => {
    await withPool('block', { concurrency: 1 }, async (pool) => {
      await pool.process(new Array(3000).fill({ a: 1 }));
      await pool.process([{ ms: 40 }]);
      const run = await blockUntilOthers(pool, new Array(200).fill({ a: 1 }), 199);
      expect(run.results.get(199)).toBe('released');
    });
  });

  test('items behind a slow one go to an idle worker', async () => {
    await withPool('block', { concurrency: 2 }, async (pool) => {
      await pool.process(new Array(5000).fill(0));
      const run = await blockUntilOthers(pool, new Array(400).fill(0), 0);
      expect(run.results.get(0)).toBe('released');
      expect(run.settleCounts.every((count) => count === 1)).toBe(true);
    });
  });
});

describe('workers', () => {
  test('the limit bounds what runs at once, and can change', async () => {
    const url = new URL('../../fixtures/worker/gauge.js', import.meta.url);
    const words = () => new Int32Array(new SharedArrayBuffer(8));
    await withPool('default', { url, concurrency: 5, workers: 2 }, async (pool) => {
      const five = words();
      await pool.process(new Array(60).fill({ words: five }));
      expect(five[1]).toBe(5);
      pool.pool.setLimit(1);
      const one = words();
      await pool.process(new Array(10).fill({ words: one }));
      expect(one[1]).toBe(1);
      pool.pool.setLimit(7);
      const seven = words();
      await pool.process(new Array(60).fill({ words: seven }));
      expect(seven[1]).toBe(7);
    });
  });

  test('as many start as there are items, up to the number asked for', async () => {
    await withPool('thread', { concurrency: 8, workers: 3 }, async (pool) => {
      await pool.process([1]);
      expect(pool.pool.health().workers.length).toBe(1);
      await pool.process(range(5000));
      expect(pool.pool.health().workers.map(({ id, running }) => ({ id, running }))).toEqual(
        range(3).map((id) => ({ id, running: 0 })),
      );
    });
  });

  test('are given workerData, argv, env and execArgv', async () => {
    await withPool('data', { workerData: { a: 1 } }, async (pool) => expect((await pool.process([0])).values).toEqual([{ a: 1 }]));
    await withPool('argv', { argv: ['--x', 5] }, async (pool) => expect((await pool.process([0])).values).toEqual([['--x', '5']]));
    await withPool('env', { env: { MINE: 'yes' } }, async (pool) => expect((await pool.process(['MINE', 'PATH'])).values).toEqual(['yes', undefined]));
    await withPool('env', { env: SHARE_ENV }, async (pool) => {
      process.env.MILLRACE_TEST_SHARED = 'shared';
      expect((await pool.process(['MILLRACE_TEST_SHARED'])).values).toEqual(['shared']);
      delete process.env.MILLRACE_TEST_SHARED;
    });
  });

  test('run TypeScript where a loader is among their execArgv', async () => {
    const url = new URL('../../fixtures/worker/typed.ts', import.meta.url);
    await withPool('default', { url, execArgv: ['--import', 'tsx'] }, async (pool) => {
      const run = await pool.process([5]);
      expect(run.errors).toEqual(new Map());
      expect(run.values).toEqual(['red:5']);
    });
  });

  test('run a data: URL', async () => {
    await withPool('default', { url: 'data:text/javascript,export default (x) => x + 1' }, async (pool) =>
      expect((await pool.process([1])).values).toEqual([2]),
    );
  });

  test('close() waits for what runs, then ends the workers', async () => {
    await withPool('slow', { concurrency: 4, workers: 2 }, async (pool) => {
      const run = pool.start(new Array(12).fill(20));
      await pool.pool.close();
      expect(run.results.size).toBe(12);
      expect(pool.pool.health().workers).toEqual([]);
    });
  });

  test('terminate() fails what is in the workers, waits or comes later', async () => {
    await withPool('sync', { concurrency: 2 }, async (pool) => {
      await pool.process([1, 2]);
      const run = pool.start(new Array(40).fill({ is: 'loop' }));
      await pool.pool.terminate();
      expect(run.settleCounts).toEqual(new Array(40).fill(1));
      const later = await pool.process([1]);
      expect(later.errors.get(0).code).toBe('ERR_WORKER_EXITED');
    });
  });
});

describe('workers that cannot run the task', () => {
  const failure = (options, exportName = 'default') =>
    withPool(exportName, options, async (pool) => {
      const run = await pool.process(range(5));
      expect(run.settleCounts).toEqual([1, 1, 1, 1, 1]);
      const codes = new Set([...run.errors.values()].map((error) => error.code));
      expect([run.errors.size, codes.size]).toEqual([5, 1]);
      return run.errors.get(0);
    });

  test('a module that does not load, has no such export, or exports no function', async () => {
    const broken = await failure({ url: new URL('../../fixtures/worker/broken.js', import.meta.url) });
    expect(broken).toMatchObject({ code: 'ERR_TASK_MODULE', cause: { message: 'this module does not load' } });
    expect(broken.cause).toBeInstanceOf(RangeError);
    const missing = await failure({ url: new URL('../../fixtures/worker/none.js', import.meta.url) });
    expect(missing).toMatchObject({ code: 'ERR_TASK_MODULE', cause: { code: 'ERR_MODULE_NOT_FOUND' } });
    const noExport = await failure({ url: tasksUrl }, 'nothing');
    expect(noExport).toMatchObject({ code: 'ERR_TASK_MODULE', message: expect.stringContaining('has no export "nothing"') });
    const noFunction = await failure({ url: tasksUrl }, 'notAFunction');
    expect(noFunction).toMatchObject({ code: 'ERR_TASK_MODULE', message: expect.stringContaining('must be a function') });
  });

  test('a worker that dies before it is ready is tried a few times', async () => {
    const error = await failure({ url: new URL('../../fixtures/worker/exits.js', import.meta.url) });
    expect(error).toMatchObject({ code: 'ERR_WORKER_START', cause: { code: 'ERR_WORKER_EXITED', exitCode: 9 } });
  });

  test('options that Node refuses', async () => {
    expect(await failure({ url: tasksUrl, execArgv: ['--no-such-flag'] })).toMatchObject({
      code: 'ERR_WORKER_START',
      cause: { code: 'ERR_WORKER_INVALID_EXEC_ARGV' },
    });
    expect((await failure({ url: tasksUrl, workerData: () => 1 })).cause.name).toBe('DataCloneError');
  });
});
