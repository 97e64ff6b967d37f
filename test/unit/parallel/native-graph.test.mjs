// Dependency graphs of native operations, which cross to the native side as a whole.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { range, rejectionOf } from './gate.mjs';

const byPath = { key: (item) => item };

describe('native dependency graphs', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-'));
    for (const name of 'abcd') writeFileSync(join(folder, name), name);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const at = (...names) => names.map((name) => join(folder, name));

  test('every item of a long chain and of a wide graph is processed once, in input order', async () => {
    const processor = new ParallelProcessor(operations.noop(), { key: String });
    const chain = await processor.process(range(20_000), { dependencies: (n) => (n === 0 ? [] : [String(n - 1)]) });
    expect(chain.results).toEqual(range(20_000));
    const wide = await processor.process(range(5_000), { dependencies: (n) => (n < 10 ? [] : [String(n % 10), String(n >> 1)]) });
    expect(wide.results).toEqual(range(5_000));
    expect(wide.stats.successful).toBe(5_000);
  });

  test('what depends on a failed item, directly or not, fails naming it; the rest succeeds', async () => {
    const [a, missing, b, c, d] = at('a', 'missing', 'b', 'c', 'd');
    const dependencies = (path) => ({ [b]: [a, missing], [c]: [b], [d]: [a] })[path];
    const { results, errors } = await new ParallelProcessor(operations.hashFile(), byPath).process([a, missing, b, c, d], { dependencies });
    expect(results).toHaveLength(2);
    expect(errors.map(({ item, index, attempts }) => ({ item, index, attempts }))).toEqual([
      { item: missing, index: 1, attempts: 1 },
      { item: b, index: 2, attempts: 0 },
      { item: c, index: 3, attempts: 0 },
    ]);
    expect(errors[0].error).toMatchObject({ code: 'ENOENT' });
    for (const { error, item } of errors.slice(1)) {
      expect(error).toMatchObject({ code: 'ERR_DEPENDENCY_FAILED', key: item, dependency: missing });
      expect(error.cause).toBe(errors[0].error);
    }
  });

  test('a cycle is refused before anything starts, and names its members in order', async () => {
    const processor = new ParallelProcessor(operations.noop(), byPath);
    const dependencies = (item) => ({ x: ['y'], y: ['z'], z: ['x'], w: ['x'] })[item];
    const error = await rejectionOf(processor.process(['w', 'x', 'y', 'z'], { dependencies }));
    expect(error.code).toBe('ERR_DEPENDENCY_CYCLE');
    const [first] = error.cycle;
    expect(error.cycle).toHaveLength(4);
    expect(error.cycle.at(-1)).toBe(first);
    for (let k = 0; k + 1 < error.cycle.length; k++) expect(dependencies(error.cycle[k])).toContain(error.cycle[k + 1]);
    expect((await processor.process(['v'], { dependencies: () => [] })).results).toEqual(['v']);
    await processor.close();
  });

  test('an item of the wrong type fails by itself and takes its dependants with it', async () => {
    const [a, b] = at('a', 'b');
    const { results, errors } = await new ParallelProcessor(operations.hashFile(), { key: String }).process([7, a, b], {
      dependencies: (item) => (item === a ? ['7'] : []),
    });
    expect(results).toHaveLength(1);
    expect(errors.map(({ error }) => error.code)).toEqual(['ERR_INVALID_ARG_TYPE', 'ERR_DEPENDENCY_FAILED']);
  });

  test('an abort rejects with its reason, and close() waits for what still runs', async () => {
    const processor = new ParallelProcessor(operations.hash({ algorithm: 'sha256' }), { concurrency: 1, key: (item) => item.name });
    const items = range(50).map((n) => Object.assign(new Uint8Array(1 << 20), { name: String(n) }));
    const controller = new AbortController();
    const call = processor.process(items, { dependencies: ({ name }) => (name === '0' ? [] : ['0']), signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await rejectionOf(call)).toBe(reason);
    await processor.close();
  });
});
