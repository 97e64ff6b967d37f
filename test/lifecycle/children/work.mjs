// Work for every kind of operation, for the scripts in this folder.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { native } from '../../../lib/native.js';
import { crossingOf, emptyManifest } from '../../../lib/operations/manifest.js';
import { Operation } from '../../../lib/operations/operation.js';
import { pairBlocks } from '../../../lib/operations/search-blocks.js';

const folder = /** @type {string} */ (process.env.LIFECYCLE_FOLDER);
export const files = { small: join(folder, 'small'), large: join(folder, 'large'), endless: join(folder, 'endless') };

/** A tree of some thousand files. */
const sources = fileURLToPath(new URL('../../../node_modules', import.meta.url));

const block = Buffer.alloc(1 << 20, 'some content that compresses ');
const json = JSON.stringify(new Array(50_000).fill({ a: 'text', b: [1, 2] }), null, 1);
const repeat = (item, count) => new Array(count).fill(item);

/** A search whose every pair is a result. */
function allPairs() {
  const matrix = { values: new Float32Array(1500 * 64).fill(1), rows: 1500, columns: 64 };
  const decode = (/** @type {import('../../../lib/operations/result-view.js').ResultView} */ view, /** @type {number} */ k) => view.block(k, 2).length;
  const options = { matrix, threshold: 0.5, metric: 'cosine', precision: 'single' };
  return new Operation('similarity.pairs', options, { input: 'bytes', blocking: false, returnsBytes: true, decode });
}

/** Slices of a list of files that are all read. */
function changes() {
  const previous = crossingOf(emptyManifest('sha256'));
  const options = { algorithm: 'sha256', readAll: true, directory: '', previous };
  return new Operation('detectChanges', options, { input: 'bytes', blocking: true, decode: (view, k) => view.block(k).length });
}

/** Operation and items of each kind. */
export const kinds = {
  noop: () => [operations.noop(), repeat(1, 20_000)],
  stat: () => [operations.stat(), repeat(files.small, 5_000)],
  readFile: () => [operations.readFile(), repeat(files.large, 20)],
  writeFile: () => [operations.writeFile({ fsync: 'none' }), repeat({ path: join(folder, 'written'), data: block }, 100)],
  detectChanges: () => [changes(), repeat(['0', files.large, files.small].join('\0'), 20)],
  hashFile: () => [operations.hashFile({ algorithm: 'sha256' }), repeat(files.large, 20)],
  hash: () => [operations.hash({ algorithm: 'sha256' }), repeat(block, 20)],
  lz4Compress: () => [operations.lz4Compress(), repeat(block, 20)],
  lz4Decompress: async () => [operations.lz4Decompress(), repeat(await operations.lz4Compress().run(block), 20)],
  zstdCompress: () => [operations.zstdCompress(), repeat(block, 20)],
  zstdDecompress: async () => [operations.zstdDecompress(), repeat(await operations.zstdCompress().run(block), 20)],
  gzip: () => [operations.gzip(), repeat(block, 20)],
  gunzip: async () => [operations.gunzip(), repeat(await operations.gzip().run(block), 20)],
  parseJson: () => [operations.parseJson({ select: '/*/b' }), repeat(json, 40)],
  validateJson: () => [operations.validateJson(), repeat(json, 40)],
  markdownToHtml: () => [operations.markdownToHtml(), repeat('# A [b](c)\n\ntext *text*\n\n'.repeat(10_000), 20)],
  frontMatter: () => [operations.frontMatter(), repeat(`---\ntitle: x\ntags: &t [a, b]\nmore: *t\n---\n${'body '.repeat(20_000)}`, 500)],
  parseToml: () => [operations.parseToml(), repeat(Array.from({ length: 5_000 }, (_, i) => `k${i} = [${i}, "text"]\n`).join(''), 50)],
  walk: () => [operations.walk(), repeat(sources, 40)],
  importSpecifiers: () => [operations.importSpecifiers(), repeat("import a from './a.js'; b(import('c') / 2);\n".repeat(2_000), 40)],
  searchText: () => [operations.searchText({ patterns: [/content/, /s\w+ [a-z]+/, /(?:that|some)[^]*?comp/] }), repeat(block, 20)],
  readText: () => [operations.readText({ encoding: 'latin1' }), repeat(files.large, 20)],
  lines: () => [operations.lines(), repeat(Buffer.alloc(1 << 20, 'a line\r\n'), 20)],
  similarity: () => [allPairs(), pairBlocks(1500, 64, 4)],
  /** Items that take longer than any process here may live. */
  endless: () => [operations.hashFile({ algorithm: 'sha256' }), repeat(files.endless, 4)],
  /** The same on the CPU pool: each of its threads computes all the time. */
  compute: () => [operations.hash({ algorithm: 'sha256' }), repeat(Buffer.alloc(32 << 20), 4)],
};

/**
 * Keeps the pools busy with one kind of work until the process, the isolate or `processor` ends.
 * Returns when part of it has run, or, for what never ends, is running.
 * @param {keyof typeof kinds} kind
 */
export async function keepBusy(kind) {
  const [operation, items] = await kinds[kind]();
  /** @type {() => void} */
  let arrived = () => {};
  const first = new Promise((resolve) => {
    arrived = () => resolve(undefined);
  });
  const processor = new ParallelProcessor(operation, { concurrency: 4, batchSize: 1, progressCallback: arrived });
  const call = (async () => {
    for (;;) await processor.process(items);
  })();
  // Ended by the test: close() refuses the next round.
  call.catch((error) => {
    if (error.code !== 'ERR_CLOSED') throw error;
  });
  if (kind === 'endless') await threadsBusy();
  else await first;
  return { processor, call };
}

/** Returns when a pool thread runs something. */
async function threadsBusy() {
  const { poolStats } = native();
  for (;;) {
    const { workers, ioWorkers, idle, ioIdle, queued } = poolStats();
    if (queued === 0 && workers + ioWorkers > idle + ioIdle) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A little of each kind; throws when a result is wrong. */
export async function checkResults() {
  const digest = createHash('sha256').update(readFileSync(files.large)).digest('hex');
  const hashed = await new ParallelProcessor(operations.hashFile({ algorithm: 'sha256' })).process(repeat(files.large, 5));
  if (hashed.results.some(({ hash }) => hash !== digest)) throw new Error('a wrong digest');
  const read = await new ParallelProcessor(operations.readFile()).process(repeat(files.large, 5));
  const expected = readFileSync(files.large);
  if (read.results.length !== 5 || read.results.some((content) => !content.equals(expected))) throw new Error('wrong content');
  const numbers = await new ParallelProcessor(operations.noop()).process(Array.from({ length: 3000 }, (_, i) => i));
  if (numbers.results.some((n, i) => n !== i)) throw new Error('wrong numbers');
}
