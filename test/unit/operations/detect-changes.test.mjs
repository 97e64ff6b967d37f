// detectChanges: against files that are really changed, and manifests that are really damaged.
import { appendFileSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { Manifest, MillraceError, OperationError, detectChanges, operations } from '../../../lib/index.js';
import { range, scratchFolder } from './scratch.mjs';

const scratch = scratchFolder();
const LONG_AGO = 1_600_000_000;
const folders = { next: 0 };

/** A folder with files of one age. */
function files(count, content = (k) => `content ${k}`) {
  const folder = scratch.path(`tree ${folders.next++}`);
  return range(count).map((k) => {
    mkdirSync(join(folder, `${k % 10}`), { recursive: true });
    const path = join(folder, `${k % 10}`, `file ${k}`);
    writeFileSync(path, content(k));
    utimesSync(path, LONG_AGO, LONG_AGO);
    return path;
  });
}

const nothing = { added: [], changed: [], removed: [], errors: [] };

describe('detectChanges', () => {
  test('a first look, then one at what has not changed', async () => {
    const paths = files(1500);
    const first = await detectChanges(paths);
    expect(first).toMatchObject({ ...nothing, added: paths, unchanged: 0, filesRead: 1500 });
    expect(first.manifest.size).toBe(1500);
    expect(first.manifest.algorithm).toBe('xxh3-128');
    expect(first.manifest.paths()).toEqual(paths);
    expect(first.manifest.get(paths[7])).toEqual({ hash: await operations.hash({ algorithm: 'xxh3-128' }).run('content 7'), size: 9, mtimeMs: LONG_AGO * 1000 });
    expect(first.manifest.get('no such path')).toBeUndefined();
    const second = await detectChanges(paths, first.manifest);
    expect(second).toMatchObject({ ...nothing, unchanged: 1500, filesRead: 0, bytesRead: 0 });
    expect(second.manifest.toJSON()).toEqual(first.manifest.toJSON());
  });

  test('added, changed, removed, touched', async () => {
    const paths = files(1200);
    const { manifest } = await detectChanges(paths);
    writeFileSync(paths[3], 'CONTENT 3');
    appendFileSync(paths[900], '!');
    utimesSync(paths[10], LONG_AGO + 5, LONG_AGO + 5);
    rmSync(paths[50]);
    const added = `${paths[0]} more`;
    writeFileSync(added, 'new');
    const list = [added, ...paths.filter((_path, k) => k !== 60)];
    const result = await detectChanges(list, manifest);
    expect(result).toMatchObject({ added: [added], changed: [paths[3], paths[900]], removed: [paths[50], paths[60]], unchanged: 1196, errors: [], filesRead: 4 });
    expect(result.manifest.paths()).toEqual(list.filter((path) => path !== paths[50]));
    expect(result.manifest.get(paths[10]).mtimeMs).toBe((LONG_AGO + 5) * 1000);
    const next = await detectChanges(result.manifest.paths(), result.manifest);
    expect(next).toMatchObject({ ...nothing, unchanged: 1199 });
  });

  test('the order of the list does not matter', async () => {
    const paths = files(700);
    const { manifest } = await detectChanges(paths);
    expect(await detectChanges(paths.toReversed(), manifest)).toMatchObject({ ...nothing, unchanged: 700, filesRead: 0 });
    expect(await detectChanges(paths.slice(100), manifest)).toMatchObject({ ...nothing, removed: paths.slice(0, 100), unchanged: 600, filesRead: 0 });
  });

  test('a change of the same size at the restored time needs check: content', async () => {
    const paths = files(20);
    const { manifest } = await detectChanges(paths);
    writeFileSync(paths[4], 'CONTENT 4');
    utimesSync(paths[4], LONG_AGO, LONG_AGO);
    expect(await detectChanges(paths, manifest)).toMatchObject({ ...nothing, unchanged: 20 });
    expect(await detectChanges(paths, manifest, { check: 'content' })).toMatchObject({ ...nothing, changed: [paths[4]], unchanged: 19, filesRead: 20 });
  });

  test('a file that has just been written is read again: its time may not show the next change', async () => {
    const [path] = files(1);
    writeFileSync(path, 'one');
    const first = await detectChanges([path]);
    expect(first.manifest.get(path).mtimeMs).toBe(null);
    writeFileSync(path, 'two');
    expect((await detectChanges([path], first.manifest)).changed).toEqual([path]);
  });

  test('what is missing or cannot be read is an error with its path; what was known of it stays known', async () => {
    const paths = files(3);
    const { manifest } = await detectChanges(paths);
    const folder = join(paths[0], '..');
    rmSync(paths[1]);
    mkdirSync(paths[1]);
    const list = [...paths, `${paths[0]} missing`, folder, '', 'a\0b'];
    const result = await detectChanges(list, manifest);
    expect(result).toMatchObject({ added: [], changed: [], removed: [], unchanged: 2 });
    expect(result.errors.map(({ code, path, syscall }) => [code, path, syscall])).toEqual([
      ['EISDIR', paths[1], 'read'],
      ['ENOENT', list[3], 'open'],
      ['EISDIR', folder, 'read'],
      ['ERR_INVALID_PATH', '', ''],
      ['ERR_INVALID_PATH', 'a\0b', undefined],
    ].map(([code, path, syscall]) => [code, path, syscall === '' ? undefined : syscall]));
    expect(result.errors[0]).toBeInstanceOf(OperationError);
    expect(result.errors[4].message).toContain('NUL');
    expect(result.manifest.paths()).toEqual(paths);
    expect(result.manifest.get(paths[1])).toEqual(manifest.get(paths[1]));
  });

  test('a path that is listed twice counts once', async () => {
    const paths = files(5);
    const first = await detectChanges([...paths, ...paths]);
    expect(first.added).toEqual(paths);
    expect(first.manifest.paths()).toEqual(paths);
    expect(await detectChanges([...paths, paths[2]], first.manifest)).toMatchObject({ ...nothing, unchanged: 5 });
  });

  test('relative paths start at the directory', async () => {
    const paths = files(30);
    const directory = join(paths[0], '..', '..');
    const relative = paths.map((path) => path.slice(directory.length + 1));
    const { manifest, added } = await detectChanges(relative, null, { directory });
    expect(added).toEqual(relative);
    expect(await detectChanges(relative, manifest, { directory })).toMatchObject({ ...nothing, unchanged: 30 });
    await expect(detectChanges(relative, manifest, { directory: join(directory, 'none') })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each(['xxh3-64', 'xxh3-128', 'sha256', 'sha1', 'md5', 'blake3'])('%s', async (algorithm) => {
    const paths = files(3);
    const { manifest } = await detectChanges(paths, null, { algorithm });
    expect(manifest.algorithm).toBe(algorithm);
    expect(manifest.get(paths[0]).hash).toBe(await operations.hash({ algorithm }).run('content 0'));
    if (algorithm === 'sha256') expect(manifest.get(paths[0]).hash).toBe(createHash('sha256').update('content 0').digest('hex'));
    expect(await detectChanges(paths, manifest)).toMatchObject({ ...nothing, unchanged: 3 });
    expect((await detectChanges(paths, Manifest.from(manifest.toJSON()))).unchanged).toBe(3);
  });

  test('empty lists', async () => {
    const first = await detectChanges([]);
    expect(first).toMatchObject({ ...nothing, unchanged: 0 });
    expect(await detectChanges([], first.manifest)).toMatchObject({ ...nothing, unchanged: 0 });
    const paths = files(2);
    expect((await detectChanges(new Set(paths), first.manifest)).added).toEqual(paths);
    const { manifest } = await detectChanges(paths);
    expect((await detectChanges([], manifest)).removed).toEqual(paths);
  });

  test('progress, and what its function throws', async () => {
    const paths = files(1300);
    const calls = [];
    await detectChanges(paths, null, { onProgress: (completed, total) => calls.push([completed, total]) });
    expect(calls.at(-1)).toEqual([1300, 1300]);
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.map(([completed]) => completed)).toEqual(calls.map(([completed]) => completed).toSorted((a, b) => a - b));
    const thrown = new Error('enough');
    await expect(detectChanges(paths, null, { onProgress: () => { throw thrown; } })).rejects.toBe(thrown);
  });

  test('an abort ends it with its reason', async () => {
    const reason = new Error('stop');
    await expect(detectChanges(files(2), null, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const running = detectChanges(['/dev/zero'], null, { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  test.each([
    [[5], null, {}, /"paths"/],
    ['path', null, {}, /"paths"/],
    [undefined, null, {}, /"paths"/],
    [[], {}, {}, /"previous" must be a Manifest/],
    [[], null, { check: 'size' }, /"check"/],
    [[], null, { algorithm: 'crc' }, /"algorithm"/],
    [[], null, { directory: 5 }, /"directory"/],
    [[], null, { concurrency: 0 }, /"concurrency"/],
    [[], null, { onProgress: 5 }, /"onProgress"/],
  ])('%j, %j, %j is refused', async (paths, previous, options, message) => {
    await expect(detectChanges(paths, previous, options)).rejects.toThrow(message);
  });

  test('another algorithm than that of the manifest is refused', async () => {
    const { manifest } = await detectChanges([], null, { algorithm: 'md5' });
    await expect(detectChanges([], manifest, { algorithm: 'sha1' })).rejects.toThrow(/must be 'md5', as in the manifest/);
  });
});

describe('Manifest', () => {
  test('survives the disk, and a worker', async () => {
    const paths = files(40);
    const { manifest } = await detectChanges(paths);
    const path = scratch.path('manifest.json');
    await manifest.save(path);
    const loaded = await Manifest.load(path);
    expect(loaded.toJSON()).toEqual(manifest.toJSON());
    expect((await detectChanges(paths, loaded)).unchanged).toBe(40);
    const program = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.lib).then(async ({ Manifest, detectChanges }) => {
        const { unchanged } = await detectChanges(workerData.paths, Manifest.from(workerData.json));
        parentPort.postMessage(unchanged);
      });
    `;
    const workerData = { lib: new URL('../../../lib/index.js', import.meta.url).href, paths, json: manifest.toJSON() };
    const worker = new Worker(program, { eval: true, workerData });
    expect(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))).toBe(40);
    await worker.terminate();
  });

  test('a missing file is an error, or null if that is wanted', async () => {
    await expect(Manifest.load(scratch.path('none'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await Manifest.load(scratch.path('none'), { optional: true })).toBe(null);
  });

  test('times before 1970 and of nanoseconds are kept exactly', () => {
    const json = { format: 'millrace-manifest', version: 1, algorithm: 'xxh3-64', paths: ['a', 'b', 'c'], sizes: [0, 1, 2 ** 53 - 1], mtimes: ['-5', '1700000000123456789', null], hashes: ['00'.repeat(8), 'ab'.repeat(8), 'ff'.repeat(8)] };
    const manifest = Manifest.from(json);
    expect(manifest.toJSON()).toEqual(json);
    expect(JSON.parse(JSON.stringify(manifest))).toEqual(json);
    expect(manifest.get('b')).toEqual({ hash: 'ab'.repeat(8), size: 1, mtimeMs: 1700000000123.4568 });
    expect(manifest.get('c').mtimeMs).toBe(null);
  });

  const good = { format: 'millrace-manifest', version: 1, algorithm: 'xxh3-64', paths: ['a'], sizes: [1], mtimes: ['1'], hashes: ['0'.repeat(16)] };
  test.each([
    [{ format: 'other' }, /its format/],
    [{ algorithm: 'crc' }, /algorithm/],
    [{ algorithm: '__proto__' }, /algorithm/],
    [{ paths: 'a' }, /"paths" is not a list/],
    [{ paths: undefined }, /./],
    [{ sizes: [] }, /"sizes" is not a list/],
    [{ paths: ['a', 'a'], sizes: [1, 1], mtimes: ['1', '1'], hashes: [good.hashes[0], good.hashes[0]] }, /twice/],
    [{ paths: ['a\0b'] }, /a path/],
    [{ paths: [''] }, /a path/],
    [{ paths: [5] }, /a path/],
    [{ sizes: [-1] }, /a size/],
    [{ sizes: ['1'] }, /a size/],
    [{ mtimes: [1] }, /a time/],
    [{ mtimes: ['1e5'] }, /a time/],
    [{ mtimes: ['9999999999999999999'] }, /a time/],
    [{ hashes: ['0'.repeat(15)] }, /a hash/],
    [{ hashes: ['g'.repeat(16)] }, /a hash/],
    [{ hashes: [5] }, /a hash/],
  ])('%j is damaged', (change, message) => {
    expect(Manifest.from(good).size).toBe(1);
    let error;
    try {
      Manifest.from({ ...good, ...change });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MillraceError);
    expect(error).toMatchObject({ code: 'ERR_CORRUPT_DATA', message: expect.stringMatching(message) });
  });

  test('a later version is unsupported, what is no object a TypeError, what is no JSON damaged', async () => {
    expect(() => Manifest.from({ ...good, version: 2 })).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED', message: 'the manifest is of version 2, and this is version 1' }));
    for (const json of [null, 5, 'text', undefined]) expect(() => Manifest.from(json)).toThrow(TypeError);
    for (const text of ['', '{', readFileSync(import.meta.filename)]) {
      await expect(Manifest.load(scratch.write('broken.json', text))).rejects.toMatchObject({ code: 'ERR_CORRUPT_DATA' });
    }
  });
});
