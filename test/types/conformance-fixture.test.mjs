// Shows that the conformance check sees every kind of difference, on a small package of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAddonWithTypes, compareLibWithTypes } from './conformance.mjs';

const checkout = join(import.meta.dirname, '..', '..');
/** @type {string} */
let root;

const types = `
export interface BoxOptions { capacity?: number | undefined }
export class Box<T> implements AsyncDisposable {
  constructor(first: T, options?: BoxOptions);
  readonly size: number;
  get(index: number): T | undefined;
  put(value: T, where: string | number): Promise<boolean>;
  map<R>(change: (value: T) => R): Box<R>;
  static of<T>(value: T): Box<T>;
  [Symbol.asyncDispose](): Promise<void>;
}
export function boxOf<T>(values: Iterable<T>): Box<T>;
export const operations: { readonly hash: (path: string) => string };
`;

beforeAll(() => {
  // Inside the checkout, so that @types/node is found.
  mkdirSync(join(checkout, 'build'), { recursive: true });
  root = mkdtempSync(join(checkout, 'build', 'conformance-fixture-'));
  mkdirSync(join(root, 'lib'));
  mkdirSync(join(root, 'types'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'types', 'index.d.ts'), types);
  writeFileSync(join(root, 'lib', 'index.js'), `
/** @template T */
export class Box {
  /** @type {T[]} */ #values;
  /** @param {T} first @param {import('../types/index.js').BoxOptions} [_options] */
  constructor(first, _options) { this.#values = [first]; }
  /** @template T @param {T} value @returns {Box<T>} */
  static of(value) { return new Box(value); }
  /** @type {number} */
  get size() { return this.#values.length; }
  /** @param {number} index @returns {T | undefined} */
  get(index) { return this.#values[index]; }
  /** @param {T} value @param {string | number} where @returns {Promise<boolean>} */
  async put(value, where) { this.#values.push(value); return where === ''; }
  /** @template R @param {(value: T) => R} change @returns {Box<R>} */
  map(change) { return new Box(change(this.#values[0])); }
  /** @returns {Promise<void>} */
  async [Symbol.asyncDispose]() {}
}
/** @template T @param {Iterable<T>} values @returns {Box<T>} */
export function boxOf(values) { for (const value of values) return new Box(value); throw new Error('empty'); }
export const operations = Object.freeze({ hash: /** @param {string} path @returns {string} */ (path) => path });
`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** @param {string} text */
function differencesWith(text) {
  const changed = join(root, 'changed');
  mkdirSync(changed, { recursive: true });
  writeFileSync(join(changed, 'index.d.ts'), text);
  return compareLibWithTypes({ root, types: changed, work: join(root, 'work') });
}

it('two sides that agree have no differences', () => {
  expect(differencesWith(types)).toEqual([]);
});

describe('a difference is named', () => {
  it.each([
    ['wrong return type of a method', 'get(index: number): T | undefined;', 'get(index: number): T;', 'Box.get, return value'],
    ['void for a value', 'Promise<boolean>', 'Promise<void>', 'Box.put, return value'],
    ['wider parameter of a method', 'where: string | number', 'where: string | boolean', 'Box.put, parameters'],
    ['missing member', 'readonly size: number;', '', 'Box.size is in lib/ but not declared in types/'],
    ['undeclared member', 'readonly size: number;', 'readonly size: number; clear(): void;', 'Box.clear is declared in types/ but not in lib/'],
    ['missing symbol member', '[Symbol.asyncDispose](): Promise<void>;', '', 'Box.[Symbol.asyncDispose] is in lib/'],
    ['wrong type of a property', 'readonly size: number', 'readonly size: string', 'Box.size differs'],
    ['any for a type', 'readonly size: number', 'readonly size: any', 'Box.size differs'],
    ['missing static', 'static of<T>(value: T): Box<T>;', '', 'static Box.of is in lib/'],
    ['constructor parameter', 'constructor(first: T, options?: BoxOptions)', 'constructor(first: T, options?: BoxOptions | string)', 'the constructor parameters of Box'],
    ['option of another type', 'capacity?: number | undefined', 'capacity?: string | undefined', 'the constructor parameters of Box'],
    ['type parameters', 'export function boxOf<T>(values: Iterable<T>): Box<T>', 'export function boxOf(values: Iterable<string>): Box<string>', 'boxOf'],
    ['return type of a generic method', 'Box<R>', 'Box<T>', 'Box.map'],
    ['missing export', 'export function boxOf<T>(values: Iterable<T>): Box<T>;', '', 'boxOf is in lib/ but not declared in types/'],
    ['undeclared export', 'export function boxOf', 'export function unboxed(): void; export function boxOf', 'unboxed is declared in types/ but not in lib/'],
    ['member of an exported object', 'readonly hash: (path: string) => string', 'readonly hash: (path: string) => number', 'operations.hash'],
    ['missing member of an exported object', '{ readonly hash: (path: string) => string }', '{ readonly hash: (path: string) => string; walk(): void }', 'operations.walk is declared'],
  ])('%s', (_name, before, after, message) => {
    expect(types).toContain(before);
    expect(differencesWith(types.replace(before, after)).join('\n')).toContain(message);
  });
});

describe('the addon against native.d.ts', () => {
  const contract = `export interface NativeAddon {
    version: string;
    laneOpen(limit: number): number;
    Counter: { new (): { add(n: number): void } };
  }`;
  class Counter {
    /** @param {number} _n */
    add(_n) {}
  }
  /** @param {string} text @param {Record<string, unknown>} addon */
  const differences = (text, addon) => {
    const file = join(root, 'native.d.ts');
    writeFileSync(file, text);
    return compareAddonWithTypes(addon, file);
  };

  it('agrees', () => {
    expect(differences(contract, { version: '1', laneOpen: () => 1, Counter })).toEqual([]);
  });
  it.each([
    ['missing function', { version: '1', Counter }, 'laneOpen is declared in native.d.ts but not in the addon'],
    ['undeclared function', { version: '1', laneOpen: () => 1, Counter, extra() {} }, 'extra is in the addon but not declared'],
    ['another kind', { version: 1, laneOpen: () => 1, Counter }, 'version is declared as string but is number'],
    ['missing method', { version: '1', laneOpen: () => 1, Counter: class {} }, 'Counter.prototype.add is declared'],
    ['undeclared method', { version: '1', laneOpen: () => 1, Counter: class extends Counter { add() {} remove() {} } }, 'Counter.prototype.remove is in the addon'],
  ])('%s', (_name, addon, message) => {
    expect(differences(contract, addon).join('\n')).toContain(message);
  });
  it('without the interface', () => {
    expect(differences('export {};', {})[0]).toContain('exports no interface NativeAddon');
  });
});
