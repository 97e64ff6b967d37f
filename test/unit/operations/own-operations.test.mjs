// loadOperations: the example, built with its own CMake file, and libraries that are wrong in one way each, built with
// the C compiler.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, test } from 'vitest';
import { OperationError, ParallelProcessor, includeDirectory, loadOperations, operations, pipe } from '../../../lib/index.js';
import { opened, range, scratchFolder } from './scratch.mjs';

const root = join(import.meta.dirname, '..', '..', '..');
const scratch = scratchFolder();
const built = scratch.path('built');
const BUILD_MS = 300_000;

/** Builds a fixture and returns its path. */
function compiled(name) {
  const library = scratch.path(`${name}.so`);
  const source = join(root, 'test', 'fixtures', 'own-operations', `${name}.c`);
  execFileSync(process.env.CC ?? 'cc', ['-std=c99', '-Wall', '-Wextra', '-Werror', '-O1', '-shared', '-fPIC', '-I', includeDirectory, '-o', library, source]);
  return library;
}

beforeAll(() => {
  execFileSync('cmake', ['-S', join(root, 'examples', 'own-operation'), '-B', built, `-DMILLRACE_INCLUDE_DIRECTORY=${includeDirectory}`, '-DCMAKE_BUILD_TYPE=Release']);
  execFileSync('cmake', ['--build', built]);
}, BUILD_MS);

