// Digests of what arrives in pieces: Hasher in this thread, hashStream on a native one; and BLAKE3.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHasher, hashStream, operations } from '../../../lib/index.js';
import { range, scratchFolder } from './scratch.mjs';

const ALGORITHMS = ['xxh3-64', 'xxh3-128', 'sha256', 'sha1', 'md5', 'blake3'];
const scratch = scratchFolder();
const content = randomBytes(1_500_000);

/** From the algorithm's published test vectors: the input is 0, 1, ... 250, 0, 1, ... */
const BLAKE3_VECTORS = [
  [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
  [1, '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
  [1023, '10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11'],
  [1024, '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7'],
  [1025, 'd00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444'],
  [8193, 'bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b'],
  [102400, 'bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085'],
];

test.each(BLAKE3_VECTORS)('blake3 of %i bytes', async (length, expected) => {
  const bytes = Uint8Array.from({ length }, (_, k) => k % 251);
  const path = scratch.write(`blake3-${length}`, bytes);
  expect(await operations.hash({ algorithm: 'blake3' }).run(bytes)).toBe(expected);
  expect(await operations.hashFile({ algorithm: 'blake3' }).run(path)).toEqual({ hash: expected, size: length });
  expect(createHasher('blake3').update(bytes).digest()).toBe(expected);
  expect(await hashStream(createReadStream(path), { algorithm: 'blake3' })).toBe(expected);
});

describe.each(ALGORITHMS)('Hasher, %s', (algorithm) => {
  const whole = (value) => operations.hash({ algorithm }).run(value);

  test('pieces of any size and kind give the digest of the whole', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.string({ unit: 'binary' })), { maxLength: 10 }), async (pieces) => {
      const hasher = createHasher(algorithm);
      for (const piece of pieces) hasher.update(piece);
      expect(hasher.digest()).toBe(await whole(Buffer.concat(pieces.map((piece) => Buffer.from(piece)))));
    }), { numRuns: 30 });
  });

  test('digest may be asked for on the way; copy and reset', async () => {
    const hasher = createHasher(algorithm).update(content.subarray(0, 1000));
    const copy = hasher.copy();
    expect(hasher.digest()).toBe(await whole(content.subarray(0, 1000)));
    expect(hasher.update(content.subarray(1000)).digest()).toBe(await whole(content));
    expect(copy.update('!').digest()).toBe(await whole(Buffer.concat([content.subarray(0, 1000), Buffer.from('!')])));
    expect(hasher.reset().digest()).toBe(await whole(''));
    expect(copy.algorithm).toBe(algorithm);
    expect(hasher.digest('buffer').toString('hex')).toBe(await whole(''));
  });

  test('as a Writable', async () => {
    const hasher = createHasher(algorithm);
    await pipeline(Readable.from([content.subarray(0, 10), content.subarray(10)]), hasher.asWritable());
    expect(hasher.digest()).toBe(await whole(content));
  });

  test('hashStream of a file, a web stream, a generator and a list', async () => {
    const path = scratch.write(`content-${algorithm}`, content);
    const expected = await whole(content);
    expect(await hashStream(createReadStream(path), { algorithm })).toBe(expected);
    expect(await hashStream(Readable.toWeb(createReadStream(path)), { algorithm })).toBe(expected);
    expect(await hashStream([content.subarray(0, 700_001), Buffer.alloc(0), content.subarray(700_001)], { algorithm })).toBe(expected);
    expect(await hashStream((async function* () {
      for (let at = 0; at < content.length; at += 999) yield content.subarray(at, at + 999);
    })(), { algorithm })).toBe(expected);
    expect(await hashStream([], { algorithm })).toBe(await whole(''));
    expect(await hashStream(['grü', 'ße'], { algorithm })).toBe(await whole('grüße'));
  });
});

test('strings of every length around the limit of a short one', () => {
  for (const length of [4080, ...range(24, 4084), 10_000]) {
    for (const letter of ['a', 'ü', '日', '🦆']) {
      const text = letter.repeat(length);
      expect(createHasher('sha256').update(text).digest()).toBe(createHash('sha256').update(text).digest('hex'));
      const shifted = `x${letter.repeat(length >> 1)}`;
      expect(createHasher('sha256').update(shifted).digest()).toBe(createHash('sha256').update(shifted).digest('hex'));
    }
  }
});

test('a thousand hashers at once keep apart', () => {
  const hashers = range(1000).map((k) => createHasher(ALGORITHMS[k % ALGORITHMS.length]));
  for (const round of range(3)) hashers.forEach((hasher, k) => hasher.update(`${k} ${round};`));
  global.gc?.();
  hashers.forEach((hasher, k) => {
    const alone = createHasher(ALGORITHMS[k % ALGORITHMS.length]).update(`${k} 0;${k} 1;${k} 2;`);
    expect(hasher.digest()).toBe(alone.digest());
  });
});

test.each([
  [() => createHasher('sha512'), RangeError], [() => createHasher(5), TypeError], [() => createHasher().update(5), TypeError],
  [() => createHasher().update(new ArrayBuffer(4)), TypeError], [() => createHasher().digest('base64'), RangeError],
])('%s is refused', (act, type) => {
  expect(act).toThrow(type);
});

test('the default is xxh3-64', async () => {
  expect(createHasher().update('abc').digest()).toBe('78af5f94892f3950');
  expect(await hashStream(['abc'])).toBe('78af5f94892f3950');
});

describe.each(['sha256', 'xxh3-64'])('hashStream, %s, when something goes wrong', (algorithm) => {
  test('the failure of the source is the failure', async () => {
    const failing = new Readable({ read() { this.destroy(new Error('no more')); } });
    await expect(hashStream(failing, { algorithm })).rejects.toThrow('no more');
    await expect(hashStream(createReadStream(scratch.path('absent')), { algorithm })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a chunk that is not bytes is a TypeError, and the source is let go', async () => {
    const source = Readable.from([Buffer.from('a'), 5]);
    await expect(hashStream(source, { algorithm })).rejects.toThrow(TypeError);
    expect(source.destroyed).toBe(true);
    for (const wrong of [5, null, undefined, 'text', Buffer.from('bytes')]) {
      await expect(hashStream(wrong, { algorithm })).rejects.toThrow(/"source" must be a Readable/);
    }
  });

  test('abort rejects with the reason, also while the source says nothing', async () => {
    const silent = new PassThrough();
    const controller = new AbortController();
    const run = hashStream(silent, { algorithm, signal: controller.signal });
    silent.write(content);
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(run).rejects.toThrow('enough');
    await expect(hashStream(['a'], { algorithm, signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
    const stuck = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    const other = new AbortController();
    const waiting = hashStream(stuck, { algorithm, signal: other.signal });
    other.abort(new Error('enough again'));
    await expect(waiting).rejects.toThrow('enough again');
  });

  test('a source that fills one buffer again and again', async () => {
    const buffer = Buffer.alloc(300_000);
    const expected = createHasher(algorithm);
    for (const k of range(6)) expected.update(buffer.fill(k)).update(buffer.fill(k + 1).subarray(0, 100));
    const digest = await hashStream((function* () {
      for (const k of range(6)) {
        yield buffer.fill(k);
        yield buffer.fill(k + 1).subarray(0, 100);
      }
    })(), { algorithm });
    expect(digest).toBe(expected.digest());
  });
});
