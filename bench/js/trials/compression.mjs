// Compressing and decompressing buffers in memory: many small ones (JSON records as caches and queues hold them) and a few large ones
// (text). Equal results: what a contender compresses has to decompress to the content. The ratio it reached is among the details.

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { seededRandom } from '../../harness/random.mjs';
import { measure } from '../measure.mjs';

const kSmallBytes = 4096;
const kLargeBytes = 4 * 1024 * 1024;
const kInFlight = 64;
const kWords = 'cache stream worker file record queue batch vector graph index page token thread memory event loop'.split(' ');

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {(items: Uint8Array[]) => Uint8Array[] | Promise<Uint8Array[]>} Run */

/** About `bytes` of JSON records. @param {number} bytes @param {() => number} random */
function recordsText(bytes, random) {
  const word = () => kWords[Math.floor(random() * kWords.length)];
  let text = '';
  while (text.length < bytes) {
    text += `${JSON.stringify({ id: Math.floor(random() * 1e9), name: `${word()}-${word()}`, score: Math.round(random() * 1e6) / 1e3, tags: [word(), word()], note: `${word()} ${word()} ${word()} ${word()}` })}\n`;
  }
  return text.slice(0, bytes);
}

/** @param {{ count: number, bytes: number }} fixture @returns {Buffer[]} */
function contents({ count, bytes }) {
  const random = seededRandom(18);
  const distinct = Math.min(count, 64);
  const made = Array.from({ length: distinct }, () => Buffer.from(recordsText(bytes, random)));
  return Array.from({ length: count }, (_, k) => made[k % distinct]);
}

/** @param {Uint8Array[]} buffers */
function digestOf(buffers) {
  const hash = createHash('sha256');
  for (const buffer of buffers) hash.update(buffer);
  return { count: buffers.length, sha256: hash.digest('hex') };
}

/** @param {Uint8Array[]} buffers */
const totalOf = (buffers) => buffers.reduce((sum, { length }) => sum + length, 0);

/**
 * At most kInFlight calls at once.
 * @param {(item: any) => Promise<Uint8Array>} convert
 * @returns {Run}
 */
function windowed(convert) {
  return async (items) => {
    const results = new Array(items.length);
    let next = 0;
    const lane = async () => {
      while (next < items.length) {
        const index = next++;
        results[index] = await convert(items[index]);
      }
    };
    await Promise.all(Array.from({ length: kInFlight }, lane));
    return results;
  };
}

/** @param {string} library @param {string} name @param {Record<string, unknown>} [options] @returns {Promise<Run>} */
async function operation(library, name, options) {
  const { ParallelProcessor, operations } = await import(library);
  const processor = new ParallelProcessor(operations[name](options), { concurrency: availableParallelism() });
  return async (items) => {
    const { results, errors } = await processor.process(items);
    if (errors.length > 0) throw errors[0].error;
    return results;
  };
}

/**
 * @param {(context: Context) => Promise<Run>} load
 * @param {(packed: Uint8Array) => Uint8Array} unpack for the check, not timed
 */
function compressing(load, unpack) {
  return async (/** @type {Context} */ context) => {
    const items = contents(context.fixture);
    const run = await load(context);
    return measure(() => run(items), {
      items: items.length,
      warmUp: () => run(items.slice(0, Math.ceil(items.length / 8))),
      digest: (packed) => digestOf(packed.map(unpack)),
      details: (packed) => ({ ratio: Math.round((100 * totalOf(items)) / totalOf(packed)) / 100 }),
    });
  };
}

/**
 * @param {(context: Context) => Promise<Run>} load
 * @param {(content: Buffer) => Uint8Array} pack not timed
 */
function decompressing(load, pack) {
  return async (/** @type {Context} */ context) => {
    const cache = new Map();
    const packed = contents(context.fixture).map((content) => {
      if (!cache.has(content)) cache.set(content, pack(content));
      return cache.get(content);
    });
    const run = await load(context);
    return measure(() => run(packed), {
      items: packed.length,
      warmUp: () => run(packed.slice(0, Math.ceil(packed.length / 8))),
      digest: digestOf,
    });
  };
}

/** @type {Context['peer']} */
const load = (name) => import(name);
const { decompress: fzstdDecompress } = await load('fzstd').catch(() => ({ decompress: null }));

/** Frames to decompress: by a peer, so that nobody reads its own. @param {Context} context */
async function zstdWasm({ peer }) {
  const zstd = await peer('@bokuweb/zstd-wasm');
  await zstd.init();
  return zstd;
}

/** @param {(context: Context, pack: (content: Buffer) => Uint8Array) => Promise<import('../measure.mjs').Measurement>} contender */
function withZstdFrames(contender) {
  return async (/** @type {Context} */ context) => {
    const { compress } = await zstdWasm({ ...context, peer: load });
    return contender(context, (content) => compress(content, 3));
  };
}

const zstdCompress = {
  ours: { packages: ['fzstd'], run: compressing(({ library }) => operation(library, 'zstdCompress', { level: 3 }), (packed) => fzstdDecompress(packed)) },
  '@bokuweb/zstd-wasm': {
    packages: ['@bokuweb/zstd-wasm', 'fzstd'],
    run: compressing(async (context) => {
      const { compress } = await zstdWasm(context);
      return (items) => items.map((item) => compress(item, 3));
    }, (packed) => fzstdDecompress(packed)),
  },
};

