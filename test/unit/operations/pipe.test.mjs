// Composition: what flows from stage to stage, what is kept, and what a failure says.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OperationError, ParallelProcessor, operations, pipe } from '../../../lib/index.js';
import { scratchFolder } from './scratch.mjs';

const { hash, hashFile, lz4Compress, lz4Decompress, noop, readFile, stat, walk } = operations;
const sha256 = (value) => createHash('sha256').update(value).digest('hex');

const scratch = scratchFolder();
const file = (name, content) => scratch.write(name, content);

describe('what flows', () => {
  test('a stage works on what the one before made', async () => {
    const path = file('a.txt', 'content');
    expect(await pipe(readFile(), hash({ algorithm: 'sha256' })).run(path)).toBe(sha256('content'));
  });

  test('a stage that only looks passes on what it got', async () => {
    const path = file('a.txt', 'content');
    const operation = pipe(stat(), hashFile(), readFile(), hash(), lz4Compress(), lz4Decompress());
    expect(String(await operation.run(path))).toBe('content');
  });

  test('one stage is that operation', async () => {
    expect(await pipe(hash({ algorithm: 'sha256' })).run('x')).toBe(sha256('x'));
  });

  test('a pipe among the stages is its stages', async () => {
    const inner = pipe(readFile(), lz4Compress());
    expect(inner.name).toBe('pipe');
    expect(String(await pipe(inner, pipe(lz4Decompress())).run(file('a', 'content')))).toBe('content');
  });

  test('a factory takes an empty file as any other', async () => {
    expect(await pipe(readFile(), hash({ algorithm: 'sha256' })).run(file('empty', ''))).toBe(sha256(''));
  });
});

describe('named stages', () => {
  const named = pipe(stat().as('stat'), readFile(), hash({ algorithm: 'sha256' }).as('sha256'), lz4Compress(), hash().as('packed'), lz4Decompress().as('content'));

  test('are what the result consists of, in order', async () => {
    const result = await named.run(file('a', 'content'));
    expect(Object.keys(result)).toEqual(['stat', 'sha256', 'packed', 'content']);
    expect(result.stat).toMatchObject({ type: 'file', size: 7 });
    expect(result.sha256).toBe(sha256('content'));
    expect(result.packed).toBe(await hash().run(await lz4Compress().run('content')));
    expect(String(result.content)).toBe('content');
  });

  test('keep each item apart in a batch', async () => {
    const paths = Array.from({ length: 300 }, (_, i) => file(`f${i}`, `content ${i} `.repeat(i)));
    const { results, errors } = await new ParallelProcessor(named).process(paths);
    expect(errors).toEqual([]);
    results.forEach((result, i) => {
      const content = `content ${i} `.repeat(i);
      expect([result.stat.size, result.sha256, String(result.content)]).toEqual([content.length, sha256(content), content]);
    });
  });

  test('leave the last stage out unless it has a name', async () => {
    expect(Object.keys(await pipe(hash().as('before'), lz4Compress()).run('x'))).toEqual(['before']);
  });

  test('may be called as members of every object are', async () => {
    const result = await pipe(hash().as('constructor'), hash().as('toString')).run('x');
    expect(result.constructor).toBe(await hash().run('x'));
  });
});

describe('a failure', () => {
  test('names the stage, its position, and what it failed with', async () => {
    const path = file('plain', 'not lz4');
    const error = await pipe(readFile(), hash(), lz4Decompress()).run(path).catch((reason) => reason);
    expect(error).toBeInstanceOf(OperationError);
    expect(error).toMatchObject({ code: 'ERR_CORRUPT_DATA', stage: 'lz4Decompress', stageIndex: 2, path });
    expect(error.message).toMatch(/^lz4Decompress: /);
  });

  test('of the system has the form of fs errors', async () => {
    const error = await pipe(readFile(), hash()).run('/nowhere').catch((reason) => reason);
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'open', path: '/nowhere', stage: 'readFile', stageIndex: 0 });
  });

  test('is that item alone', async () => {
    const good = file('good', 'x');
    const { results, errors } = await pipe(readFile(), hash({ algorithm: 'sha256' })).runAll([good, '/nowhere', good]);
    expect(results).toEqual([sha256('x'), sha256('x')]);
    expect(errors.map(({ item, index }) => [item, index])).toEqual([['/nowhere', 1]]);
  });

  test('outside of a pipe has no stage', async () => {
    const error = await readFile().run('/nowhere').catch((reason) => reason);
    expect('stage' in error).toBe(false);
  });
});

