// zstd frames, exchanged with the zstd command where there is one.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationError, ParallelProcessor, operations, pipe } from '../../../lib/index.js';
import { opened, range } from './scratch.mjs';

const compress = (value, options) => operations.zstdCompress(options).run(value);
const decompress = (value, options) => operations.zstdDecompress(options).run(value);

const contents = {
  empty: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  text: Buffer.from('the quick brown fox '.repeat(5000)),
  zeros: Buffer.alloc(5_000_000),
  random: randomBytes(300_000),
  '4 MB and one': Buffer.concat([randomBytes(2_000_000), Buffer.alloc(4 * 1024 * 1024 + 1 - 2_000_000, 'z')]),
};

describe('round trip', () => {
  test.each(Object.entries(contents))('%s', async (_name, content) => {
    for (const level of [-7, 0, 1, 3, 12]) expect((await decompress(await compress(content, { level }))).equals(content)).toBe(true);
    expect((await decompress(await compress(content, { checksum: false }))).equals(content)).toBe(true);
  });

  test('anything', async () => {
    const squeeze = opened(new ParallelProcessor(operations.zstdCompress(), { concurrency: 2 }));
    const restore = opened(new ParallelProcessor(operations.zstdDecompress(), { concurrency: 2 }));
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.string()), { maxLength: 20 }), async (items) => {
      const { results: frames } = await squeeze.process(items);
      const { results } = await restore.process(frames);
      expect(results.map((buffer) => buffer.toString('hex'))).toEqual(items.map((item) => Buffer.from(item).toString('hex')));
    }), { numRuns: 40 });
  });

  test('a checksum takes four bytes and finds damage', async () => {
    const [plain, checked] = [await compress('some text', { checksum: false }), await compress('some text')];
    expect(checked.length).toBe(plain.length + 4);
    checked[checked.length - 1] ^= 1;
    await expect(decompress(checked)).rejects.toMatchObject({ code: 'ERR_CORRUPT_DATA' });
  });

  test('in a pipe the result goes on', async () => {
    const there = pipe(operations.zstdCompress(), operations.zstdDecompress(), operations.hash({ algorithm: 'sha256' }));
    expect(await there.run('content')).toBe(await operations.hash({ algorithm: 'sha256' }).run('content'));
  });
});

describe('dictionary', () => {
  const records = range(300).map((k) => Buffer.from(JSON.stringify({ id: k, name: `user ${k}`, mail: `user${k}@example.org`, roles: ['reader', 'writer'] })));
  const dictionary = Buffer.concat(records.slice(0, 100));

  test('small contents that are alike become smaller, and need it to be read', async () => {
    const { results: alone } = await operations.zstdCompress().runAll(records);
    const { results: frames } = await operations.zstdCompress({ dictionary }).runAll(records);
    const total = (buffers) => buffers.reduce((sum, { length }) => sum + length, 0);
    expect(total(frames) * 2).toBeLessThan(total(alone));
    const { results } = await operations.zstdDecompress({ dictionary }).runAll(frames);
    expect(results.every((content, k) => content.equals(records[k]))).toBe(true);
    await expect(decompress(frames[7])).rejects.toMatchObject({ code: 'ERR_CORRUPT_DATA' });
  });

  test('is copied', async () => {
    const mine = Buffer.from(dictionary);
    const operation = operations.zstdCompress({ dictionary: mine });
    mine.fill(0);
    expect((await decompress(await operation.run(records[0]), { dictionary })).equals(records[0])).toBe(true);
  });

  test('that is none is refused at once', () => {
    const damaged = Buffer.concat([Buffer.from([0x37, 0xa4, 0x30, 0xec]), Buffer.alloc(100, 'x')]);
    for (const factory of [operations.zstdCompress, operations.zstdDecompress]) {
      expect(() => factory({ dictionary: damaged })).toThrow(RangeError);
      expect(() => factory({ dictionary: Buffer.alloc(0) })).toThrow(/"dictionary" must be bytes/);
      expect(() => factory({ dictionary: 'text' })).toThrow(TypeError);
    }
  });
});

