// Compression and decompression of streams: pieces cut anywhere, backpressure, every way to end.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationError, createCompressor, createDecompressor, operations } from '../../../lib/index.js';
import { range } from './scratch.mjs';

const FORMATS = ['lz4', 'zstd', 'gzip', 'zlib', 'deflate'];
const text = Buffer.from(range(30_000).map((k) => `line ${k * 7919} of the text\n`).join(''));
const noise = randomBytes(700_000);

/** @param {Buffer} whole @param {number} size */
function* pieces(whole, size) {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

/** What comes out of the streams, put one behind the other. */
async function through(chunks, ...streams) {
  const out = [];
  await pipeline(Readable.from(chunks, { objectMode: false }), ...streams, new Writable({
    write(chunk, _encoding, callback) {
      out.push(chunk);
      callback();
    },
  }));
  return Buffer.concat(out);
}

/** The operations for whole contents. */
const whole = {
  lz4: [operations.lz4Compress(), operations.lz4Decompress()],
  zstd: [operations.zstdCompress(), operations.zstdDecompress()],
  ...Object.fromEntries(['gzip', 'zlib', 'deflate'].map((format) => [format, [operations.gzip({ format }), operations.gunzip({ format })]])),
};

describe.each(FORMATS)('%s', (format) => {
  const [pack, unpack] = whole[format];

  test('round trip, in pieces of any size', async () => {
    for (const content of [Buffer.alloc(0), Buffer.from('x'), text, noise, Buffer.alloc(3_000_000)]) {
      for (const size of [997, 65_536, 5_000_000]) {
        const back = await through(pieces(content, size), createCompressor(format), createDecompressor(format));
        expect(back.equals(content)).toBe(true);
      }
    }
  });

  test('streams and whole contents read each other', async () => {
    expect((await unpack.run(await through(pieces(text, 10_000), createCompressor(format)))).equals(text)).toBe(true);
    expect((await through(pieces(await pack.run(text), 1000), createDecompressor(format))).equals(text)).toBe(true);
  });

  test('anything, cut anywhere', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), async (chunks, size) => {
      const packed = await through(chunks.map((chunk) => Buffer.from(chunk)), createCompressor(format));
      const back = await through(pieces(packed, size), createDecompressor(format));
      expect(back.equals(Buffer.concat(chunks))).toBe(true);
    }), { numRuns: 15 });
  });

  test('what ends too early or is damaged is ERR_CORRUPT_DATA', async () => {
    const packed = await pack.run(text);
    for (const bad of [packed.subarray(0, packed.length - 1), packed.subarray(0, 20), Buffer.concat([packed, Buffer.from('tail')]), Buffer.alloc(0), randomBytes(100)]) {
      const failure = await through(pieces(bad, 1000), createDecompressor(format)).then(() => null, (error) => error);
      expect(failure).toBeInstanceOf(OperationError);
      expect(failure.code).toBe('ERR_CORRUPT_DATA');
    }
  });

  test('maxBytes is exact, and a bomb never comes to be', async () => {
    const packed = await pack.run(text);
    expect((await through([packed], createDecompressor(format, { maxBytes: text.length }))).equals(text)).toBe(true);
    const failure = through([packed], createDecompressor(format, { maxBytes: text.length - 1 }));
    await expect(failure).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    const bomb = await pack.run(Buffer.alloc(100_000_000));
    await expect(through([bomb], createDecompressor(format, { maxBytes: 1e6 }))).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
  });

  test('an expansion of many times the input waits for its reader', async () => {
    const packed = await pack.run(Buffer.alloc(50_000_000));
    const stream = createDecompressor(format);
    stream.end(packed);
    await once(stream, 'readable');
    // Nobody has read yet: no more than fills its buffer may have come.
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.readableLength).toBeLessThan(1_000_000);
    let total = 0;
    for await (const chunk of stream) total += chunk.length;
    expect(total).toBe(50_000_000);
  });

  test('level changes the size', async () => {
    const low = await through([text], createCompressor(format, { level: format === 'zstd' ? -7 : 1 }));
    const high = await through([text], createCompressor(format, { level: 9 }));
    expect(high.length).toBeLessThan(low.length);
  });
});

