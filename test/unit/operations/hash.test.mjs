// Digests against published vectors, Node's own crypto, and the reference implementation of xxHash.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { opened, range } from './scratch.mjs';

/** Bytes k * 37 + 11 modulo 251: [length, XXH3-64, XXH3-128] by libxxhash 0.8.1. The lengths are where the algorithm changes. */
const XXH3_VECTORS = [
  [1, '4a4139caf4136257', '885f487031a569684a4139caf4136257'],
  [3, '505118c313121c0e', 'd2f76a3b5388f28b505118c313121c0e'],
  [8, '1a0cdecf8095c496', '095d2c69ad3b45583565941981dcf416'],
  [16, '0003a0905bccbaaf', '61672a487bfb237243285bb62c9160fd'],
  [17, '9378497c98caf46f', '92bfb697952c1633db28d7da2164a151'],
  [128, 'f803e9d200e730a4', 'fb41bc4060600ea11df74e5aacc6f7b9'],
  [129, '4c5e397da7153884', 'a4d099ebe483932fb427f7760f3caf88'],
  [240, 'c1f379d3420535f6', '92c64f5f2f8aa22cac4a9078e25e0cd9'],
  [241, 'c146bffda99b8355', 'ed4e3168dd9beef0c146bffda99b8355'],
  [1024, '5205bfd2382ce8da', '24da427b98ce84ea5205bfd2382ce8da'],
  [1025, '4276401a8988cfb3', '717fabff629c31d34276401a8988cfb3'],
  [65536, '1c63de8bba540d51', 'b25094be69719b3d1c63de8bba540d51'],
  [1048576, '2ae7afdebc380db4', 'b99d7153ef0f66de2ae7afdebc380db4'],
  [3000001, 'd00f50d967ebc2cb', '4916930b55926d29d00f50d967ebc2cb'],
];
const sequence = (length) => Uint8Array.from({ length }, (_, k) => (k * 37 + 11) % 251);
const nodeAlgorithms = ['sha256', 'sha1', 'md5'];
const digest = (algorithm, value) => createHash(algorithm).update(value).digest('hex');

describe('xxh3', () => {
  const short = operations.hash();
  const long = operations.hash({ algorithm: 'xxh3-128' });

  test.each([
    ['', '2d06800538d394c2', '99aa06d3014798d86001c324468d497f'],
    ['a', 'e6c632b61e964e1f', 'a96faf705af16834e6c632b61e964e1f'],
    ['abc', '78af5f94892f3950', '06b05ab6733a618578af5f94892f3950'],
  ])('of %j', async (text, xxh64, xxh128) => {
    expect(await short.run(text)).toBe(xxh64);
    expect(await long.run(text)).toBe(xxh128);
  });

  test.each(XXH3_VECTORS)('of %i bytes', async (length, xxh64, xxh128) => {
    const bytes = sequence(length);
    expect(await short.run(bytes)).toBe(xxh64);
    expect(await long.run(bytes)).toBe(xxh128);
  });

  test('is the default', () => {
    expect(operations.hash().options).toEqual({ algorithm: 'xxh3-64' });
    expect(operations.hashFile(null).options).toEqual({ algorithm: 'xxh3-64' });
  });
});

describe.each(nodeAlgorithms)('%s', (algorithm) => {
  const operation = operations.hash({ algorithm });

  test('agrees with node:crypto on anything', async () => {
    const processor = opened(new ParallelProcessor(operation));
    const values = fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' })), { maxLength: 40 });
    await fc.assert(fc.asyncProperty(values, async (items) => {
      expect((await processor.process(items)).results).toEqual(items.map((item) => digest(algorithm, item)));
    }), { numRuns: 40 });
  });

  test.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 5_000_000])('of %i bytes', async (length) => {
    const bytes = Buffer.alloc(length, 'text');
    expect(await operation.run(bytes)).toBe(digest(algorithm, bytes));
  });
});