if (spawnSync('zstd', ['--version']).status === 0) {
  describe('with the zstd command', () => {
    const zstd = (args, input) => execFileSync('zstd', ['-q', '-c', ...args], { input, maxBuffer: 1 << 28 });

    test.each(Object.entries(contents))('it reads what we write: %s', async (_name, content) => {
      for (const level of [-5, 3, 12]) expect(zstd(['-d'], await compress(content, { level })).equals(content)).toBe(true);
    });

    test.each([[['-1']], [['-9']], [['--ultra', '-22']], [['--no-check']], [['--fast=5']], [['--long=24']]])('we read what it writes: %j', async (args) => {
      for (const content of [contents.empty, contents.text, contents.random]) expect((await decompress(zstd(args, content))).equals(content)).toBe(true);
    });
  });
}

describe('what is no frame', () => {
  test('corrupt and truncated frames are ERR_CORRUPT_DATA, and their neighbours are unharmed', async () => {
    const good = await compress(contents.text);
    const bad = [
      Buffer.from('no frame at all'), Buffer.alloc(4), Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), good.subarray(0, 5), good.subarray(0, good.length - 1),
      good.subarray(0, good.length >> 1), Buffer.concat([good, Buffer.from('garbage')]), 'text', Buffer.alloc(1), Buffer.alloc(0),
    ];
    const { results, errors } = await operations.zstdDecompress().runAll([good, ...bad, good]);
    expect(results).toHaveLength(2);
    for (const content of results) expect(content.equals(contents.text)).toBe(true);
    expect(errors.map(({ item }) => item)).toEqual(bad);
    for (const { error } of errors) {
      expect(error).toBeInstanceOf(OperationError);
      expect(error.code).toBe('ERR_CORRUPT_DATA');
    }
  });

  test('a bit flipped anywhere is noticed, or does not change the content', async () => {
    const content = Buffer.from('some text, some text, some more text. '.repeat(20));
    const frame = await compress(content);
    const damaged = range(frame.length * 8).map((bit) => {
      const copy = Buffer.from(frame);
      copy[bit >> 3] ^= 1 << (bit & 7);
      return copy;
    });
    const { results, errors } = await operations.zstdDecompress({ maxBytes: 1e6 }).runAll(damaged);
    expect(results.length + errors.length).toBe(damaged.length);
    expect(errors.length).toBeGreaterThan(0);
    // A flip in the header may make it a skippable frame, which has no content.
    for (const restored of results) expect(restored.length === 0 || restored.equals(content)).toBe(true);
    for (const { error } of errors) expect(['ERR_CORRUPT_DATA', 'ERR_TOO_LARGE']).toContain(error.code);
  });
});

describe('limits', () => {
  test('exactly maxBytes is allowed, one more is ERR_TOO_LARGE', async () => {
    const frame = await compress(Buffer.alloc(100_000));
    expect(await decompress(frame, { maxBytes: 100_000 })).toHaveLength(100_000);
    await expect(decompress(frame, { maxBytes: 99_999 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE', name: 'OperationError' });
  });

  test('a bomb is refused without its content', async () => {
    const bomb = await compress(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    global.gc();
    const before = process.memoryUsage.rss();
    await expect(decompress(bomb, { maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
  });

  test.each([
    ['level', -8], ['level', 23], ['level', 1.5], ['checksum', 1], ['level', '3'],
  ])('%s: %s', (name, value) => {
    expect(() => operations.zstdCompress({ [name]: value })).toThrow(new RegExp(`"${name}" must be .* Received `));
  });

  test.each([['windowLogMax', 9], ['windowLogMax', 32], ['maxBytes', 0]])('%s: %s', (name, value) => {
    expect(() => operations.zstdDecompress({ [name]: value })).toThrow(RangeError);
  });

  test('a signal ends a long compression', async () => {
    const controller = new AbortController();
    const run = operations.zstdCompress({ level: 19 }).run(randomBytes(30_000_000), { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
  });
});
