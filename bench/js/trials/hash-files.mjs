// Reading and hashing files from a warm page cache: many small ones, and 1 GB of large ones.

import { createHash } from 'node:crypto';
import * as crypto from 'node:crypto';
import { readFile, readFileSync } from 'node:fs';
import { readFile as readFilePromise } from 'node:fs/promises';
import { promisify } from 'node:util';
import { largeFiles, smallFiles } from '../fixtures.mjs';
import { measure } from '../measure.mjs';

const kInFlight = 64;
const kMegabyte = 1024 * 1024;
const readFileCallback = promisify(readFile);

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {(content: Buffer) => string} Hash */

// crypto.hash is the faster one for small inputs, and is in Node from 20.12.
/** @type {Hash} */
const sha256 = crypto.hash
  ? (content) => crypto.hash('sha256', content, 'hex')
  : (content) => createHash('sha256').update(content).digest('hex');

/** @param {string[]} paths @param {Hash} hash */
function syncLoop(paths, hash) {
  return paths.map((path) => hash(readFileSync(path)));
}

/**
 * @param {string[]} paths
 * @param {Hash} hash
 * @param {(path: string) => Promise<Buffer>} read
 */
async function asyncWindow(paths, hash, read) {
  /** @type {string[]} */
  const hashes = new Array(paths.length);
  let next = 0;
  const lane = async () => {
    while (next < paths.length) {
      const index = next++;
      hashes[index] = hash(await read(paths[index]));
    }
  };
  await Promise.all(Array.from({ length: kInFlight }, lane));
  return hashes;
}

/**
 * @param {(context: Context) => Promise<(paths: string[]) => string[] | Promise<string[]>>} load
 * @returns {(context: Context) => Promise<import('../measure.mjs').Measurement>}
 */
function hashing(load) {
  return async (context) => {
    const { paths } = context.fixture;
    const run = await load(context);
    return measure(() => run(paths), {
      items: paths.length,
      warmUp: () => run(paths.slice(0, paths.length > 1000 ? 500 : 1)),
      digest: (hashes) => hashes,
    });
  };
}

/** @param {string} algorithm */
function ours(algorithm) {
  return hashing(async ({ library }) => {
    const { ParallelProcessor, operations } = await import(library);
    const processor = new ParallelProcessor(operations.hashFile({ algorithm }));
    return async (paths) => {
      const { results, errors } = await processor.process(paths);
      if (errors.length > 0) throw errors[0].error;
      return results.map((/** @type {{ hash: string }} */ { hash }) => hash);
    };
  });
}

/** @param {Hash} hash */
function plainReaders(hash) {
  return {
    'sync loop': hashing(async () => (paths) => syncLoop(paths, hash)),
    '64 async fs.readFile': hashing(async () => (paths) => asyncWindow(paths, hash, readFileCallback)),
    '64 async fs.promises': hashing(async () => (paths) => asyncWindow(paths, hash, (path) => readFilePromise(path))),
  };
}

const sha256Contenders = { ours: ours('sha256'), ...plainReaders(sha256) };

const xxh3Contenders = {
  ours: ours('xxh3-64'),
  '@node-rs/xxhash, sync loop': {
    packages: ['@node-rs/xxhash'],
    run: hashing(async ({ peer }) => {
      const hash = await nodeRsXxh3(peer);
      return (paths) => syncLoop(paths, hash);
    }),
  },
  '@node-rs/xxhash, 64 async': {
    packages: ['@node-rs/xxhash'],
    run: hashing(async ({ peer }) => {
      const hash = await nodeRsXxh3(peer);
      return (paths) => asyncWindow(paths, hash, readFileCallback);
    }),
  },
  'xxhash-wasm, sync loop': {
    packages: ['xxhash-wasm'],
    note: 'XXH64, since it has no XXH3; its results are not compared',
    run: hashing(async ({ peer }) => {
      const { default: xxhash } = await peer('xxhash-wasm');
      const { h64Raw } = await xxhash();
      return (paths) => syncLoop(paths, (content) => h64Raw(content).toString(16).padStart(16, '0'));
    }),
  },
};

/** @param {Context['peer']} peer @returns {Promise<Hash>} */
async function nodeRsXxh3(peer) {
  const { default: xxhash } = await peer('@node-rs/xxhash');
  return (content) => xxhash.xxh3.xxh64(content).toString(16).padStart(16, '0');
}

/** @param {Record<string, string>} digests */
function checkXxh3(digests) {
  const compared = Object.entries(digests).filter(([name]) => !name.startsWith('xxhash-wasm'));
  if (new Set(compared.map(([, digest]) => digest)).size !== 1) {
    throw new Error(`results differ: ${compared.map(([name, digest]) => `${name} ${digest}`).join(', ')}`);
  }
}

/** @param {{ quick: boolean }} context */
function smallFixture({ quick }) {
  return { paths: smallFiles(quick ? 5_000 : 20_000).paths };
}

/** @param {{ quick: boolean }} context */
function largeFixture({ quick }) {
  return { paths: largeFiles(quick ? 4 : 16, 64 * kMegabyte).paths };
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'hash-files/small-sha256',
    describe: '20000 files of 3.5 kB on average (quick: 5000), SHA-256, warm',
    unit: 'file',
    prepare: smallFixture,
    contenders: sha256Contenders,
  },
  {
    name: 'hash-files/small-xxh3',
    describe: '20000 files of 3.5 kB on average (quick: 5000), XXH3-64, warm',
    unit: 'file',
    prepare: smallFixture,
    check: checkXxh3,
    contenders: xxh3Contenders,
  },
  {
    name: 'hash-files/large-sha256',
    describe: '16 files of 64 MiB (quick: 4), SHA-256, warm',
    unit: 'file',
    pairs: 9,
    prepare: largeFixture,
    contenders: sha256Contenders,
  },
  {
    name: 'hash-files/large-xxh3',
    describe: '16 files of 64 MiB (quick: 4), XXH3-64, warm',
    unit: 'file',
    pairs: 9,
    prepare: largeFixture,
    check: checkXxh3,
    contenders: xxh3Contenders,
  },
];
