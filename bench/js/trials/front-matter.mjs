// Front matter of Markdown pages: in memory, and read from files. Every contender gives the same data, dates as Date, and
// the same body.

import { readFileSync } from 'node:fs';
import { pages } from '../fixtures.mjs';
import { measure } from '../measure.mjs';

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {{ data: any, body: string }} Page */
/** @typedef {(text: string) => Page} Parse */

const kOpen = '---\n';
const kClose = '\n---\n';

const kTopics = 'cache stream worker file record queue batch vector graph index token thread memory event loop page'.split(' ');

/** @param {number} seed */
function generator(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * A page with 8 to 15 keys and a body of 4 kB; no two alike.
 * @param {number} index
 */
function page(index) {
  const random = generator(index);
  const words = (/** @type {number} */ count) => Array.from({ length: count }, () => kTopics[random(kTopics.length)]).join(' ');
  const day = () => `20${10 + random(15)}-0${1 + random(9)}-1${random(10)}`;
  const optional = [
    `slug: ${words(3).replaceAll(' ', '-')}-${index}`,
    `description: >-\n  ${words(12)}\n  ${words(9)}`,
    `updated: ${day()}`,
    `categories: [${words(1)}, ${words(1)}]`,
    `rating: ${random(50) / 10}`,
    'featured: true',
    'toc: false',
  ];
  const lines = [
    `title: "${words(5)}: ${index}"`,
    `date: ${day()}T1${random(10)}:2${random(10)}:00Z`,
    `author: ${words(2)}`,
    `draft: ${random(5) === 0}`,
    `tags:\n${Array.from({ length: 3 }, (_, i) => `  - ${kTopics[(index + i) % kTopics.length]}`).join('\n')}`,
    `weight: ${index}`,
    `seo:\n  title: ${words(6)}\n  image: /images/${index}.png\n  noindex: false`,
    'layout: post # as most',
    ...optional.slice(0, random(optional.length + 1)),
  ];
  const body = Array.from({ length: 12 }, (_, i) => (i % 4 === 0 ? `## ${words(4)}\n` : `${words(70)}.\n`)).join('\n');
  return `${kOpen}${lines.join('\n')}${kClose}${body}`;
}

/** What people write by hand around a YAML parser. @param {(yaml: string) => unknown} load @returns {Parse} */
function splitting(load) {
  return (text) => {
    const close = text.indexOf(kClose, kOpen.length);
    return { data: load(text.slice(kOpen.length, close + 1)), body: text.slice(close + kClose.length) };
  };
}

/** @type {Record<string, { packages: string[], load: (peer: Context['peer']) => Promise<Parse> }>} */
const peers = {
  'gray-matter': {
    packages: ['gray-matter'],
    load: async (peer) => {
      const { default: matter } = await peer('gray-matter');
      // Options keep it from answering out of its cache.
      return (text) => {
        const { data, content } = matter(text, {});
        return { data, body: content };
      };
    },
  },
  'front-matter': {
    packages: ['front-matter'],
    load: async (peer) => {
      const { default: fm } = await peer('front-matter');
      return (text) => {
        const { attributes, body } = fm(text);
        return { data: attributes, body };
      };
    },
  },
  'split by hand, js-yaml': {
    packages: ['js-yaml'],
    load: async (peer) => {
      const yaml = await peer('js-yaml');
      const { load, CORE_SCHEMA, timestampTag } = yaml.default ?? yaml;
      if (timestampTag === undefined) return splitting(load);
      const schema = CORE_SCHEMA.withTags(timestampTag);
      return splitting((text) => load(text, { schema }));
    },
  },
  'split by hand, yaml': {
    packages: ['yaml'],
    load: async (peer) => {
      const { parse } = await peer('yaml');
      return splitting((text) => parse(text, { customTags: ['timestamp'] }));
    },
  },
};

/**
 * @template T
 * @param {(context: Context) => T[]} itemsOf
 * @param {(context: Context) => Promise<(items: T[]) => Page[] | Promise<Page[]>>} load
 * @returns {(context: Context) => Promise<import('../measure.mjs').Measurement>}
 */
function parsing(itemsOf, load) {
  return async (context) => {
    const items = itemsOf(context);
    const run = await load(context);
    return measure(() => run(items), {
      items: items.length,
      warmUp: () => run(items.slice(0, 1000)),
      digest: (results) => results.map(({ data, body }) => [data, body]),
    });
  };
}

/**
 * @template T
 * @param {Context} context
 * @param {(library: any) => any} makeOperation
 */
async function ours({ library }, makeOperation) {
  const operation = makeOperation(await import(library));
  return async (/** @type {T[]} */ items) => {
    const { results, errors } = await operation.runAll(items);
    if (errors.length > 0) throw errors[0].error;
    return results;
  };
}

/** @param {Context} context */
function documents({ fixture }) {
  return Array.from({ length: fixture.count }, (_, index) => page(index));
}

/** @param {Context} context @returns {string[]} */
function files({ fixture }) {
  return fixture.paths;
}

/**
 * @template T
 * @param {(context: Context) => T[]} itemsOf
 * @param {(item: T) => string} textOf
 */
function peerContenders(itemsOf, textOf) {
  return Object.fromEntries(
    Object.entries(peers).map(([name, { packages, load }]) => [
      name,
      {
        packages,
        run: parsing(itemsOf, async ({ peer }) => {
          const parse = await load(peer);
          return (items) => items.map((item) => parse(textOf(item)));
        }),
      },
    ]),
  );
}

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'front-matter/strings',
    describe: '5000 pages in memory, 8 to 15 keys and 4 kB of body: data and body of each',
    unit: 'page',
    reference: 'gray-matter',
    prepare: () => ({ count: 5_000 }),
    contenders: {
      ours: parsing(documents, (context) => ours(context, ({ operations }) => operations.frontMatter({ dates: 'date' }))),
      ...peerContenders(documents, (text) => text),
    },
  },
  {
    name: 'front-matter/files',
    describe: '5000 Markdown files of 4 kB, warm: read, data and body of each',
    unit: 'file',
    reference: 'gray-matter',
    prepare: () => ({ paths: pages(5_000).paths }),
    contenders: {
      ours: parsing(files, (context) =>
        ours(context, ({ operations, pipe }) => pipe(operations.readFile(), operations.frontMatter({ dates: 'date' }))),
      ),
      ...peerContenders(files, (path) => readFileSync(path, 'utf8')),
    },
  },
];
