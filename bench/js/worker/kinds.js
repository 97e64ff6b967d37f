/**
 * The kinds of work in the worker trials: what an item looks like and which exported function of tasks.js handles it.
 * Every function returns a small number, so the item is the payload; the sum of the results is the checksum
 * that all contenders must agree on.
 */

const TEXT = 'The quick brown fox jumps over the lazy dog. ';

/** @param {number} bytes @param {number} seed */
const textOf = (bytes, seed) =>
  String.fromCharCode(97 + (seed % 26)) + TEXT.repeat(Math.ceil(bytes / TEXT.length)).slice(0, bytes - 1);

/** @param {number} i */
const object100 = (i) => ({ id: i, name: `item-${i}`, size: i * 3, path: 'src/lib/index.ts', ok: true, score: i / 7 });

/** @param {number} i */
const object1k = (i) => ({
  ...object100(i),
  tags: ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'],
  points: Array.from({ length: 16 }, (_, k) => ({ x: i + k, y: i * k, label: `p${k}` })),
  text: textOf(300, i),
});

/** Sixteen different large payloads, taken in turn. @template T @param {(i: number) => T} make */
const rotating = (make) => {
  const pool = Array.from({ length: 16 }, (_, i) => make(i));
  return (/** @type {number} */ i) => pool[i & 15];
};

/** @type {Record<string, { task: string, count: number, item: () => (i: number) => unknown }>} */
export const kinds = {
  noop: { task: 'noop', count: 200_000, item: () => (i) => i & 1023 },
  us10: { task: 'spin10', count: 40_000, item: () => (i) => i & 1023 },
  us100: { task: 'spin100', count: 8_000, item: () => (i) => i & 1023 },
  ms1: { task: 'spin1000', count: 1_000, item: () => (i) => i & 1023 },
  obj100: { task: 'readId', count: 100_000, item: () => (i) => object100(i & 1023) },
  obj1k: { task: 'readId', count: 30_000, item: () => (i) => object1k(i & 1023) },
  str64k: { task: 'readText', count: 8_000, item: () => rotating((i) => textOf(65_536, i)) },
  buf1m: { task: 'readBytes', count: 2_000, item: () => rotating((i) => Buffer.alloc(1 << 20, i + 1)) },
};

/** @param {string} kind @param {number} n */
export function itemsOf(kind, n) {
  const make = kinds[kind].item();
  return Array.from({ length: n }, (_, i) => make(i));
}
