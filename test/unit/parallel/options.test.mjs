// Options: undefined and null mean the default, everything else invalid is refused by name.
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { usableCores } from '../../../lib/cores.js';
import { Gate, range, rejectionOf, thrownBy, turn } from './gate.mjs';

const identity = (item) => item;

/** How many items a processor with these options has in work at once. */
async function windowOf(options) {
  const gate = new Gate();
  const done = new ParallelProcessor(gate.processor, options).process(range(64));
  await turn();
  const { peak } = gate;
  await gate.drain();
  await done;
  return peak;
}

/** The completed counts that a progress callback is given. */
async function progressOf(options, count) {
  const seen = [];
  const progressCallback = (completed) => seen.push(completed);
  await new ParallelProcessor(identity, { ...options, progressCallback }).process(range(count));
  return seen;
}

describe('defaults', () => {
  const half = Math.max(1, Math.floor(usableCores() / 2));

  test('concurrency is half the usable cores, at least 1', async () => {
    expect(usableCores()).toBeGreaterThanOrEqual(1);
    expect(usableCores()).toBeLessThanOrEqual(availableParallelism());
    expect(await windowOf()).toBe(half);
    expect(new ParallelProcessor(identity).health().concurrency).toBe(half);
  });

  test('batchSize is 50', async () => {
    expect(await progressOf({}, 120)).toEqual([50, 100, 120]);
  });

  test.each([[undefined], [null], [{}]])('options may be %s', async (options) => {
    expect((await new ParallelProcessor(identity, options).process([1])).results).toEqual([1]);
  });

  test.each([[undefined], [null]])('every option may be %s, and is then the default', async (absent) => {
    const names = ['concurrency', 'batchSize', 'maxMemory', 'progressCallback', 'signal', 'timeout', 'retry', 'priority', 'stopOnError', 'key'];
    const options = Object.fromEntries(names.map((name) => [name, absent]));
    expect(await windowOf(options)).toBe(half);
    expect(await progressOf({ batchSize: absent }, 120)).toEqual([50, 100, 120]);
    const failing = new ParallelProcessor(() => { throw new Error('no'); }, options);
    const { errors, stats } = await failing.process([1, 2]);
    expect(errors.map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(stats.retries).toBe(0);
  });

  test('options spread over with undefined do not undo what was not given', async () => {
    const callerLeftOut = { concurrency: undefined, batchSize: undefined, maxMemory: undefined };
    expect(await windowOf({ ...callerLeftOut, concurrency: 7 })).toBe(7);
    expect(await windowOf({ concurrency: 7, batchSize: undefined, maxMemory: undefined })).toBe(7);
    expect(await progressOf({ concurrency: undefined, batchSize: 30 }, 60)).toEqual([30, 60]);
  });

  test('options are read once, by the constructor', async () => {
    const options = { concurrency: 3 };
    const gate = new Gate();
    const processor = new ParallelProcessor(gate.processor, options);
    options.concurrency = 9;
    const done = processor.process(range(20));
    await turn();
    expect(gate.peak).toBe(3);
    await gate.drain();
    await done;
  });
});

/** Values that no option of the kind accepts, with the class of the error. */
const notPositiveIntegers = [
  [0, RangeError], [-1, RangeError], [Number.NaN, RangeError], [1.5, RangeError], [Infinity, RangeError], [-Infinity, RangeError],
  [2 ** 53, RangeError], ['4', TypeError], ['', TypeError], [true, TypeError], [false, TypeError], [{}, TypeError], [[], TypeError],
  [4n, TypeError], [Symbol('four'), TypeError], [() => 4, TypeError], [new Date(4), TypeError],
];
const notFunctions = [[0], [1], ['largest of all'], [true], [false], [{}], [[]], [Number.NaN], [Symbol('f')]];
const notSignals = [[0], [1], ['abort'], [true], [{}], [[]], [() => {}], [new AbortController()], [new EventTarget()]];
const described = (value) => (typeof value === 'symbol' || typeof value === 'bigint' ? String(value) : JSON.stringify(value)) ?? String(value);

/** The message must say which option, what was expected and what came. */
function expectRefusal(error, type, name, expectation, value) {
  expect(error).toBeInstanceOf(type);
  expect(error.message).toContain(`"${name}"`);
  expect(error.message).toMatch(expectation);
  const received = error.message.split('Received ')[1];
  expect(received).toBeDefined();
  if (typeof value === 'number') expect(received).toBe(String(value));
  else if (typeof value === 'string') expect(received).toBe(`'${value}'`);
  else if (typeof value === 'bigint') expect(received).toBe(`${value}n`);
  else if (typeof value === 'boolean' || typeof value === 'symbol') expect(received).toBe(String(value));
  else expect(received.length).toBeGreaterThan(0);
  expect(error.code).toBe(type === RangeError ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARG_TYPE');
}

const construct = (options) => thrownBy(() => new ParallelProcessor(identity, options));

describe('invalid values', () => {
  for (const name of ['concurrency', 'batchSize', 'maxMemory']) {
    for (const [value, type] of notPositiveIntegers) {
      test(`${name}: ${described(value)} (${typeof value})`, () => {
        const expectation = name === 'concurrency' ? /must be an integer from 1 or 'auto'/ : /must be an integer from 1/;
        expectRefusal(construct({ [name]: value }), type, name, expectation, value);
      });
    }
  }

  for (const name of ['progressCallback', 'key', 'priority']) {
    for (const [value] of notFunctions) {
      test(`${name}: ${described(value)} (${typeof value})`, () => {
        expectRefusal(construct({ [name]: value }), TypeError, name, /must be a function/, value);
      });
    }
  }

  test("priority: 'largest' is for operations on files", () => {
    expectRefusal(construct({ priority: 'largest' }), RangeError, 'priority', /operations on files/, 'largest');
    const hashing = thrownBy(() => new ParallelProcessor(operations.hash(), { priority: 'largest' }));
    expectRefusal(hashing, RangeError, 'priority', /operations on files/, 'largest');
  });

  for (const [value] of notSignals) {
    test(`signal: ${described(value)} (${typeof value})`, () => {
      expectRefusal(construct({ signal: value }), TypeError, 'signal', /must be an AbortSignal/, value);
    });
  }

  // A timer of Node's holds 2^31 - 1 ms, and fires at once beyond it.
  for (const value of [0, -1, Number.NaN, Infinity, -Infinity, 2 ** 31]) {
    test(`timeout: ${value}`, () => {
      expectRefusal(construct({ timeout: value }), RangeError, 'timeout', /must be a number above 0/, value);
    });
  }

  for (const value of ['100', true, {}, [], 5n]) {
    test(`timeout: ${described(value)} (${typeof value})`, () => {
      expectRefusal(construct({ timeout: value }), TypeError, 'timeout', /must be a number above 0/, value);
    });
  }

  test('timeout may be fractional', () => {
    expect(() => new ParallelProcessor(identity, { timeout: 0.5 })).not.toThrow();
  });

  for (const value of [-1, 1.5, Number.NaN, Infinity]) {
    test(`retry: ${value}`, () => {
      expectRefusal(construct({ retry: value }), RangeError, 'retry', /must be an integer from 0/, value);
    });
  }

  for (const value of ['3', true, false, 3n, [], () => 3]) {
    test(`retry: ${described(value)} (${typeof value})`, () => {
      expectRefusal(construct({ retry: value }), TypeError, 'retry', /must be an? (number|object)/, value);
    });
  }

  const retryFields = {
    attempts: { bad: [0, -1, 1.5, Number.NaN, Infinity], expectation: /an integer from 1/ },
    delay: { bad: [-1, Number.NaN, Infinity, 2 ** 31], expectation: /a number from 0/ },
    factor: { bad: [0, 0.5, -1, Number.NaN, Infinity], expectation: /a number from 1/ },
    maxDelay: { bad: [-1, Number.NaN, Infinity, 2 ** 31], expectation: /a number from 0/ },
    jitter: { bad: [-0.1, 1.1, Number.NaN, Infinity], expectation: /a number from 0 to 1/ },
  };
  for (const [field, { bad, expectation }] of Object.entries(retryFields)) {
    for (const value of bad) {
      test(`retry.${field}: ${value}`, () => {
        expectRefusal(construct({ retry: { [field]: value } }), RangeError, `retry.${field}`, expectation, value);
      });
    }
    for (const value of ['1', true, {}, []]) {
      test(`retry.${field}: ${described(value)} (${typeof value})`, () => {
        expectRefusal(construct({ retry: { [field]: value } }), TypeError, `retry.${field}`, expectation, value);
      });
    }
    test.each([[undefined], [null]])(`retry.${field} may be %s`, (absent) => {
      expect(() => new ParallelProcessor(identity, { retry: { [field]: absent } })).not.toThrow();
    });
  }

  test.each(notFunctions)('retry.retryIf: %s', (value) => {
    expectRefusal(construct({ retry: { retryIf: value } }), TypeError, 'retry.retryIf', /a function/, value);
  });

  for (const value of [0, 1, 'true', {}, []]) {
    test(`stopOnError: ${described(value)} (${typeof value})`, () => {
      expectRefusal(construct({ stopOnError: value }), TypeError, 'stopOnError', /must be a boolean/, value);
    });
  }

  for (const value of [0, 1, 'options', true, [], () => {}, 5n]) {
    test(`options: ${described(value)} (${typeof value})`, () => {
      expectRefusal(construct(value), TypeError, 'options', /must be an object/, value);
    });
  }

  for (const value of [undefined, null, 0, 'processor', {}, [], Symbol('p'), operations]) {
    test(`processor: ${String(described(value)).slice(0, 20)} (${typeof value})`, () => {
      const error = thrownBy(() => new ParallelProcessor(value));
      expectRefusal(error, TypeError, 'processor', /must be a function/, value);
    });
  }

  test.each([
    ['concurrency', "'four'"], ['batchSize', "'four'"], ['maxMemory', "'four'"],
  ])('%s: what was received is quoted', (name, quoted) => {
    expect(construct({ [name]: 'four' }).message).toContain(`Received ${quoted}`);
  });
});

describe('options of a call', () => {
  const processor = new ParallelProcessor(identity);

  test.each(notSignals)('process: signal %s', async (value) => {
    expectRefusal(await rejectionOf(processor.process([1], { signal: value })), TypeError, 'signal', /an AbortSignal/, value);
  });

  test.each(notSignals)('stream: signal %s', (value) => {
    expectRefusal(thrownBy(() => processor.stream([1], { signal: value })), TypeError, 'signal', /an AbortSignal/, value);
  });

  test.each(notFunctions)('process: dependencies %s', async (value) => {
    const refused = await rejectionOf(processor.process([1], { dependencies: value, key: String }));
    expectRefusal(refused, TypeError, 'dependencies', /a function/, value);
  });

  test.each(notFunctions)('process: key %s', async (value) => {
    expectRefusal(await rejectionOf(processor.process([1], { key: value })), TypeError, 'key', /a function/, value);
  });

  test.each([[0], ['options'], [[]], [true]])('process: options %s', async (value) => {
    expectRefusal(await rejectionOf(processor.process([1], value)), TypeError, 'options', /an object/, value);
  });

  for (const [value, type] of notPositiveIntegers) {
    test(`stream: highWaterMark ${described(value)} (${typeof value})`, () => {
      const error = thrownBy(() => processor.stream([1], { highWaterMark: value }));
      expectRefusal(error, type, 'highWaterMark', /an integer from 1/, value);
    });
  }

  test.each([[0], ['yes'], [{}]])('stream: ordered %s', (value) => {
    expectRefusal(thrownBy(() => processor.stream([1], { ordered: value })), TypeError, 'ordered', /a boolean/, value);
  });

  test.each([[undefined], [null]])('undefined and null mean the default: %s', async (absent) => {
    const options = { signal: absent, dependencies: absent, key: absent };
    expect((await processor.process([1, 2], options)).results).toEqual([1, 2]);
    const values = [];
    for await (const { value } of processor.stream([1, 2], { signal: absent, highWaterMark: absent, ordered: absent })) values.push(value);
    expect(values).toEqual([1, 2]);
  });
});
