// writeFile: what is on disk afterwards, also when something goes wrong in between.
import { spawn } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OperationError, ParallelProcessor, operations, pipe } from '../../../lib/index.js';
import { opened, range, scratchFolder } from './scratch.mjs';

const scratch = scratchFolder();
const folders = { next: 0 };

/** A folder of the test's own. */
function folder() {
  const path = scratch.path(`folder ${folders.next++}`);
  mkdirSync(path);
  return path;
}

describe('writeFile', () => {
  test('writes strings as UTF-8 and bytes as they are, and says what is new', async () => {
    const path = join(folder(), 'file');
    expect(await operations.writeFile.run({ path, data: 'zwölf' })).toEqual({ size: 6, created: true });
    expect(readFileSync(path, 'utf8')).toBe('zwölf');
    const bytes = Uint8Array.of(0, 255, 128);
    expect(await operations.writeFile().run({ path: Buffer.from(path), data: bytes })).toEqual({ size: 3, created: false });
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    expect(await operations.writeFile().run({ path, data: '' })).toEqual({ size: 0, created: false });
    expect(statSync(path).size).toBe(0);
  });

  test.each(['none', 'file', 'full'])('many files in one call, fsync %s', async (fsync) => {
    const target = folder();
    const items = range(200).map((k) => ({ path: join(target, `${k % 20}`, `file ${k}`), data: k % 2 === 0 ? `${k}`.repeat(k * 50) : Buffer.alloc(k * 50, k) }));
    const { results, errors } = await opened(new ParallelProcessor(operations.writeFile({ fsync, createDirectories: true }), { concurrency: 4 })).process(items);
    expect(errors).toEqual([]);
    expect(results).toHaveLength(200);
    for (const { path, data } of items) expect(readFileSync(path).equals(Buffer.from(data))).toBe(true);
    for (const name of readdirSync(target)) expect(readdirSync(join(target, name))).toHaveLength(10);
  });

  test('failures are in the form of Node and name the path; the neighbours are written', async () => {
    const target = folder();
    const good = { path: join(target, 'good'), data: 'x' };
    const bad = [
      { path: join(target, 'missing', 'file'), data: 'x' },
      { path: target, data: 'x' },
      { path: '/dev/null', data: 'x' },
      { path: '', data: 'x' },
      { path: 'a\0b', data: 'x' },
    ];
    const { results, errors } = await opened(new ParallelProcessor(operations.writeFile())).process([good, ...bad]);
    expect(results).toEqual([{ size: 1, created: true }]);
    expect(errors.map(({ item }) => item)).toEqual(bad);
    expect(errors.map(({ error }) => error.code)).toEqual(['ENOENT', 'EISDIR', 'ERR_UNSUPPORTED', 'ERR_INVALID_PATH', 'ERR_INVALID_PATH']);
    expect(errors[0].error).toBeInstanceOf(OperationError);
    expect(errors[0].error).toMatchObject({ syscall: 'open', path: bad[0].path });
    expect(errors[0].error.message).toBe(`ENOENT: no such file or directory, open '${bad[0].path}'`);
    expect(readdirSync(target)).toEqual(['good']);
  });

  test('overwrite: false refuses what is there', async () => {
    const target = folder();
    const operation = operations.writeFile({ overwrite: false });
    const path = join(target, 'file');
    await operation.run({ path, data: 'first' });
    await expect(operation.run({ path, data: 'second' })).rejects.toMatchObject({ code: 'EEXIST', syscall: 'open', path });
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(target)).toEqual(['file']);
  });

  test('modes, and links that are followed', async () => {
    const target = folder();
    const path = join(target, 'file');
    await operations.writeFile({ mode: 0o600 }).run({ path, data: 'x' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o640);
    await operations.writeFile({ mode: 0o600 }).run({ path, data: 'y' });
    expect(statSync(path).mode & 0o777).toBe(0o640);
    symlinkSync('file', join(target, 'link'));
    await operations.writeFile().run({ path: join(target, 'link'), data: 'through' });
    expect(readFileSync(path, 'utf8')).toBe('through');
    expect(lstatSync(join(target, 'link')).isSymbolicLink()).toBe(true);
  });

  test.each([[{ mode: 0o1777 }], [{ mode: -1 }], [{ mode: '644' }], [{ fsync: true }], [{ fsync: 'always' }], [{ overwrite: 1 }], [{ createDirectories: 'yes' }]])('%j is refused', (options) => {
    expect(() => operations.writeFile(options)).toThrow(new RegExp(`"${Object.keys(options)[0]}" must be`));
  });

  test.each([[null], ['path'], [{}], [{ path: 'x' }], [{ path: 'x', data: 5 }], [{ path: new URL('file:///x'), data: '' }]])('%j is no item', async (item) => {
    await expect(operations.writeFile().run(item)).rejects.toThrow('"value" must be { path, data }, each a string, Buffer or Uint8Array');
  });

  test('it can begin a pipe of its own and follows nothing', () => {
    expect(() => pipe(operations.readFile(), operations.writeFile())).toThrow(/writeFile cannot follow readFile/);
  });

  test('a process killed while it writes leaves the old content or the new one', async () => {
    const path = scratch.write('killed', 'a'.repeat(200_000));
    const program = `
      import { operations } from ${JSON.stringify(new URL('../../../lib/index.js', import.meta.url).href)};
      const operation = operations.writeFile({ fsync: 'none' });
      process.stdout.write('ready');
      for (let k = 0; ; k++) await operation.run({ path: ${JSON.stringify(path)}, data: 'abcdefg'[k % 7].repeat(200_000) });
    `;
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      await once(child.stdout, 'data');
      for (let look = 0; look < 20 + 10 * round; look++) {
        const content = readFileSync(path, 'utf8');
        expect(content.length).toBe(200_000);
        expect(new Set(content).size).toBe(1);
      }
      child.kill('SIGKILL');
      await exited;
    }
  });
});
