// The validators themselves, beyond what the constructors show of them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as options from '../../../lib/options.js';

const absent = [undefined, null];

describe('undefined and null', () => {
  test.each([
    ['integer', (value) => options.integer('name', value, 7), 7],
    ['number', (value) => options.number('name', value, 0.5), 0.5],
    ['boolean', (value) => options.boolean('name', value, true), true],
    ['oneOf', (value) => options.oneOf('name', value, 'a', ['a', 'b']), 'a'],
    ['optionalFunction', (value) => options.optionalFunction('name', value), null],
    ['optionalSignal', (value) => options.optionalSignal('name', value), null],
  ])('%s: the fallback', (_name, read, fallback) => {
    for (const value of absent) expect(read(value)).toBe(fallback);
  });

  test('record: an empty one', () => {
    for (const value of absent) expect(options.record('name', value)).toEqual({});
  });
});

describe('integer', () => {
  test('takes exactly the safe integers of its range', () => {
    fc.assert(fc.property(fc.integer({ min: -10, max: 10 }), fc.integer({ min: 0, max: 20 }), fc.anything(), (min, width, value) => {
      const max = min + width;
      const valid = typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
      if (valid) expect(options.integer('n', value, 0, min, max)).toBe(value);
      else if (value !== undefined && value !== null) expect(() => options.integer('n', value, 0, min, max)).toThrow(/^"n" must be an integer from/);
    }), { numRuns: 500 });
    expect(options.integer('n', 5, 0, 5, 5)).toBe(5);
    expect(options.integer('n', Number.MAX_SAFE_INTEGER, 0)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('a wrong type is a TypeError, a wrong number a RangeError', () => {
    fc.assert(fc.property(fc.anything().filter((value) => value !== undefined && value !== null), (value) => {
      if (Number.isSafeInteger(value) && value >= 1) return;
      expect(() => options.integer('n', value, 1)).toThrow(typeof value === 'number' ? RangeError : TypeError);
    }), { numRuns: 500 });
  });
});

describe('number', () => {
  test('above zero unless a minimum is given; a maximum; Infinity only where it is allowed', () => {
    expect(() => options.number('n', 0, 1)).toThrow(/^"n" must be a number above 0\. Received 0$/);
    expect(options.number('n', 0, 1, { min: 0 })).toBe(0);
    expect(() => options.number('n', 1.01, 1, { min: 0, max: 1 })).toThrow(/^"n" must be a number from 0 to 1\. Received 1\.01$/);
    expect(() => options.number('n', Infinity, 1)).toThrow(RangeError);
    expect(options.number('n', Infinity, 1, { infinity: true })).toBe(Infinity);
    expect(() => options.number('n', -Infinity, 1, { infinity: true })).toThrow(RangeError);
    expect(() => options.number('n', Number.NaN, 1, { min: 0, infinity: true })).toThrow(/Received NaN$/);
  });
});

describe('oneOf', () => {
  test('names the choices and the value', () => {
    expect(options.oneOf('mode', 'b', 'a', ['a', 'b'])).toBe('b');
    expect(() => options.oneOf('mode', 'c', 'a', ['a', 'b'])).toThrow(/^"mode" must be one of 'a', 'b'\. Received 'c'$/);
    expect(() => options.oneOf('mode', 5, 'a', ['a', 'b'])).toThrow(TypeError);
  });
});

describe('what was received', () => {
  test.each([
    ['a string', 'text', "'text'"], ['a number', -0, '-0'], ['a bigint', 5n, '5n'], ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a named function', function named() {}, 'function named'], ['a nameless one', (() => () => {})(), 'function (anonymous)'],
    ['an object', { a: 1 }, '{ a: 1 }'], ['an array', [1, 2], '[ 1, 2 ]'], ['no prototype', Object.create(null), '[Object: null prototype] {}'],
  ])('%s', (_name, value, expected) => {
    expect(options.describe(value)).toBe(expected);
  });

  test('is kept short and in one line, and never fails', () => {
    fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }), (value) => {
      expect(options.describe(value).length).toBeLessThan(10_000);
    }));
    expect(options.describe('x'.repeat(1e6)).length).toBeLessThan(200);
    expect(options.describe({ nested: { deep: {} } })).toBe('{ nested: [Object] }');
    const hostile = { get message() { throw new Error('hostile'); } };
    expect(() => options.describe(hostile)).not.toThrow();
  });

  test('errors carry a code to match on', () => {
    expect(options.typeError('n', 'x', 1)).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    expect(options.rangeError('n', 'x', 1)).toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
  });
});