describe('auto', () => {
  test('tells the format', async () => {
    for (const format of FORMATS.slice(0, 4)) {
      const packed = await through([text], createCompressor(format));
      for (const size of [1, 3, 1000]) {
        const content = size === 1 ? await through(pieces(await whole[format][0].run('short'), 1), createDecompressor()) : await through(pieces(packed, size), createDecompressor());
        expect(content.equals(size === 1 ? Buffer.from('short') : text)).toBe(true);
      }
    }
  });

  test('refuses what it does not know', async () => {
    await expect(through(['plain text'], createDecompressor())).rejects.toMatchObject({ code: 'ERR_CORRUPT_DATA' });
  });
});

test('node:zlib and the streams read each other', async () => {
  expect(zlib.gunzipSync(await through(pieces(text, 1000), createCompressor('gzip'))).equals(text)).toBe(true);
  expect((await through(pieces(text, 1000), zlib.createGzip(), createDecompressor('gzip'))).equals(text)).toBe(true);
});

test('a zstd dictionary serves streams too', async () => {
  const dictionary = text.subarray(0, 20_000);
  const packed = await through([text.subarray(0, 500)], createCompressor('zstd', { dictionary }));
  expect(packed.length).toBeLessThan(100);
  expect((await through([packed], createDecompressor('zstd', { dictionary }))).equals(text.subarray(0, 500))).toBe(true);
});

test('strings are UTF-8, empty chunks change nothing', async () => {
  const stream = createCompressor('gzip');
  stream.write('');
  stream.write('grüße, ');
  stream.write(Buffer.alloc(0));
  stream.end('welt');
  const out = [];
  for await (const chunk of stream) out.push(chunk);
  expect(String(zlib.gunzipSync(Buffer.concat(out)))).toBe('grüße, welt');
});

test('a slow reader holds the writer back', async () => {
  const stream = createCompressor('lz4');
  let written = 0;
  const source = new Readable({
    read() {
      written += 65_536;
      this.push(written > 50_000_000 ? null : randomBytes(65_536));
    },
  });
  source.pipe(stream);
  await once(stream, 'readable');
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(written).toBeLessThan(5_000_000);
  stream.destroy();
  source.destroy();
});

describe('ending early', () => {
  test('destroy while busy, with and without an error', async () => {
    for (let round = 0; round < 50; round++) {
      const stream = createCompressor(FORMATS[round % FORMATS.length]);
      const closed = once(stream, 'close').catch(() => {});
      stream.on('error', () => {});
      stream.write(noise);
      stream.write(text);
      if (round % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      stream.destroy(round % 2 === 0 ? undefined : new Error('enough'));
      await closed;
      expect(stream.destroyed).toBe(true);
    }
  });

  test('an aborted pipeline rejects with the reason', async () => {
    const controller = new AbortController();
    const endless = Readable.from((function* () {
      for (;;) yield noise;
    })());
    const run = pipeline(endless, createCompressor('zstd'), new Writable({ write: (_chunk, _encoding, callback) => callback() }), { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('dropped streams are collected', async () => {
    const collected = new Set();
    const registry = new FinalizationRegistry((k) => collected.add(k));
    for (const k of range(20)) registry.register(createCompressor('gzip'), k);
    for (let turn = 0; turn < 50 && collected.size < 10; turn++) {
      global.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(collected.size).toBeGreaterThanOrEqual(10);
  });

  test('a worker is terminated while its streams are busy', async () => {
    const code = `
      const { parentPort } = require('node:worker_threads');
      import(${JSON.stringify(new URL('../../../lib/index.js', import.meta.url).href)}).then(({ createCompressor }) => {
        for (let k = 0; k < 8; k++) {
          const stream = createCompressor('zstd', { level: 12 });
          const feed = () => { while (stream.write(Buffer.alloc(300000, String(k)))); stream.once('drain', feed); };
          stream.on('data', () => parentPort.postMessage('busy'));
          feed();
        }
      });`;
    for (let round = 0; round < 5; round++) {
      const worker = new Worker(code, { eval: true });
      await once(worker, 'message');
      await worker.terminate();
    }
  });
});

test.each([
  [() => createCompressor('brotli'), RangeError], [() => createCompressor('auto'), RangeError], [() => createCompressor(3), TypeError],
  [() => createCompressor('gzip', { level: 12 }), RangeError], [() => createCompressor('lz4', { level: -1 }), RangeError],
  [() => createDecompressor('gzip', { maxBytes: 0 }), RangeError], [() => createDecompressor('rar'), RangeError],
  [() => createDecompressor('zstd', { windowLogMax: 5 }), RangeError],
])('%s is refused', (make, type) => {
  expect(make).toThrow(type);
});
