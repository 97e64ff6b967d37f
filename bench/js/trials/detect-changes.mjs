// Which of 20000 files have changed since the last time: nothing, 1 %, and a first look at all. Files are in the page cache.
// What has "changed" is made so in what each contender remembers, so that the fixture stays as it is.

import { readFileSync, stat as statCallback, statSync } from 'node:fs';
import { stat as statPromise } from 'node:fs/promises';
import { promisify } from 'node:util';
import { smallFiles } from '../fixtures.mjs';
import { measure } from '../measure.mjs';

const kInFlight = 64;
const kChangedEvery = 100;
const statAsync = promisify(statCallback);

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {{ size: number, mtimeMs: number, hash: string }} Entry */
/** @typedef {Map<string, Entry>} Known */
/** @typedef {{ added: string[], changed: string[], removed: string[], unchanged: number }} Lists */
/** @typedef {(content: Buffer) => string} Hash */

/** What each contender's answer is compared by. @param {Lists} lists @param {string[]} hashes */
function answerOf({ added, changed, removed, unchanged }, hashes) {
  return { added, changed, removed, unchanged, hashes };
}

/** Forgets what the k-th file was, where that is asked for. @param {boolean} some @param {number} k */
const isForgotten = (some, k) => some && k % kChangedEvery === 0;

/** @param {'nothing' | 'some' | 'first'} kind */
function ours(kind) {
  return async (/** @type {Context} */ { fixture, library }) => {
    const { detectChanges, Manifest } = await import(library);
    const { paths } = fixture;
    let previous = (await detectChanges(paths, null, { algorithm: 'xxh3-64' })).manifest;
    if (kind === 'some') {
      const json = previous.toJSON();
      for (let k = 0; k < paths.length; k += kChangedEvery) [json.hashes[k], json.mtimes[k]] = ['0'.repeat(16), '0'];
      previous = Manifest.from(json);
    }
    if (kind === 'first') previous = null;
    const run = () => detectChanges(paths, previous, { algorithm: 'xxh3-64' });
    return measure(run, { items: paths.length, warmUp: run, digest: (result) => answerOf(result, result.manifest.toJSON().hashes) });
  };
}

/**
 * The comparison that all plain contenders share: what is new of a file, given what is known and its status.
 * @param {Lists} lists @param {Known} known @param {Known} next @param {string} path @param {{ size: number, mtimeMs: number }} status @param {Hash} hash
 */
function compare(lists, known, next, path, { size, mtimeMs }, hash) {
  const before = known.get(path);
  if (before !== undefined && before.size === size && before.mtimeMs === mtimeMs) {
    lists.unchanged++;
    next.set(path, before);
    return;
  }
  const now = { size, mtimeMs, hash: hash(readFileSync(path)) };
  if (before === undefined) lists.added.push(path);
  else if (before.hash === now.hash) lists.unchanged++;
  else lists.changed.push(path);
  next.set(path, now);
}

/** @returns {Lists} */
const emptyLists = () => ({ added: [], changed: [], removed: [], unchanged: 0 });

/** @param {Lists} lists @param {Known} known @param {Known} next */
function finish(lists, known, next) {
  for (const path of known.keys()) if (!next.has(path)) lists.removed.push(path);
  return { lists, next };
}

/** @param {string[]} paths @param {Known} known @param {Hash} hash */
function syncLoop(paths, known, hash) {
  const lists = emptyLists();
  /** @type {Known} */
  const next = new Map();
  for (const path of paths) compare(lists, known, next, path, statSync(path), hash);
  return finish(lists, known, next);
}

/** @param {string[]} paths @param {Known} known @param {Hash} hash @param {(path: string) => Promise<{ size: number, mtimeMs: number }>} stat */
async function asyncWindow(paths, known, hash, stat) {
  /** @type {{ size: number, mtimeMs: number }[]} */
  const statuses = new Array(paths.length);
  let index = 0;
  const lane = async () => {
    while (index < paths.length) {
      const k = index++;
      statuses[k] = await stat(paths[k] ?? '');
    }
  };
  await Promise.all(Array.from({ length: kInFlight }, lane));
  const lists = emptyLists();
  /** @type {Known} */
  const next = new Map();
  paths.forEach((path, k) => compare(lists, known, next, path, statuses[k], hash));
  return finish(lists, known, next);
}

/** Reads everything, whatever its status. @param {string[]} paths @param {Known} known @param {Hash} hash */
function naive(paths, known, hash) {
  const lists = emptyLists();
  /** @type {Known} */
  const next = new Map();
  for (const path of paths) {
    const before = known.get(path);
    const now = { size: 0, mtimeMs: 0, hash: hash(readFileSync(path)) };
    if (before === undefined) lists.added.push(path);
    else if (before.hash === now.hash) lists.unchanged++;
    else lists.changed.push(path);
    next.set(path, now);
  }
  return finish(lists, known, next);
}

/**
 * @param {'nothing' | 'some' | 'first'} kind
 * @param {(paths: string[], known: Known, hash: Hash) => ReturnType<typeof finish> | Promise<ReturnType<typeof finish>>} detect
 */
function plain(kind, detect) {
  return {
    packages: ['@node-rs/xxhash'],
    run: async (/** @type {Context} */ { fixture, peer }) => {
      const { default: xxhash } = await peer('@node-rs/xxhash');
      /** @type {Hash} */
      const hash = (content) => xxhash.xxh3.xxh64(content).toString(16).padStart(16, '0');
      /** @type {string[]} */
      const paths = fixture.paths;
      /** @type {Known} */
      const known = kind === 'first' ? new Map() : syncLoop(paths, new Map(), hash).next;
      paths.forEach((path, k) => {
        if (isForgotten(kind === 'some', k)) known.set(path, { size: 0, mtimeMs: 0, hash: '' });
      });
      const run = () => detect(paths, known, hash);
      return measure(run, {
        items: paths.length,
        warmUp: run,
        digest: ({ lists, next }) => answerOf(lists, Array.from(next.values(), (entry) => entry.hash)),
      });
    },
  };
}

/** @param {'nothing' | 'some' | 'first'} kind */
function contenders(kind) {
  return {
    ours: ours(kind),
    'sync loop': plain(kind, syncLoop),
    '64 async fs.stat': plain(kind, (paths, known, hash) => asyncWindow(paths, known, hash, statAsync)),
    '64 async fs.promises': plain(kind, (paths, known, hash) => asyncWindow(paths, known, hash, (path) => statPromise(path))),
    ...(kind === 'first' ? {} : { 'reads everything': plain(kind, naive) }),
  };
}

/** @param {{ quick: boolean }} context */
function prepare({ quick }) {
  return { paths: smallFiles(quick ? 5_000 : 20_000).paths };
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  { name: 'detect-changes/nothing', describe: '20000 files of 3.5 kB on average (quick: 5000), none changed, warm', unit: 'file', prepare, contenders: contenders('nothing') },
  { name: 'detect-changes/one-percent', describe: '20000 files (quick: 5000), every hundredth changed, warm', unit: 'file', prepare, contenders: contenders('some') },
  { name: 'detect-changes/first', describe: '20000 files (quick: 5000), nothing known, all hashed with XXH3-64, warm', unit: 'file', prepare, contenders: contenders('first') },
];
