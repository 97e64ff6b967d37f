// One set of codes: the core's table, the JavaScript classes, the typings and the documentation.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DependencyError, MillraceError, OperationError, TimeoutError, WorkerError } from '../../../lib/index.js';
import { errorCodes } from '../../../lib/errors.js';
import { native } from '../../../lib/native.js';

const textOf = (path) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const sorted = (codes) => [...codes].sort();

describe('the same codes', () => {
  test('in the addon and in lib, with the same summaries', () => {
    expect(native().errorCodes()).toEqual({ ...errorCodes });
  });

  test('in the documentation', () => {
    const rows = [...textOf('docs/errors.md').matchAll(/^\|\s*`?([A-Z][A-Z0-9_]+)`?\s*\|/gm)].map(([, code]) => code);
    expect(sorted(rows.filter((code) => code.startsWith('ERR_')))).toEqual(sorted(Object.keys(errorCodes)));
    expect(new Set(rows).size).toBe(rows.length);
  });

  test('in the typings', () => {
    const union = /export type ErrorCode =([^;]+);/.exec(textOf('types/errors.d.ts'))[1];
    expect(sorted([...union.matchAll(/'(\w+)'/g)].map(([, code]) => code))).toEqual(sorted(Object.keys(errorCodes)));
  });
});

describe('the classes', () => {
  test.each([
    [new MillraceError('ERR_CLOSED', 'closed'), 'MillraceError'],
    [new TimeoutError(5), 'TimeoutError'],
    [new WorkerError('ERR_WORKER_EXITED', 'exited'), 'WorkerError'],
    [new DependencyError('ERR_DEPENDENCY_CYCLE', 'cycle', { cycle: ['a', 'a'] }), 'DependencyError'],
    [new OperationError('ENOENT', 'no entry', { errno: -2, syscall: 'open', path: 'p' }), 'OperationError'],
  ])('%s', (error, name) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(MillraceError);
    expect(error.name).toBe(name);
    expect(error.constructor.name).toBe(name);
    expect(error.toString()).toBe(`${name}: ${error.message}`);
    expect(error.stack).toContain('codes.test');
    expect(Object.keys(error)).not.toContain('name');
    expect(typeof error.code).toBe('string');
  });

  test('a cause is there only where one was given', () => {
    expect('cause' in new DependencyError('ERR_DEPENDENCY_FAILED', 'failed', { cause: undefined })).toBe(true);
    expect('cause' in new DependencyError('ERR_DEPENDENCY_CYCLE', 'cycle')).toBe(false);
    expect(new MillraceError('ERR_CLOSED', 'closed', { cause: 5 }).cause).toBe(5);
  });
});
