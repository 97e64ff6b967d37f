// Digests of buffers in memory: BLAKE3 and SHA-256 of many small ones and a few large ones, and of one that arrives in pieces.

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { seededRandom } from '../../harness/random.mjs';
import { measure } from '../measure.mjs';

const kSmallBytes = 1024;
const kLargeBytes = 8 * 1024 * 1024;
const kPieceBytes = 256;

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {(items: Buffer[]) => string[] | Promise<string[]>} Run */

/** @param {{ count: number, bytes: number }} fixture @returns {Buffer[]} */
function contents({ count, bytes }) {
  const random = seededRandom(3);
  const pool = Buffer.from(Uint32Array.from({ length: (bytes >> 2) + 4096 }, () => random() * 2 ** 32).buffer);
  return Array.from({ length: count }, (_, k) => pool.subarray((k * 7) % 16_000, ((k * 7) % 16_000) + bytes));
}

/** @param {(context: Context) => Promise<Run>} load */
function hashing(load) {
  return async (/** @type {Context} */ context) => {
    const items = contents(context.fixture);
    const run = await load(context);
    return measure(() => run(items), {
      items: items.length,
      warmUp: () => run(items.slice(0, Math.ceil(items.length / 8))),
      digest: (digests) => digests,
    });
  };
}

/** @param {string} algorithm */
function ours(algorithm) {
  return hashing(async ({ library }) => {
    const { ParallelProcessor, operations } = await import(library);
    const processor = new ParallelProcessor(operations.hash({ algorithm }), { concurrency: availableParallelism() });
    return async (items) => {
      const { results, errors } = await processor.process(items);
      if (errors.length > 0) throw errors[0].error;
      return results;
    };
  });
}

const blake3 = {
  ours: ours('blake3'),
  '@napi-rs/blake-hash': {
    packages: ['@napi-rs/blake-hash'],
    run: hashing(async ({ peer }) => {
      const module = await peer('@napi-rs/blake-hash');
      const hash = (module.default ?? module).blake3;
      return (items) => items.map((item) => hash(item).toString('hex'));
    }),
  },
  'hash-wasm': {
    packages: ['hash-wasm'],
    run: hashing(async ({ peer }) => {
      const hasher = await (await peer('hash-wasm')).createBLAKE3();
      return (items) => items.map((item) => hasher.init().update(item).digest('hex'));
    }),
  },
  '@noble/hashes': {
    packages: ['@noble/hashes'],
    run: hashing(async () => {
      // A path inside of the package, which the harness's loader does not take.
      const { blake3: hash } = await import(new URL('../node_modules/@noble/hashes/blake3.js', import.meta.url).href);
      return (items) => items.map((item) => Buffer.from(hash(item)).toString('hex'));
    }),
  },
};

const sha256 = {
  ours: ours('sha256'),
  'node:crypto': hashing(async () => (items) => items.map((item) => createHash('sha256').update(item).digest('hex'))),
  'hash-wasm': {
    packages: ['hash-wasm'],
    run: hashing(async ({ peer }) => {
      const hasher = await (await peer('hash-wasm')).createSHA256();
      return (items) => items.map((item) => hasher.init().update(item).digest('hex'));
    }),
  },
};

/** @param {Buffer} item @param {(piece: Buffer) => void} update */
function eachPiece(item, update) {
  for (let at = 0; at < item.length; at += kPieceBytes) update(item.subarray(at, at + kPieceBytes));
}

/** One digest of one buffer in small pieces. @param {(context: Context) => Promise<() => { update(piece: Buffer): unknown, digest(): string }>} load */
function inPieces(load) {
  return hashing(async (context) => {
    const make = await load(context);
    return (items) => items.map((item) => {
      const hasher = make();
      eachPiece(item, (piece) => hasher.update(piece));
      return hasher.digest();
    });
  });
}

const incremental = {
  ours: inPieces(async ({ library }) => {
    const { createHasher } = await import(library);
    return () => createHasher('blake3');
  }),
  '@napi-rs/blake-hash': {
    packages: ['@napi-rs/blake-hash'],
    run: inPieces(async ({ peer }) => {
      const module = await peer('@napi-rs/blake-hash');
      const { Blake3Hasher } = module.default ?? module;
      return () => {
        const hasher = new Blake3Hasher();
        return { update: (piece) => hasher.update(piece), digest: () => hasher.digest('hex') };
      };
    }),
  },
  'hash-wasm': {
    packages: ['hash-wasm'],
    run: inPieces(async ({ peer }) => {
      const hasher = await (await peer('hash-wasm')).createBLAKE3();
      return () => hasher.init();
    }),
  },
};

/** @param {string} name @param {Record<string, any>} contenders */
function bothSizes(name, contenders) {
  return [
    {
      name: `digests/${name}-small`,
      describe: `${name} of 100000 buffers of 1 KiB (quick: 20000)`,
      unit: 'buffer',
      prepare: (/** @type {{ quick: boolean }} */ { quick }) => ({ count: quick ? 20_000 : 100_000, bytes: kSmallBytes }),
      contenders,
    },
    {
      name: `digests/${name}-large`,
      describe: `${name} of 16 buffers of 8 MiB (quick: 4)`,
      unit: 'buffer',
      prepare: (/** @type {{ quick: boolean }} */ { quick }) => ({ count: quick ? 4 : 16, bytes: kLargeBytes }),
      contenders,
    },
  ];
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  ...bothSizes('blake3', blake3),
  ...bothSizes('sha256', sha256),
  {
    name: 'digests/blake3-pieces',
    describe: 'a hasher in the calling thread: 16 buffers of 1 MiB in pieces of 256 bytes (quick: 4)',
    unit: 'buffer',
    prepare: (/** @type {{ quick: boolean }} */ { quick }) => ({ count: quick ? 4 : 16, bytes: 1024 * 1024 }),
    contenders: incremental,
  },
];
