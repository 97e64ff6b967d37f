// gzip, zlib and raw DEFLATE data, exchanged with node:zlib and with the gzip command where there is one.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationError, ParallelProcessor, operations } from '../../../lib/index.js';
import { opened, range } from './scratch.mjs';

const compress = (value, options) => operations.gzip(options).run(value);
const decompress = (value, options) => operations.gunzip(options).run(value);

const contents = {
  empty: Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  text: Buffer.from('the quick brown fox '.repeat(5000)),
  zeros: Buffer.alloc(5_000_000),
  random: randomBytes(300_000),
  '4 MB and one': Buffer.concat([randomBytes(2_000_000), Buffer.alloc(4 * 1024 * 1024 + 1 - 2_000_000, 'z')]),
};

const nodes = {
  gzip: [zlib.gzipSync, zlib.gunzipSync],
  zlib: [zlib.deflateSync, zlib.inflateSync],
  deflate: [zlib.deflateRawSync, zlib.inflateRawSync],
};

describe.each(Object.entries(nodes))('%s and node:zlib', (format, [pack, unpack]) => {
  test.each(Object.entries(contents))('read each other: %s', async (_name, content) => {
    for (const level of [0, 1, 6, 9, 12]) {
      const packed = await compress(content, { format, level });
      expect(unpack(packed).equals(content)).toBe(true);
      expect((await decompress(packed, { format })).equals(content)).toBe(true);
    }
    for (const level of [0, 1, 9]) expect((await decompress(pack(content, { level }), { format })).equals(content)).toBe(true);
  });

  test('anything', async () => {
    const restore = opened(new ParallelProcessor(operations.gunzip({ format }), { concurrency: 2 }));
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 20 }), async (items) => {
      const { results } = await restore.process(items.map((item) => pack(item)));
      expect(results.map((buffer) => buffer.toString('hex'))).toEqual(items.map((item) => Buffer.from(item).toString('hex')));
    }), { numRuns: 40 });
  });

  test('damage is refused, or does not change the content', async () => {
    const content = Buffer.from('some text, some text, some more text. '.repeat(20));
    const packed = pack(content);
    const damaged = range(packed.length * 8).map((bit) => {
      const copy = Buffer.from(packed);
      copy[bit >> 3] ^= 1 << (bit & 7);
      return copy;
    });
    const { results, errors } = await operations.gunzip({ format, maxBytes: 1e6 }).runAll(damaged);
    expect(results.length + errors.length).toBe(damaged.length);
    for (const { error } of errors) expect(['ERR_CORRUPT_DATA', 'ERR_TOO_LARGE']).toContain(error.code);
    // Raw data has no checksum.
    if (format !== 'deflate') for (const restored of results) expect(restored.equals(content)).toBe(true);
  });
});

test('levels beyond 9 are smaller still', async () => {
  const text = Buffer.from(range(20_000).map((k) => `line ${k * 7919} of the text\n`).join(''));
  expect((await compress(text, { level: 12 })).length).toBeLessThan((await compress(text, { level: 9 })).length);
});

test('members one after the other are the contents one after the other', async () => {
  const joined = Buffer.concat([zlib.gzipSync('one '), await compress(''), await compress('two '), zlib.gzipSync('three')]);
  expect(String(await decompress(joined))).toBe('one two three');
});

describe("format 'auto'", () => {
  test('tells gzip from zlib', async () => {
    for (const pack of [zlib.gzipSync, zlib.deflateSync]) expect(String(await decompress(pack('content'), { format: 'auto' }))).toBe('content');
  });

  test('and refuses the rest', async () => {
    for (const other of [zlib.deflateRawSync('content'), 'plain text', '']) {
      await expect(decompress(other, { format: 'auto' })).rejects.toMatchObject({ code: 'ERR_CORRUPT_DATA' });
    }
  });
});

if (spawnSync('gzip', ['--version']).status === 0) {
  test.each(Object.entries(contents))('the gzip command and we read each other: %s', async (_name, content) => {
    expect(execFileSync('gzip', ['-dc'], { input: await compress(content), maxBuffer: 1 << 28 }).equals(content)).toBe(true);
    expect((await decompress(execFileSync('gzip', ['-c9'], { input: content, maxBuffer: 1 << 28 }))).equals(content)).toBe(true);
  });
}

describe('what is no gzip data', () => {
  test('is ERR_CORRUPT_DATA, and its neighbours are unharmed', async () => {
    const good = await compress(contents.text);
    const bad = [
      Buffer.from('not at all'), Buffer.alloc(4), good.subarray(0, 5), good.subarray(0, good.length - 1), good.subarray(0, good.length >> 1),
      Buffer.concat([good, Buffer.from('garbage')]), Buffer.concat([good, Buffer.alloc(8)]), 'text', Buffer.alloc(1), '',
      zlib.deflateSync('zlib'),
    ];
    const { results, errors } = await operations.gunzip().runAll([good, ...bad, good]);
    expect(results).toHaveLength(2);
    for (const content of results) expect(content.equals(contents.text)).toBe(true);
    expect(errors.map(({ item }) => item)).toEqual(bad);
    for (const { error } of errors) {
      expect(error).toBeInstanceOf(OperationError);
      expect(error.code).toBe('ERR_CORRUPT_DATA');
    }
  });

  test('a size in the trailer that is a lie reserves nothing', async () => {
    const lie = await compress('a little');
    lie.writeUInt32LE(0xffffffff, lie.length - 4);
    await expect(decompress(lie)).rejects.toMatchObject({ code: 'ERR_CORRUPT_DATA' });
  });
});

describe('limits', () => {
  test('exactly maxBytes is allowed, one more is ERR_TOO_LARGE', async () => {
    for (const format of Object.keys(nodes)) {
      const packed = await compress(Buffer.alloc(100_000), { format });
      expect(await decompress(packed, { format, maxBytes: 100_000 })).toHaveLength(100_000);
      await expect(decompress(packed, { format, maxBytes: 99_999 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    }
  });

  test('a bomb is refused without its content', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(200_000_000), { level: 9 });
    global.gc();
    const before = process.memoryUsage.rss();
    await expect(decompress(bomb, { maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
  });

  test.each([['level', 13], ['level', -1], ['format', 'auto'], ['format', 'brotli'], ['format', 3]])('gzip, %s: %s', (name, value) => {
    expect(() => operations.gzip({ [name]: value })).toThrow(new RegExp(`"${name}" must be .* Received `));
  });
});
