// stat, readFile and hashFile against Node's own fs.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { OperationError, ParallelProcessor, operations } from '../../../lib/index.js';
import { opened, range, scratchFolder } from './scratch.mjs';

const scratch = scratchFolder();
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const fileOperations = [
  { name: 'stat', operation: operations.stat(), inNode: (path) => statSync(path).size, of: ({ size }) => size },
  { name: 'readFile', operation: operations.readFile(), inNode: (path) => sha256(readFileSync(path)), of: sha256 },
  { name: 'hashFile', operation: operations.hashFile({ algorithm: 'sha256' }), inNode: (path) => sha256(readFileSync(path)), of: ({ hash }) => hash },
];

/** What Node's own function throws. */
function errorOf(body) {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('expected Node to fail as well');
}

const sizes = [0, 1, 100, 4095, 4096, 65_535, 65_536, 65_537, 262_144, 1_000_003, 5_000_000];
const paths = {};
beforeAll(() => {
  for (const size of sizes) paths[size] = scratch.write(`file ${size}`, Buffer.alloc(size, `${size}:`));
});

describe.each(fileOperations)('$name', ({ operation, inNode, of }) => {
  test('files of all sizes, as Node sees them', async () => {
    const list = Object.values(paths);
    const { results, errors } = await opened(new ParallelProcessor(operation, { concurrency: 3 })).process(list);
    expect(errors).toEqual([]);
    expect(results.map(of)).toEqual(list.map(inNode));
    for (const path of list) expect(of(await operation.run(path))).toEqual(inNode(path));
  });

  test('paths as Buffers, names in any script, relative ones', async () => {
    const names = ['ümlaut', '日本', '🦆', 'with space', "quote'\"", 'new\nline', '-dash', 'tab\t'];
    const list = names.map((name) => scratch.write(`${of.length}${name}`, name));
    const relative = join('.', 'package.json');
    const items = [...list, ...list.map((path) => Buffer.from(path)), relative];
    const { results, errors } = await opened(new ParallelProcessor(operation)).process(items);
    expect(errors).toEqual([]);
    expect(results.map(of)).toEqual([...list, ...list, relative].map(inNode));
  });

  test('names that are not UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(`${scratch.folder}/`), Buffer.from([0x66, 0xff, 0xfe, 0x80])]);
    writeFileSync(name, 'not UTF-8');
    const missing = Buffer.concat([name, Buffer.from([0xc3])]);
    const { results, errors } = await opened(new ParallelProcessor(operation)).process([name, paths[1], missing]);
    expect(results.map(of)).toEqual([name, paths[1]].map(inNode));
    expect(errors).toHaveLength(1);
    expect(errors[0].item).toBe(missing);
    expect(errors[0].error).toMatchObject({ code: 'ENOENT', path: missing });
    rmSync(name);
  });

  test("missing, a file as a folder, a loop of links, a name too long: errors in Node's form", async () => {
    const loop = scratch.path('loop');
    if (!existsSync(loop) && !readdirSync(scratch.folder).includes('loop')) symlinkSync('loop', loop);
    const bad = [scratch.path('missing'), `${paths[1]}/below`, loop, scratch.path('x'.repeat(300)), '/proc/no such file'];
    const { results, errors } = await opened(new ParallelProcessor(operation, { concurrency: 2 })).process([paths[1], ...bad, paths[100]]);
    expect(results.map(of)).toEqual([paths[1], paths[100]].map(inNode));
    expect(errors.map(({ item }) => item)).toEqual(bad);
    errors.forEach(({ error }, k) => {
      const expected = errorOf(() => inNode(bad[k]));
      expect(error).toBeInstanceOf(OperationError);
      expect({ ...error }).toEqual({ errno: expected.errno, code: expected.code, syscall: expected.syscall, path: bad[k] });
      expect(error.message).toBe(expected.message);
    });
    expect(errors.map(({ error }) => error.code)).toEqual(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENOENT']);
  });

  test.each([['a\0b'], ['\0'], [''], ['trailing\0'], [Buffer.from('a\0b')], [Buffer.alloc(0)]])('%j is ERR_INVALID_PATH, and its neighbours are unharmed', async (path) => {
    const { results, errors } = await opened(new ParallelProcessor(operation, { concurrency: 2 })).process([paths[1], path, paths[100]]);
    expect(results.map(of)).toEqual([paths[1], paths[100]].map(inNode));
    expect(errors).toHaveLength(1);
    expect(errors[0].item).toBe(path);
    expect(errors[0].index).toBe(1);
    expect(errors[0].error).toBeInstanceOf(OperationError);
    expect(errors[0].error).toMatchObject({ code: 'ERR_INVALID_PATH', path });
    await expect(operation.run(path)).rejects.toMatchObject({ code: 'ERR_INVALID_PATH' });
  });

  test.each([[5], [null], [undefined], [{}], [new URL('file:///tmp')], [new ArrayBuffer(2)]])('%s is no path: a TypeError of its own', async (item) => {
    const { results, errors } = await opened(new ParallelProcessor(operation)).process([paths[1], item]);
    expect(results.map(of)).toEqual([inNode(paths[1])]);
    expect(errors[0].error).toBeInstanceOf(TypeError);
    expect(errors[0].error.message).toMatch(/must be a path/);
    await expect(operation.run(item)).rejects.toBeInstanceOf(TypeError);
  });

  test('strings and Buffers, good and bad, in one call', async () => {
    const items = range(600).map((k) => {
      const path = k % 5 === 3 ? scratch.path(`missing ${k}`) : paths[sizes[k % 6]];
      return k % 7 === 0 ? Buffer.from(path) : path;
    });
    const { results, errors } = await opened(new ParallelProcessor(operation, { concurrency: 4 })).process(items);
    expect(errors.map(({ index }) => index)).toEqual(range(600).filter((k) => k % 5 === 3));
    expect(results.map(of)).toEqual(items.filter((_, k) => k % 5 !== 3).map(inNode));
    for (const { error, item } of errors) {
      expect(error.code).toBe('ENOENT');
      expect(error.path).toBe(item);
    }
  });

  test('a signal of run: aborted before, and after', async () => {
    const reason = { why: 'test' };
    await expect(operation.run(paths[1], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const run = operation.run(paths[5_000_000], { signal: controller.signal });
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    const late = new AbortController();
    expect(of(await operation.run(paths[1], { signal: late.signal }))).toEqual(inNode(paths[1]));
    late.abort();
    for (const options of [undefined, null, {}, { signal: null }, { signal: undefined }]) {
      expect(of(await operation.run(paths[1], options))).toEqual(inNode(paths[1]));
    }
    await expect(operation.run(paths[1], { signal: 5 })).rejects.toThrow(/"signal" must be an AbortSignal/);
  });
});

describe('directories and special files', () => {
  test("reading a directory: EISDIR, as in Node's fs", async () => {
    const expected = errorOf(() => readFileSync(scratch.folder));
    for (const operation of [operations.readFile(), operations.hashFile()]) {
      const { errors } = await opened(new ParallelProcessor(operation)).process([scratch.folder]);
      expect(errors[0].error).toMatchObject({ code: 'EISDIR', errno: expected.errno, syscall: expected.syscall, path: scratch.folder });
    }
  });

  test('a FIFO nobody writes to does not hold anything up', async () => {
    const fifo = scratch.path('fifo');
    execFileSync('mkfifo', [fifo]);
    for (const operation of [operations.readFile(), operations.hashFile()]) {
      const { results, errors } = await opened(new ParallelProcessor(operation, { concurrency: 1 })).process([fifo, paths[1]]);
      expect(results).toHaveLength(1);
      expect(errors).toMatchObject([{ item: fifo, error: { code: 'ESPIPE', syscall: 'read' } }]);
    }
    expect((await operations.stat().run(fifo)).type).toBe('fifo');
  });

  test('files of /proc, whose size is said to be 0', async () => {
    const path = '/proc/self/cmdline';
    const expected = readFileSync(path);
    expect(await operations.readFile().run(path)).toEqual(expected);
    expect(await operations.hashFile({ algorithm: 'sha256' }).run(path)).toEqual({ hash: sha256(expected), size: expected.length });
  });

  test('a file that is removed between the listing and the reading', async () => {
    const list = range(40).map((k) => scratch.write(`vanishing ${k}`, String(k)));
    const processor = opened(new ParallelProcessor(operations.readFile(), { concurrency: 1 }));
    for (const path of list.slice(20)) rmSync(path);
    const { results, errors } = await processor.process(list);
    expect(results.map(String)).toEqual(range(20).map(String));
    expect(errors.map(({ error }) => error.code)).toEqual(range(20).map(() => 'ENOENT'));
  });
});

describe('stat', () => {
  const numbers = ['size', 'mode', 'ino', 'dev', 'nlink', 'uid', 'gid'];
  const times = ['atimeMs', 'mtimeMs', 'ctimeMs', 'birthtimeMs'];

  /** Field by field as Node's; times to a microsecond, which is what a double in milliseconds holds. */
  function expectAsNode(found, expected) {
    for (const field of numbers) expect([field, found[field]]).toEqual([field, expected[field]]);
    for (const field of times) expect(Math.abs(found[field] - expected[field]), field).toBeLessThan(0.002);
  }

  test('all fields as in fs.Stats', async () => {
    const file = paths[100];
    linkSync(file, scratch.path('second name'));
    for (const path of [file, scratch.folder, '/dev/null', '/']) expectAsNode(await operations.stat().run(path), statSync(path));
  });

  test('the kind of everything', async () => {
    mkdirSync(scratch.path('directory'));
    symlinkSync(paths[1], scratch.path('link'));
    symlinkSync(scratch.path('directory'), scratch.path('link to directory'));
    const socket = scratch.path('socket');
    const server = createServer();
    await new Promise((resolve) => server.listen(socket, resolve));
    const kinds = [paths[1], scratch.path('directory'), scratch.path('link'), scratch.path('link to directory'), socket, '/dev/null'];
    const processor = opened(new ParallelProcessor(operations.stat()));
    const types = (await processor.process(kinds)).results.map(({ type }) => type);
    expect(types).toEqual(['file', 'directory', 'file', 'directory', 'socket', 'characterDevice']);
    await new Promise((resolve) => server.close(resolve));
  });

  test('followSymlinks: false tells of the link', async () => {
    const link = scratch.path('dangling');
    symlinkSync('nowhere', link);
    const found = await operations.stat({ followSymlinks: false }).run(link);
    expect(found.type).toBe('symlink');
    expectAsNode(found, lstatSync(link));
    await expect(operations.stat().run(link)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'stat', path: link });
    await expect(operations.stat({ followSymlinks: false }).run(scratch.path('missing'))).rejects.toMatchObject({ syscall: 'lstat' });
  });

  test.each([[5], ['yes'], [{}]])('followSymlinks: %j', (followSymlinks) => {
    expect(() => operations.stat({ followSymlinks })).toThrow(/"followSymlinks" must be a boolean/);
  });
});

describe('readFile', () => {
  test('Buffers of the exact content', async () => {
    const list = Object.values(paths);
    const { results } = await opened(new ParallelProcessor(operations.readFile())).process(list);
    results.forEach((buffer, k) => {
      expect(Buffer.isBuffer(buffer)).toBe(true);
      expect(buffer.equals(readFileSync(list[k]))).toBe(true);
    });
  });

  test('small results of a batch may share an ArrayBuffer, and never overlap', async () => {
    const list = range(64).map((k) => scratch.write(`small ${k}`, `content ${k}`));
    const { results } = await opened(new ParallelProcessor(operations.readFile(), { concurrency: 1 })).process(list);
    expect(new Set(results.map(({ buffer }) => buffer)).size).toBeLessThan(results.length);
    results.forEach((buffer, k) => buffer.fill(k));
    results.forEach((buffer, k) => expect(buffer.every((byte) => byte === k)).toBe(true));
  });

  test('a large result has an ArrayBuffer of its own', async () => {
    const [first, second] = (await opened(new ParallelProcessor(operations.readFile())).process([paths[1_000_003], paths[5_000_000]])).results;
    expect(first.buffer).not.toBe(second.buffer);
    expect(first.buffer.byteLength).toBe(1_000_003);
  });

  test('maxBytes: exactly so much is allowed, one more is ERR_TOO_LARGE', async () => {
    const processor = opened(new ParallelProcessor(operations.readFile({ maxBytes: 4095 })));
    const { results, errors } = await processor.process([paths[4095], paths[4096], paths[0], paths[5_000_000]]);
    expect(results.map(({ length }) => length)).toEqual([4095, 0]);
    expect(errors.map(({ error }) => error.code)).toEqual(['ERR_TOO_LARGE', 'ERR_TOO_LARGE']);
    expect(errors[0].error).toMatchObject({ path: paths[4096] });
  });

  test('maxBytes holds for files that do not know their size', async () => {
    await expect(operations.readFile({ maxBytes: 1000 }).run('/dev/zero')).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
  });

  test.each([[0, RangeError], [-1, RangeError], [1.5, RangeError], ['1', TypeError], [Number.NaN, RangeError]])('maxBytes: %s', (maxBytes, type) => {
    for (const make of [operations.readFile, operations.lz4Decompress]) {
      expect(() => make({ maxBytes })).toThrow(type);
      expect(() => make({ maxBytes })).toThrow(/"maxBytes" must be an integer from 1/);
    }
  });
});

describe('hashFile', () => {
  test.each(['xxh3-64', 'xxh3-128', 'sha256', 'sha1', 'md5'])('%s: the same as hash of the content', async (algorithm) => {
    const list = Object.values(paths);
    const { results } = await opened(new ParallelProcessor(operations.hashFile({ algorithm }))).process(list);
    const { results: digests } = await opened(new ParallelProcessor(operations.hash({ algorithm }))).process(list.map((path) => readFileSync(path)));
    expect(results).toEqual(digests.map((hash, k) => ({ hash, size: sizes[k] })));
  });

  test('50000 files in one call, some of them missing', async () => {
    const folder = scratch.path('many');
    mkdirSync(folder);
    const distinct = range(2000).map((k) => scratch.write(`many/${k}`, `content of ${k}`));
    const items = range(50_000).map((k) => (k % 100 === 99 ? `${folder}/missing ${k}` : distinct[k % 2000]));
    const processor = opened(new ParallelProcessor(operations.hashFile({ algorithm: 'md5' })));
    const { results, errors, stats } = await processor.process(items);
    expect(stats).toMatchObject({ totalProcessed: 50_000, successful: 49_500, failed: 500 });
    const expected = distinct.map((_, k) => createHash('md5').update(`content of ${k}`).digest('hex'));
    const kept = range(50_000).filter((k) => k % 100 !== 99);
    expect(results.every(({ hash }, at) => hash === expected[kept[at] % 2000])).toBe(true);
    expect(errors.every(({ item, index, error }) => item === items[index] && index % 100 === 99 && error.code === 'ENOENT')).toBe(true);
  });

  test('a timeout ends the reading of what never ends', async () => {
    const { errors, stats } = await opened(new ParallelProcessor(operations.hashFile(), { timeout: 30 })).process(['/dev/zero', paths[1]]);
    expect(errors).toMatchObject([{ item: '/dev/zero', error: { code: 'ERR_TIMEOUT', timeout: 30 } }]);
    expect(stats).toMatchObject({ timeouts: 1, successful: 1 });
  });

  test('an abort ends it too', async () => {
    const controller = new AbortController();
    const processor = opened(new ParallelProcessor(operations.hashFile()));
    const call = processor.process(['/dev/zero', '/dev/zero'], { signal: controller.signal });
    setImmediate(() => controller.abort('enough'));
    await expect(call).rejects.toBe('enough');
    // close() waits for what is under way: that it returns shows that the reading has ended.
    await processor.close();
    expect(processor.health().running).toBe(0);
  });
});

test('noop resolves to the item itself, whatever it is', async () => {
  const items = [1, 'a', null, undefined, {}, Symbol('s'), () => {}];
  const { results } = await opened(new ParallelProcessor(operations.noop())).process(items);
  results.forEach((value, k) => expect(value).toBe(items[k]));
  const one = {};
  expect(await operations.noop().run(one)).toBe(one);
});