describe('what is refused at construction', () => {
  test.each([
    ['nothing', () => pipe(), 'at least one operation'],
    ['what is no operation', () => pipe(readFile(), (x) => x), /stage 2.*operation/],
    ['a path where there is content', () => pipe(readFile(), stat()), 'stat cannot follow readFile, which passes on content'],
    ['content where there is a path', () => pipe(stat(), hash()), 'hash cannot follow stat, which passes on a path'],
    ['what passes nothing on', () => pipe(walk(), hash()), 'hash cannot follow walk, which passes on nothing'],
    ['a name twice', () => pipe(hash().as('a'), hash().as('a')), /names that differ/],
    ['an empty name', () => hash().as(''), /name/],
    ['a pipe with names inside another', () => pipe(readFile(), pipe(hash().as('a'))), /without named stages/],
  ])('%s', (_name, make, message) => {
    expect(make).toThrow(message);
  });

  test('but noop follows anything', async () => {
    await expect(pipe(hash(), noop()).run('x')).resolves.toBe('x');
  });
});

describe('as a processor', () => {
  test('in a dependency graph', async () => {
    const paths = ['a', 'b', 'c'].map((name) => file(name, name));
    const processor = new ParallelProcessor(pipe(readFile(), hash({ algorithm: 'sha256' })));
    const dependencies = (path) => (path === paths[0] ? [] : [paths[0]]);
    const { results } = await processor.process(paths, { key: (path) => path, dependencies });
    expect(results).toEqual(['a', 'b', 'c'].map(sha256));
  });

  test('streams', async () => {
    const seen = [];
    for await (const { value } of new ParallelProcessor(pipe(readFile(), hash().as('h'))).stream([file('a', 'a')])) seen.push(value);
    expect(seen).toEqual([{ h: await hash().run('a') }]);
  });

  test("takes 'largest' first where it begins with a path", async () => {
    const paths = ['a', 'bbb', 'cc'].map((name) => file(name, name));
    const { results } = await new ParallelProcessor(pipe(readFile(), hash()), { priority: 'largest' }).process(paths);
    expect(results).toHaveLength(3);
    expect(() => new ParallelProcessor(pipe(hash()), { priority: 'largest' })).toThrow(RangeError);
  });
});

describe('runAll', () => {
  test('reports progress and results in order', async () => {
    const seen = [];
    const { results, stats } = await hash({ algorithm: 'sha256' }).runAll(['a', 'b', 'c'], {
      batchSize: 2, onProgress: (...progress) => seen.push(progress), concurrency: 1,
    });
    expect(results).toEqual(['a', 'b', 'c'].map(sha256));
    expect(seen.at(-1)).toEqual([3, 3]);
    expect(stats.successful).toBe(3);
  });

  test('rejects with the reason of an abort', async () => {
    const reason = new Error('enough');
    await expect(hash().runAll(['a'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test.each([[{ onProgress: 1 }, /onProgress/], [{ concurrency: 0 }, /concurrency/], [5, /options/]])('refuses %j', async (options, message) => {
    await expect(hash().runAll(['a'], options)).rejects.toThrow(message);
  });

  test('a factory runs its operation with the defaults', async () => {
    expect(await operations.hash.run('a')).toBe(await hash().run('a'));
    const reason = new Error('enough');
    await expect(operations.readFile.run('x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('texts of a batch', () => {
  test.each([['long', 'x'.repeat(10_000)], ['not ASCII', 'grüße 你好 🎈'], ['both', '🎈'.repeat(5_000)], ['none', '']])('%s arrive as they are', async (label, name) => {
    // The walk's paths are the texts.
    const root = scratch.path(label);
    mkdirSync(root);
    const parts = name.match(/.{1,50}/gsu) ?? [];
    const names = parts.slice(0, 100).map((part, i) => `${i}-${part}`);
    for (const each of names) writeFileSync(join(root, each), '');
    const { results } = await walk({ paths: 'relative', sorted: true }).runAll([root, root, root]);
    for (const { paths } of results) expect([...paths].sort()).toEqual([...names].sort());
  });
});
