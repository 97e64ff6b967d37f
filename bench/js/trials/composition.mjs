// A step of a real pipeline: 20000 Markdown files are read, hashed, and their front matter parsed. One crossing for each batch, and
// the share of the time in which the main thread is busy.

import { createHash } from 'node:crypto';
import { readFile, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { pages } from '../fixtures.mjs';
import { measure } from '../measure.mjs';

const kInFlight = 64;

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {{ hash: string, data: Record<string, unknown> | string, body: string }} Page */

/**
 * @param {(context: Context) => Promise<(paths: string[]) => Page[] | Promise<Page[]>>} load
 * @returns {(context: Context) => Promise<import('../measure.mjs').Measurement>}
 */
function indexing(load) {
  return async (context) => {
    const { paths } = context.fixture;
    const run = await load(context);
    let busyPercent = 0;
    return measure(
      async () => {
        const before = mainThreadMs();
        const started = performance.now();
        const results = await run(paths);
        busyPercent = Math.round((100 * (mainThreadMs() - before)) / (performance.now() - started));
        return results;
      },
      {
        items: paths.length,
        warmUp: () => run(paths.slice(0, 500)),
        details: () => ({ mainThreadPercent: busyPercent }),
        digest: (results) => results.map(({ hash, data }) => [hash, parsed(data)]),
      },
    );
  };
}

/** Processor time of the main thread, garbage collection on it included. Linux only. */
function mainThreadMs() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** What can be compared: gray-matter makes Dates of dates. @param {Record<string, unknown> | string} data */
function parsed(data) {
  const { title, tags, authors, weight } = typeof data === 'string' ? JSON.parse(data) : data;
  return [title, tags, authors, weight];
}

/** @param {(text: string, options: object) => { data: any, content: string }} matter @param {Buffer} content @returns {Page} */
function readPage(matter, content) {
  // Options keep gray-matter from answering out of its cache.
  const { data, content: body } = matter(content.toString(), {});
  return { hash: createHash('sha256').update(content).digest('hex'), data, body };
}

/** @param {string[]} paths @param {(path: string) => Promise<Page>} step */
async function asyncWindow(paths, step) {
  /** @type {Page[]} */
  const results = new Array(paths.length);
  let next = 0;
  const lane = async () => {
    while (next < paths.length) {
      const index = next++;
      results[index] = await step(paths[index]);
    }
  };
  await Promise.all(Array.from({ length: kInFlight }, lane));
  return results;
}

/** @param {object} options of frontMatter */
function ours(options) {
  return indexing(async ({ library }) => {
    const { operations, pipe } = await import(library);
    const operation = pipe(operations.readFile(), operations.hash({ algorithm: 'sha256' }).as('hash'), operations.frontMatter(options).as('page'));
    return async (paths) => {
      const { results, errors } = await operation.runAll(paths);
      if (errors.length > 0) throw errors[0].error;
      return results.map((/** @type {{ hash: string, page: Page }} */ { hash, page }) => ({ hash, data: page.data, body: page.body }));
    };
  });
}

const peers = {
  'gray-matter, sync loop': {
    packages: ['gray-matter'],
    run: indexing(async ({ peer }) => {
      const { default: matter } = await peer('gray-matter');
      return (paths) => paths.map((path) => readPage(matter, readFileSync(path)));
    }),
  },
  'gray-matter, 64 async': {
    packages: ['gray-matter'],
    run: indexing(async ({ peer }) => {
      const { default: matter } = await peer('gray-matter');
      const read = promisify(readFile);
      return (paths) => asyncWindow(paths, async (path) => readPage(matter, await read(path)));
    }),
  },
};

/** @param {{ quick: boolean }} context */
const prepare = ({ quick }) => ({ paths: pages(quick ? 5_000 : 20_000).paths });

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'composition/read, hash, front matter',
    describe: '20000 Markdown files of 4 kB: pipe(readFile, hash, frontMatter), SHA-256, data and body as values',
    unit: 'file',
    reference: 'gray-matter, sync loop',
    prepare,
    contenders: { ours: ours({}), ...peers },
  },
  {
    name: 'composition/read, hash, front matter as JSON',
    describe: 'the same, the data as JSON text and no body: an index on its way into a cache',
    unit: 'file',
    reference: 'gray-matter, sync loop',
    prepare,
    contenders: { ours: ours({ data: 'json', body: false }), ...peers },
  },
];
