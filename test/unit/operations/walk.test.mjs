// walk against Node's own readdir; the globs have unit tests of their own in test/native.
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { OperationError, ParallelProcessor, operations } from '../../../lib/index.js';
import { opened, range, scratchFolder } from './scratch.mjs';

const scratch = scratchFolder();
const root = scratch.path('tree');
const walk = (options, from = root) => operations.walk({ dot: true, ...options }).run(from);
const paths = async (options) => (await walk({ paths: 'relative', ...options })).paths.sort();

const files = ['.hidden', 'a.js', 'b.ts', 'ignored.log', 'kept.log', 'lib/c.js', 'lib/deep/d.js', 'lib/deep/e.ts', 'node_modules/x/index.js', 'ümlaut/日本.js', 'z'];
beforeAll(() => {
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), file);
  }
  mkdirSync(join(root, 'empty'));
});

/** Everything below a folder by Node, relative to it. */
function byNode(folder, wanted = () => true) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(wanted)
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

describe('what is found', () => {
  test('all files, and nothing else', async () => {
    const found = await walk();
    expect(found.root).toBe(root);
    expect(found.paths.sort()).toEqual(files.map((file) => join(root, file)).sort());
    expect(found).toMatchObject({ errors: [], undecodable: [] });
    expect(found.directories).toBe(1 + byNode(root, (entry) => entry.isDirectory()).length);
    expect(found).not.toHaveProperty('types');
    expect(found).not.toHaveProperty('sizes');
  });

  test('a large real tree, by one thread and by several, as Node finds it', async () => {
    const tree = fileURLToPath(new URL('../../../node_modules/typescript', import.meta.url));
    const expected = byNode(tree, (entry) => entry.isFile());
    expect(expected.length).toBeGreaterThan(50);
    for (const threads of [1, 2, 8]) {
      const found = await walk({ threads, paths: 'relative' }, tree);
      expect(found.errors).toEqual([]);
      expect(found.paths.sort()).toEqual(expected);
    }
  });

  test('directories, or everything with its kind', async () => {
    expect(await paths({ include: 'directories' })).toEqual(byNode(root, (entry) => entry.isDirectory()));
    const found = await walk({ include: 'all', paths: 'relative', sorted: true });
    expect(found.types).toHaveLength(found.paths.length);
    found.paths.forEach((path, k) => expect(found.types[k]).toBe(files.includes(path) ? 'file' : 'directory'));
    expect([...found.paths].sort()).toEqual(byNode(root));
  });

  test('sizes', async () => {
    const { paths: list, sizes } = await walk({ sizes: true, paths: 'relative' });
    expect([...sizes]).toEqual(list.map((path) => Buffer.byteLength(path)));
  });

  test('sorted by bytes, the same every time', async () => {
    const { paths: list } = await walk({ sorted: true, threads: 8, paths: 'relative' });
    expect(list).toEqual([...files].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  test('paths begin with the root as given, with nothing, or are absolute', async () => {
    const from = relative('.', root);
    expect((await walk({ paths: 'rooted', sorted: true }, from)).paths[1]).toBe(`${from}/a.js`);
    expect((await walk({ paths: 'relative', sorted: true }, from)).paths[1]).toBe('a.js');
    expect((await walk({ paths: 'absolute', sorted: true }, from)).paths[1]).toBe(resolve(root, 'a.js'));
    const slash = (await walk({ sorted: true }, `${root}/`)).paths[1];
    expect(readFileSync(slash, 'utf8')).toBe('a.js');
  });

  test('what was found can be handed to other operations', async () => {
    const { paths: list } = await walk({ sorted: true });
    const { results } = await opened(new ParallelProcessor(operations.readFile())).process(list);
    expect(results.map(String).sort()).toEqual([...files].sort());
  });

  test('a root given as bytes; an empty root', async () => {
    expect((await walk({}, Buffer.from(root))).paths).toHaveLength(files.length);
    expect(await walk({}, join(root, 'empty'))).toMatchObject({ paths: [], undecodable: [], errors: [], directories: 1 });
  });
});

describe('what is chosen', () => {
  test.each([
    [{ patterns: '**/*.js' }, ['a.js', 'lib/c.js', 'lib/deep/d.js', 'node_modules/x/index.js', 'ümlaut/日本.js']],
    [{ patterns: '*.js' }, ['a.js']],
    [{ patterns: '**/*.{js,ts}', ignore: '**/node_modules' }, ['a.js', 'b.ts', 'lib/c.js', 'lib/deep/d.js', 'lib/deep/e.ts', 'ümlaut/日本.js']],
    [{ patterns: ['**/*.js', '!lib/**'] }, ['a.js', 'node_modules/x/index.js', 'ümlaut/日本.js']],
    [{ patterns: 'lib/**' }, ['lib/c.js', 'lib/deep/d.js', 'lib/deep/e.ts']],
    [{ patterns: 'LIB/*.JS', caseSensitive: false }, ['lib/c.js']],
    [{ patterns: '*', dot: true }, ['.hidden', 'a.js', 'b.ts', 'ignored.log', 'kept.log', 'z']],
    [{ patterns: '*', dot: false }, ['a.js', 'b.ts', 'ignored.log', 'kept.log', 'z']],
    [{ maxDepth: 1, patterns: '**/*.js' }, ['a.js']],
    [{ maxDepth: 2, patterns: '**/*.js' }, ['a.js', 'lib/c.js', 'ümlaut/日本.js']],
    [{ patterns: 'nothing' }, []],
    [{ patterns: [], ignore: null }, [...files].sort()],
  ])('%j', async (options, expected) => {
    expect(await paths(options)).toEqual([...expected].sort());
  });

  test('gitignore: nested files, negation', async () => {
    writeFileSync(join(root, '.gitignore'), '*.log\n!kept.log\n/node_modules/\n');
    writeFileSync(join(root, 'lib', '.gitignore'), 'deep/*.ts\n');
    expect(await paths({ gitignore: true })).toEqual(
      ['.gitignore', '.hidden', 'a.js', 'b.ts', 'kept.log', 'lib/.gitignore', 'lib/c.js', 'lib/deep/d.js', 'z', 'ümlaut/日本.js'].sort());
    rmSync(join(root, '.gitignore'));
    rmSync(join(root, 'lib', '.gitignore'));
  });
});

describe('what is in the way', () => {
  test('links: left out, listed, followed; a loop is an error and ends', async () => {
    const tree = scratch.path('links');
    mkdirSync(join(tree, 'real'), { recursive: true });
    writeFileSync(join(tree, 'real', 'file'), 'x');
    symlinkSync('real', join(tree, 'to-directory'));
    symlinkSync('real/file', join(tree, 'to-file'));
    symlinkSync('..', join(tree, 'real', 'up'));
    const found = async (symlinks) => {
      const { paths: list, errors } = await walk({ symlinks, paths: 'relative' }, tree);
      return { list: list.sort(), codes: errors.map(({ code }) => code) };
    };
    expect(await found('skip')).toEqual({ list: ['real/file'], codes: [] });
    expect(await found('list')).toEqual({ list: ['real/file', 'real/up', 'to-directory', 'to-file'], codes: [] });
    const followed = await found('follow');
    expect(followed.list).toEqual(expect.arrayContaining(['real/file', 'to-file']));
    expect(followed.codes.length).toBeGreaterThan(0);
    expect(new Set(followed.codes)).toEqual(new Set(['ELOOP']));
  });

  test('names that are not UTF-8 are told as bytes, and can be read', async () => {
    const tree = scratch.path('bytes');
    mkdirSync(tree);
    const name = Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0x41, 0xfe])]);
    writeFileSync(name, 'content');
    writeFileSync(join(tree, 'plain'), 'plain');
    const { paths: list, undecodable } = await walk({}, tree);
    expect(list).toEqual([join(tree, 'plain')]);
    expect(undecodable).toEqual([name]);
    expect(String(await operations.readFile().run(undecodable[0]))).toBe('content');
  });

  test('names with line breaks, tabs and quotes', async () => {
    const tree = scratch.path('odd');
    mkdirSync(tree);
    const names = ['a\nb', 'a\tb', '"quoted"', 'back\\slash', ' ', '*', '[x]'];
    for (const name of names) writeFileSync(join(tree, name), '');
    expect((await walk({ paths: 'relative' }, tree)).paths.sort()).toEqual([...names].sort());
  });

  test.each([['missing', 'ENOENT'], ['tree/a.js', 'ENOTDIR']])("a root that is no directory (%s): the item's own failure, as in Node's fs", async (name, code) => {
    const bad = scratch.path(name);
    const { results, errors } = await opened(new ParallelProcessor(operations.walk())).process([root, bad, join(root, 'empty')]);
    expect(results.map(({ root: from }) => from)).toEqual([root, join(root, 'empty')]);
    expect(errors).toHaveLength(1);
    expect(errors[0].error).toBeInstanceOf(OperationError);
    expect(errors[0].error).toMatchObject({ code, path: bad, syscall: 'scandir' });
  });

  test.each([['', 'ERR_INVALID_PATH'], ['a\0b', 'ERR_INVALID_PATH']])('a root of %j', async (from, code) => {
    await expect(walk({}, from)).rejects.toMatchObject({ code });
  });

  test('an abort', async () => {
    const controller = new AbortController();
    const run = operations.walk({ include: 'all' }).run('/usr', { signal: controller.signal });
    controller.abort('enough');
    await expect(run).rejects.toBe('enough');
  });
});