const zstdDecompress = {
  ours: { packages: ['@bokuweb/zstd-wasm'], run: withZstdFrames((context, pack) => decompressing(({ library }) => operation(library, 'zstdDecompress'), pack)(context)) },
  '@bokuweb/zstd-wasm': {
    packages: ['@bokuweb/zstd-wasm'],
    run: withZstdFrames((context, pack) => decompressing(async () => {
      const { decompress } = await zstdWasm(context);
      return (items) => items.map((item) => decompress(item));
    }, pack)(context)),
  },
  fzstd: {
    packages: ['fzstd', '@bokuweb/zstd-wasm'],
    run: withZstdFrames((context, pack) => decompressing(async () => (items) => items.map((item) => fzstdDecompress(item)), pack)(context)),
  },
};

const unzip = (/** @type {Uint8Array} */ packed) => zlib.gunzipSync(packed);

const gzip = {
  ours: compressing(({ library }) => operation(library, 'gzip', { level: 6 }), unzip),
  'node:zlib, 64 async': compressing(async () => windowed(promisify(zlib.gzip)), unzip),
  'node:zlib, sync': compressing(async () => (items) => items.map((item) => zlib.gzipSync(item)), unzip),
  pako: {
    packages: ['pako'],
    run: compressing(async ({ peer }) => {
      const pako = await peer('pako');
      return (items) => items.map((item) => pako.gzip(item, { level: 6 }));
    }, unzip),
  },
  fflate: {
    packages: ['fflate'],
    run: compressing(async ({ peer }) => {
      const { gzipSync } = await peer('fflate');
      return (items) => items.map((item) => gzipSync(item, { level: 6 }));
    }, unzip),
  },
};

const zip = (/** @type {Buffer} */ content) => zlib.gzipSync(content);

const gunzip = {
  ours: decompressing(({ library }) => operation(library, 'gunzip'), zip),
  'node:zlib, 64 async': decompressing(async () => windowed(promisify(zlib.gunzip)), zip),
  'node:zlib, sync': decompressing(async () => (items) => items.map((item) => zlib.gunzipSync(item)), zip),
  pako: {
    packages: ['pako'],
    run: decompressing(async ({ peer }) => {
      const pako = await peer('pako');
      return (items) => items.map((item) => pako.ungzip(item));
    }, zip),
  },
  fflate: {
    packages: ['fflate'],
    run: decompressing(async ({ peer }) => {
      const { gunzipSync } = await peer('fflate');
      return (items) => items.map((item) => gunzipSync(item));
    }, zip),
  },
};

/** lz4-napi's frames. @param {Context} context */
async function lz4Napi({ peer }) {
  const module = await peer('lz4-napi');
  return module.default ?? module;
}
const lz4 = await load('lz4-napi').then((module) => module.default ?? module, () => null);
const unlz4 = (/** @type {Uint8Array} */ frame) => lz4.decompressFrameSync(frame);

const lz4Compress = {
  ours: { packages: ['lz4-napi'], run: compressing(({ library }) => operation(library, 'lz4Compress'), unlz4) },
  'lz4-napi, 64 async': {
    packages: ['lz4-napi'],
    run: compressing(async (context) => {
      const { compressFrame } = await lz4Napi(context);
      return windowed((item) => compressFrame(item, { contentChecksum: true }));
    }, unlz4),
  },
  'lz4-napi, sync': {
    packages: ['lz4-napi'],
    run: compressing(async (context) => {
      const { compressFrameSync } = await lz4Napi(context);
      return (items) => items.map((item) => compressFrameSync(item, { contentChecksum: true }));
    }, unlz4),
  },
};

const lz4Pack = (/** @type {Buffer} */ content) => lz4.compressFrameSync(content, { contentChecksum: true });

const lz4Decompress = {
  ours: { packages: ['lz4-napi'], run: decompressing(({ library }) => operation(library, 'lz4Decompress'), lz4Pack) },
  'lz4-napi, 64 async': {
    packages: ['lz4-napi'],
    run: decompressing(async (context) => windowed((await lz4Napi(context)).decompressFrame), lz4Pack),
  },
  'lz4-napi, sync': {
    packages: ['lz4-napi'],
    run: decompressing(async (context) => {
      const { decompressFrameSync } = await lz4Napi(context);
      return (items) => items.map((item) => decompressFrameSync(item));
    }, lz4Pack),
  },
};

/** @param {string} name @param {string} what @param {Record<string, any>} contenders */
function bothSizes(name, what, contenders) {
  return [
    {
      name: `compression/${name}-small`,
      describe: `${what} 8000 buffers of 4 KiB of JSON (quick: 2000)`,
      unit: 'buffer',
      prepare: (/** @type {{ quick: boolean }} */ { quick }) => ({ count: quick ? 2000 : 8000, bytes: kSmallBytes }),
      contenders,
    },
    {
      name: `compression/${name}-large`,
      describe: `${what} 16 buffers of 4 MiB of JSON lines (quick: 4)`,
      unit: 'buffer',
      prepare: (/** @type {{ quick: boolean }} */ { quick }) => ({ count: quick ? 4 : 16, bytes: kLargeBytes }),
      contenders,
    },
  ];
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  ...bothSizes('zstd', 'zstd, level 3:', zstdCompress),
  ...bothSizes('unzstd', 'decompressing zstd:', zstdDecompress),
  ...bothSizes('gzip', 'gzip, level 6:', gzip),
  ...bothSizes('gunzip', 'decompressing gzip:', gunzip),
  ...bothSizes('lz4', 'LZ4 frames with a content checksum, fastest:', lz4Compress),
  ...bothSizes('unlz4', 'decompressing LZ4 frames:', lz4Decompress),
];