test('the vectors of FIPS 180-4 and RFC 1321', async () => {
  expect(await operations.hash({ algorithm: 'sha256' }).run('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(await operations.hash({ algorithm: 'sha1' }).run('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  expect(await operations.hash({ algorithm: 'md5' }).run('abc')).toBe('900150983cd24fb0d6963f7d28e17f72');
});

describe('items', () => {
  const sha256 = operations.hash({ algorithm: 'sha256' });
  const expectDigests = async (items) => {
    const { results, errors } = await opened(new ParallelProcessor(sha256)).process(items);
    expect(errors).toEqual([]);
    expect(results).toEqual(items.map((item) => digest('sha256', item)));
  };

  test('strings stand for their UTF-8; NUL is a character like any other', async () => {
    await expectDigests(['', 'plain', 'äöü', '日本語', '🦆 pair', 'a\0b', '\0', '\u{10ffff}', 'é', '\ufeffBOM']);
  });

  test('a lone surrogate stands for U+FFFD, as in TextEncoder and Buffer', async () => {
    for (const text of ['\ud800', 'a\udc00b', '\udfff\ud800', '🦆'.slice(0, 1)]) {
      expect(await sha256.run(text)).toBe(digest('sha256', Buffer.from(text, 'utf8')));
    }
    await expectDigests(['\ud800', 'a', '\udc00', 'b']);
  });

  test('views of part of an ArrayBuffer', async () => {
    const whole = sequence(1000);
    const views = [whole.subarray(0, 10), whole.subarray(10, 20), whole.subarray(999), whole.subarray(500, 500), Buffer.from(whole.buffer, 3, 700)];
    await expectDigests(views);
  });

  test('Buffers from the pool, a SharedArrayBuffer, a resizable one', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(64)).fill(7);
    const resizable = new Uint8Array(new ArrayBuffer(16, { maxByteLength: 1024 })).fill(9);
    const { results } = await opened(new ParallelProcessor(sha256)).process([Buffer.from('pooled'), shared, resizable]);
    expect(results).toEqual([digest('sha256', 'pooled'), digest('sha256', Buffer.from(shared)), digest('sha256', Buffer.from(resizable))]);
  });

  test('the bytes are those at the time of the call: they may be changed once it was made', async () => {
    const bytes = Buffer.alloc(100_000, 1);
    const expected = digest('sha256', bytes);
    const run = sha256.run(bytes);
    bytes.fill(2);
    expect(await run).toBe(expected);
  });

  test.each([
    ['a number', 5], ['undefined', undefined], ['null', null], ['an object', {}], ['an array', ['a']], ['an ArrayBuffer', new ArrayBuffer(4)],
    ['a DataView', new DataView(new ArrayBuffer(4))], ['a Uint16Array', new Uint16Array(4)], ['a Float64Array', new Float64Array(1)],
    ['a symbol', Symbol('s')], ['a String object', new String('a')], ['a bigint', 5n],
    ['what only looks like a Uint8Array', Object.create(Uint8Array.prototype)],
  ])('%s is its own failure, and its neighbours are unharmed', async (_name, item) => {
    const { results, errors } = await opened(new ParallelProcessor(sha256, { concurrency: 2 })).process(['a', item, 'b']);
    expect(results).toEqual(['a', 'b'].map((text) => digest('sha256', text)));
    expect(errors).toHaveLength(1);
    expect(Object.is(errors[0].item, item)).toBe(true);
    expect(errors[0]).toMatchObject({ index: 1, attempts: 1 });
    expect(errors[0].error).toBeInstanceOf(TypeError);
    expect(errors[0].error.message).toMatch(/"item" must be a string, Buffer or Uint8Array. Received /);
    await expect(sha256.run(item)).rejects.toBeInstanceOf(TypeError);
  });

  test('a detached ArrayBuffer is empty', async () => {
    const bytes = new Uint8Array(10);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect(await sha256.run(bytes)).toBe(digest('sha256', ''));
  });

  test('100000 of them', async () => {
    const { results } = await opened(new ParallelProcessor(operations.hash({ algorithm: 'md5' }))).process(range(100_000).map(String));
    for (const k of [0, 1, 1023, 1024, 99_999]) expect(results[k]).toBe(digest('md5', String(k)));
    expect(new Set(results).size).toBe(100_000);
  });

  test('a batch of large ones', async () => {
    await expectDigests(range(12).map((k) => Buffer.alloc(3_000_000 + k, k)));
  });
});

describe('options', () => {
  test.each([['sha512', RangeError], ['', RangeError], ['SHA256', RangeError], [5, TypeError], [{}, TypeError], [true, TypeError]])('algorithm: %j', (algorithm, type) => {
    for (const make of [operations.hash, operations.hashFile]) {
      expect(() => make({ algorithm })).toThrow(type);
      expect(() => make({ algorithm })).toThrow(/"algorithm" must be one of 'xxh3-64', 'xxh3-128', 'sha256', 'sha1', 'md5', 'blake3'. Received /);
    }
  });

  test.each([[5], ['sha256'], [[]], [true]])('options: %j', (options) => {
    expect(() => operations.hash(options)).toThrow(/"options" must be an object/);
  });

  test('an operation is immutable, and may be used by several processors', async () => {
    const operation = operations.hash({ algorithm: 'md5' });
    expect(Object.isFrozen(operation)).toBe(true);
    expect(Object.isFrozen(operation.options)).toBe(true);
    expect(operation.name).toBe('hash');
    const outcomes = await Promise.all(range(3).map((k) => opened(new ParallelProcessor(operation)).process([String(k)])));
    expect(outcomes.map(({ results }) => results[0])).toEqual(range(3).map((k) => digest('md5', String(k))));
  });
});