describe('options', () => {
  test.each([
    ['patterns', 5, TypeError], ['patterns', [5], TypeError], ['ignore', {}, TypeError], ['gitignore', 'yes', TypeError], ['dot', 1, TypeError],
    ['caseSensitive', 0, TypeError], ['sorted', 'a', TypeError], ['sizes', 1, TypeError], ['symlinks', 'ignore', RangeError], ['symlinks', 5, TypeError],
    ['include', 'links', RangeError], ['paths', 'short', RangeError], ['maxDepth', 0, RangeError], ['maxDepth', -1, RangeError], ['maxDepth', '1', TypeError],
    ['maxDepth', 1.5, RangeError], ['threads', 0, RangeError], ['threads', 65, RangeError], ['threads', '2', TypeError], ['patterns', '', RangeError],
  ])('%s: %j', (name, value, type) => {
    expect(() => operations.walk({ [name]: value })).toThrow(type);
    expect(() => operations.walk({ [name]: value })).toThrow(new RegExp(`"${name}" must be .*Received `));
  });

  test('undefined and null mean the default', async () => {
    const names = ['patterns', 'ignore', 'gitignore', 'dot', 'caseSensitive', 'symlinks', 'include', 'paths', 'maxDepth', 'sorted', 'sizes', 'threads'];
    for (const absent of [undefined, null]) {
      const options = Object.fromEntries(names.map((name) => [name, absent]));
      expect(operations.walk(options).options).toEqual(operations.walk().options);
    }
    expect(operations.walk({ maxDepth: Infinity }).options).toEqual(operations.walk().options);
  });

  test('many roots in one call', async () => {
    const { results } = await opened(new ParallelProcessor(operations.walk({ dot: true }), { concurrency: 4 })).process(range(100).map(() => root));
    for (const { paths: list } of results) expect(list).toHaveLength(files.length);
  });
});
