// LZ4 frames, exchanged with the lz4 command where there is one.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationError, ParallelProcessor, operations } from '../../../lib/index.js';
import { opened, range } from './scratch.mjs';

const compress = (value, options) => operations.lz4Compress(options).run(value);
const decompress = (value, options) => operations.lz4Decompress(options).run(value);
const MAGIC = [0x04, 0x22, 0x4d, 0x18];

const contents = {
  empty: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  text: Buffer.from('the quick brown fox '.repeat(5000)),
  zeros: Buffer.alloc(5_000_000),
  random: randomBytes(300_000),
  '64 KB': Buffer.alloc(65_536, 'abc'),
  '4 MB and one': Buffer.concat([randomBytes(2_000_000), Buffer.alloc(4 * 1024 * 1024 + 1 - 2_000_000, 'z')]),
};

describe('round trip', () => {
  test.each(Object.entries(contents))('%s', async (_name, content) => {
    for (const level of [0, 1, 2, 3, 9, 12]) {
      const frame = await compress(content, { level });
      expect([...frame.subarray(0, 4)]).toEqual(MAGIC);
      expect((await decompress(frame)).equals(content)).toBe(true);
    }
  });

  test('anything', async () => {
    const squeeze = opened(new ParallelProcessor(operations.lz4Compress(), { concurrency: 2 }));
    const restore = opened(new ParallelProcessor(operations.lz4Decompress(), { concurrency: 2 }));
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.string()), { maxLength: 20 }), async (items) => {
      const { results: frames } = await squeeze.process(items);
      const { results } = await restore.process(frames);
      expect(results.map((buffer) => buffer.toString('hex'))).toEqual(items.map((item) => Buffer.from(item).toString('hex')));
    }), { numRuns: 40 });
  });

  test('higher levels are smaller on text', async () => {
    const text = Buffer.from(range(20_000).map((k) => `line ${k * 7919} of the text\n`).join(''));
    expect((await compress(text, { level: 12 })).length).toBeLessThan((await compress(text, { level: 0 })).length);
  });

  test('a view of part of an ArrayBuffer', async () => {
    const whole = Buffer.from('0123456789'.repeat(100));
    const frame = await compress(whole.subarray(10, 500));
    const padded = Buffer.concat([Buffer.from('before'), frame, Buffer.from('after')]);
    expect((await decompress(padded.subarray(6, 6 + frame.length))).equals(whole.subarray(10, 500))).toBe(true);
  });
});

describe('frames of the lz4 command 1.9.4', () => {
  // 'some text, some text, some more text' with the options named.
  test.each([
    ['-1, independent blocks', '04224d186440a718000000bc736f6d6520746578742c200b00906d6f7265207465787400000000d2685f91'],
    ['-BX, block checksums', '04224d187440bd18000000bc736f6d6520746578742c200b00906d6f726520746578745223575800000000d2685f91'],
  ])('%s', async (_name, hex) => {
    expect(String(await decompress(Buffer.from(hex, 'hex')))).toBe('some text, some text, some more text');
  });
});

// What the frames above show in two cases, these show at length where the command is installed.
if (spawnSync('lz4', ['--version']).status === 0) {
  describe('with the lz4 command', () => {
    const lz4 = (args, input) => execFileSync('lz4', ['-q', '-c', ...args], { input, maxBuffer: 1 << 28 });

    test.each(Object.entries(contents))('it reads what we write: %s', async (_name, content) => {
      for (const level of [0, 9]) expect(lz4(['-d'], await compress(content, { level })).equals(content)).toBe(true);
    });

    test.each([[['-1']], [['-9']], [['-12']], [['-B4']], [['-B7']], [['-BD']], [['--no-frame-crc']], [['-BX']]])('we read what it writes: %j', async (args) => {
      for (const content of Object.values(contents)) expect((await decompress(lz4(args, content))).equals(content)).toBe(true);
    });

    test('frames one after the other are the contents one after the other', async () => {
      const joined = Buffer.concat([lz4(['-1'], contents.text), await compress('and '), lz4(['-9'], Buffer.from('end'))]);
      expect((await decompress(joined)).equals(Buffer.concat([contents.text, Buffer.from('and end')]))).toBe(true);
    });
  });
}

describe('what is no frame', () => {
  test('corrupt and truncated frames are ERR_CORRUPT_DATA, and their neighbours are unharmed', async () => {
    const good = await compress(contents.text);
    const bad = [
      Buffer.from('no frame at all'), Buffer.alloc(4), Buffer.from(MAGIC), good.subarray(0, 5), good.subarray(0, good.length - 1),
      good.subarray(0, good.length >> 1), Buffer.concat([good, Buffer.from('garbage')]), 'text', Buffer.alloc(1),
    ];
    const processor = opened(new ParallelProcessor(operations.lz4Decompress(), { concurrency: 2 }));
    const { results, errors } = await processor.process([good, ...bad, good]);
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
    const { results, errors } = await opened(new ParallelProcessor(operations.lz4Decompress())).process(damaged);
    expect(errors.length).toBeGreaterThan(0);
    for (const restored of results) expect(restored.equals(content)).toBe(true);
    for (const { error } of errors) expect(['ERR_CORRUPT_DATA', 'ERR_TOO_LARGE', 'ERR_UNSUPPORTED']).toContain(error.code);
  });

  test('random bytes, with and without the magic number', async () => {
    const noise = range(500).map((k) => (k % 2 === 0 ? randomBytes(k) : Buffer.concat([Buffer.from(MAGIC), randomBytes(k)])));
    const { results, errors } = await opened(new ParallelProcessor(operations.lz4Decompress({ maxBytes: 1e6 }))).process(noise);
    expect(results.length + errors.length).toBe(500);
    expect(errors.length).toBeGreaterThan(480);
  });
});

describe('maxBytes', () => {
  test('exactly so much is allowed, one more is ERR_TOO_LARGE', async () => {
    const frame = await compress(Buffer.alloc(100_000));
    expect(await decompress(frame, { maxBytes: 100_000 })).toHaveLength(100_000);
    await expect(decompress(frame, { maxBytes: 99_999 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE', name: 'OperationError' });
  });

  test('a bomb is refused without its content', async () => {
    const bomb = await compress(Buffer.alloc(200_000_000));
    global.gc();
    const before = process.memoryUsage.rss();
    await expect(decompress(bomb, { maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
  });

  test('is 1 GiB by default', () => {
    expect(operations.lz4Decompress().options).toEqual({ maxBytes: 2 ** 30 });
    expect(operations.readFile().options).toEqual({ maxBytes: 2 ** 30 });
  });
});

test.each([[-1, RangeError], [13, RangeError], [1.5, RangeError], ['9', TypeError], [Number.NaN, RangeError]])('level: %s', (level, type) => {
  expect(() => operations.lz4Compress({ level })).toThrow(type);
  expect(() => operations.lz4Compress({ level })).toThrow(/"level" must be an integer from 0 to 12. Received /);
});