describe('the example', () => {
  test('the header is where the package says', () => {
    expect(existsSync(join(includeDirectory, 'millrace', 'operation.h'))).toBe(true);
    expect(existsSync(join(includeDirectory, 'millrace', 'operation.hpp'))).toBe(true);
  });

  test('C++: fields, options, and what it refuses at once', async () => {
    const { wordCount } = loadOperations(join(built, 'word_count.so'));
    const text = 'one large word and another large wörd and one last word';
    expect(await wordCount.run(text)).toEqual({ words: 11, characters: 55, often: { large: 2 } });
    expect(await wordCount({ atLeast: 3 }).run(Buffer.from(text))).toEqual({ words: 11, characters: 55, often: { and: 2, large: 2, one: 2, word: 2 } });
    expect(await wordCount().run('')).toEqual({ words: 0, characters: 0, often: {} });
    expect(() => wordCount({ atLeast: 'many' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', message: 'wordCount: "atLeast" must be a number above 0' }));
    expect(() => wordCount(5)).toThrow(TypeError);
  });

  test('C: one field without a name is the result itself', async () => {
    const { rot13 } = loadOperations(pathToFileURL(join(built, 'rot13.so')));
    expect(await rot13.run('Hello, Millrace!')).toBe('Uryyb, Zvyyenpr!');
    const long = 'The quick brown fox. '.repeat(5000);
    expect(await rot13().run(await rot13().run(long))).toBe(long);
  });

  test('in a pipe, before and after operations of the package', async () => {
    const { rot13 } = loadOperations(join(built, 'rot13.so'));
    const { wordCount } = loadOperations(join(built, 'word_count.so'));
    const path = scratch.write('text', 'uryyb uryyb');
    const result = await pipe(operations.readFile(), rot13().as('text'), wordCount({ atLeast: 1 }).as('count'), operations.hash().as('hash')).run(path);
    expect(result).toEqual({ text: 'hello hello', count: { words: 2, characters: 11, often: { hello: 2 } }, hash: await operations.hash.run('hello hello') });
  });

  test('many items on all threads, as a processor and by runAll', async () => {
    const { rot13 } = loadOperations(join(built, 'rot13.so'));
    const items = range(3000).map((k) => `item ${k} ${'abc'.repeat(k % 50)}`);
    const { results, errors } = await opened(new ParallelProcessor(rot13(), { concurrency: 4 })).process(items);
    expect(errors).toEqual([]);
    expect((await rot13().runAll(results)).results).toEqual(items);
  });

  test('loading again gives the same library, also by another name for the file', () => {
    const first = loadOperations(join(built, 'rot13.so'));
    const again = loadOperations(join(built, '..', 'built', 'rot13.so'));
    expect(again.rot13().options.ownLibrary).toBe(first.rot13().options.ownLibrary);
    expect(Object.isFrozen(first)).toBe(true);
  });

  test('in worker threads, two at a time, that end while it runs', async () => {
    const program = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.lib).then(async ({ loadOperations }) => {
        const { wordCount } = loadOperations(workerData.library);
        parentPort.postMessage((await wordCount().run('two words')).words);
        for (;;) await wordCount().runAll(Array(100).fill('more words '.repeat(10000)));
      });
    `;
    const workerData = { lib: new URL('../../../lib/index.js', import.meta.url).href, library: join(built, 'word_count.so') };
    const workers = range(2).map(() => new Worker(program, { eval: true, workerData }));
    const answers = await Promise.all(workers.map((worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))));
    expect(answers).toEqual([2, 2]);
    await Promise.all(workers.map((worker) => worker.terminate()));
    expect((await loadOperations(workerData.library).wordCount.run('still here')).words).toBe(2);
  });
});

describe('what a library gets wrong while it runs', () => {
  const load = () => loadOperations(compiled('misbehaving'));

  test('is a failure of the item, and its neighbours are unharmed', async () => {
    const items = ['fine', 'text that is no UTF-8', 'JSON that is none', 'a field that is none', 'no reason', 'a reason', 'the system', 'also fine'];
    const { results, errors } = await load().misbehave().runAll(items);
    expect(results).toEqual(['fine', 'also fine'].map((text) => ({ text, data: null, count: NaN })));
    expect(errors.map(({ item }) => item)).toEqual(items.slice(1, -1));
    for (const { error } of errors) expect(error).toBeInstanceOf(OperationError);
    expect(errors.map(({ error }) => error.code)).toEqual(['ERR_OPERATION_FAILED', 'ERR_OPERATION_FAILED', 'ERR_OPERATION_FAILED', 'ERR_OPERATION_FAILED', 'ERR_SYNTAX', 'ENOSPC']);
    expect(errors[0].error.message).toBe('misbehave: text is not UTF-8');
    expect(errors[1].error.message).toMatch(/^misbehave: data is not JSON: /);
    expect(errors[3].error.message).toBe('misbehave: it has returned 3 without saying why');
    expect(errors[4].error).toMatchObject({ message: 'misbehave: bad token at line 2, column 1', offset: 4, line: 2, column: 1 });
    expect(errors[5].error).toMatchObject({ syscall: expect.any(String), errno: -28 });
  });

  test('an endless run is stopped by timeout and by abort', async () => {
    const operation = load().misbehave();
    const { errors } = await operation.runAll(['for ever', 'fine'], { timeout: 20 });
    expect(errors.map(({ error }) => error.code)).toEqual(['ERR_TIMEOUT']);
    const controller = new AbortController();
    const running = operation.run('for ever', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  test('options are refused when the operation is made', () => {
    const { misbehave } = load();
    expect(() => misbehave({ a: 1 })).toThrow(expect.objectContaining({ name: 'OperationError', code: 'ERR_INVALID_ARGUMENT', message: 'misbehave: there are no options' }));
    expect(() => misbehave({ a: 1n })).toThrow(TypeError);
  });

  test('items of several parts, under the name of an operation of the package', async () => {
    const { hash } = load();
    const { bytes, size } = await hash().run({ head: 'a', body: Uint8Array.of(98, 99), tail: '' });
    expect([bytes.toString(), size]).toEqual(['abc', 3]);
    expect((await hash().run({ head: '', body: '', tail: '' })).bytes).toHaveLength(0);
    await expect(hash().run({ head: 'a', body: 'b' })).rejects.toThrow('must be { head, body, tail }, each a string, Buffer or Uint8Array');
    expect(await operations.hash.run('abc')).toHaveLength(16);
    expect(() => pipe(hash(), operations.hash())).toThrow(/passes on nothing/);
  });
});

describe('what cannot be loaded', () => {
  const refusal = (path) => {
    try {
      loadOperations(path);
    } catch (error) {
      return error;
    }
    throw new Error('it was loaded');
  };

  test('another version: both are named', () => {
    const error = refusal(compiled('other-version'));
    expect(error).toBeInstanceOf(OperationError);
    expect(error).toMatchObject({ code: 'ERR_ABI_MISMATCH', path: scratch.path('other-version.so') });
    expect(error.message).toContain('made for version 7 of the operations interface, and this is version 1');
  });

  test.each([
    ['no-entry', 'ERR_ABI_MISMATCH', 'does not export millrace_library_get()'],
    ['empty', 'ERR_ABI_MISMATCH', 'a library must have 1 to 256 operations'],
    ['unresolved', 'ERR_UNSUPPORTED', 'nobody_has_this_function'],
  ])('%s', (name, code, message) => {
    const error = refusal(compiled(name));
    expect(error).toMatchObject({ code, path: scratch.path(`${name}.so`) });
    expect(error.message).toContain(message);
  });

  test('no file, no library, no path', () => {
    expect(refusal(scratch.path('missing.so'))).toMatchObject({ code: 'ENOENT', path: scratch.path('missing.so') });
    expect(refusal(scratch.write('text.so', 'no library'))).toMatchObject({ code: 'ERR_UNSUPPORTED' });
    expect(refusal(scratch.folder)).toMatchObject({ code: 'ERR_UNSUPPORTED' });
    expect(refusal('a\0b')).toMatchObject({ code: 'ERR_INVALID_PATH' });
    for (const path of ['', 5, null, undefined, new URL('https://example.org/x.so')]) expect(refusal(path)).toBeInstanceOf(TypeError);
  });

  test('a relative path starts at the working directory', () => {
    const library = scratch.path('relative.so');
    copyFileSync(join(built, 'rot13.so'), library);
    const before = process.cwd();
    const answer = execFileSync(process.execPath, ['--input-type=module', '-e', `
      import { loadOperations } from ${JSON.stringify(new URL('../../../lib/index.js', import.meta.url).href)};
      for (const path of ['relative.so', './relative.so']) console.log(await loadOperations(path).rot13.run('nopq'));
    `], { cwd: scratch.folder, encoding: 'utf8' });
    expect(answer).toBe('abcd\nabcd\n');
    expect(process.cwd()).toBe(before);
  });
});
