// Markdown to HTML: pages of 4 kB, each different, in strings.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixture } from '../fixtures.mjs';
import { measure } from '../measure.mjs';

const kPageBytes = 4096;
const kSeparator = '\u001e';
const kWords = 'cache stream worker file record queue batch vector graph index page token thread memory event loop native result'.split(' ');

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {(pages: string[]) => string[] | Promise<string[]>} Convert */

/** Writes what pages consist of, in constructs that all contenders read alike. @param {() => number} random */
function writer(random) {
  const below = (/** @type {number} */ limit) => Math.floor(random() * limit);
  const word = () => kWords[below(kWords.length)];
  const words = (/** @type {number} */ count) => Array.from({ length: count }, word).join(' ');
  const many = (/** @type {number} */ count, /** @type {(index: number) => string} */ line) =>
    Array.from({ length: count }, (_, k) => line(k)).join('\n');
  const spans = [
    () => words(3 + below(6)),
    () => words(3 + below(6)),
    () => words(3 + below(6)),
    () => `*${words(2)}*`,
    () => `**${words(2)}**`,
    () => `\`${word()}(${word()})\``,
    () => `[${words(2)}](https://example.org/${word()}/${word()} "${word()}")`,
    () => `[${words(2)}](../${word()}.md)`,
    () => `![${word()}](img/${word()}.png)`,
    () => `~~${word()}~~`,
    () => `https://example.org/${word()}/${below(1000)}`,
    () => `a &amp; b &copy; \\*${word()}\\*`,
  ];
  const text = (/** @type {number} */ count) => Array.from({ length: count }, () => spans[below(spans.length)]()).join(' ');
  const row = () => `| ${words(2)} | \`${word()}\` | ${below(1000)} |`;
  const blocks = [
    () => `${'#'.repeat(2 + below(3))} ${words(3)}`,
    () => many(2 + below(3), () => `${text(5)},`),
    () => many(2 + below(3), () => `${text(5)},`),
    () => many(3 + below(4), () => `- ${text(2)}`),
    () => many(3 + below(3), (k) => `${k + 1}. ${text(2)}\n   - ${text(1)}`),
    () => `> ${text(3)}\n> ${text(2)}`,
    () => `\`\`\`js\n${many(4 + below(6), () => `const ${word()} = ${word()}(${below(100)}) < ${below(9)};`)}\n\`\`\``,
    () => `| ${word()} | ${word()} | ${word()} |\n|---|:---:|---:|\n${many(3 + below(4), row)}`,
  ];
  return () => {
    let page = `# ${words(4)}\n`;
    while (page.length < kPageBytes) page += `\n${blocks[below(blocks.length)]()}\n`;
    return page;
  };
}

/** @param {number} count */
function pagesFile(count) {
  const folder = fixture(`markdown-${count}-v1`, 15, (target, random) => {
    const page = writer(random);
    writeFileSync(path.join(target, 'pages'), Array.from({ length: count }, page).join(kSeparator));
  });
  return path.join(folder, 'pages');
}

/**
 * HTML without what means nothing: white space at tags, how characters are escaped, del or s, where the alignment of cells is.
 *
 * @param {string} html
 */
function normalized(html) {
  return html
    .replace(/ style="text-align:\s*(\w+);?"/g, ' align="$1"')
    .replace(/\s*\/>/g, '>')
    .replace(/\s*(<[^>]*>)\s*/g, '$1')
    .replace(/<(\/?)s>/g, '<$1del>')
    .replace(/&copy;/g, '©')
    .replace(/&#(?:39|x27);/g, "'")
    .replace(/&(?:quot|#34|#x22);/g, '"')
    .replace(/&(?:lt|#x3C);/g, '&lt;')
    .replace(/&(?:amp|#38|#x26);/g, '&amp;')
    .replace(/&(?:gt|#x3E);/g, '>');
}

/** @param {(context: Context) => Promise<Convert>} load @param {number} warmUpPages */
function converting(load, warmUpPages) {
  return async (/** @type {Context} */ context) => {
    const pages = readFileSync(context.fixture.file, 'utf8').split(kSeparator);
    const convert = await load(context);
    return measure(() => convert(pages), {
      items: pages.length,
      warmUp: () => convert(pages.slice(0, warmUpPages)),
      digest: (results) => results.map(normalized),
    });
  };
}

/** @param {number} concurrency */
function ours(concurrency) {
  return converting(async ({ library }) => {
    const { ParallelProcessor, operations } = await import(library);
    const processor = new ParallelProcessor(operations.markdownToHtml(), { concurrency });
    return async (pages) => {
      const { results, errors } = await processor.process(pages);
      if (errors.length > 0) throw errors[0].error;
      return results;
    };
  }, 1000);
}

const peers = {
  marked: {
    packages: ['marked'],
    run: converting(async ({ peer }) => {
      const { marked } = await peer('marked');
      return (pages) => pages.map((page) => marked.parse(page));
    }, 1000),
  },
  'markdown-it': {
    packages: ['markdown-it'],
    note: 'html and linkify on',
    run: converting(async ({ peer }) => {
      const { default: MarkdownIt } = await peer('markdown-it');
      const renderer = new MarkdownIt({ html: true, linkify: true });
      return (pages) => pages.map((page) => renderer.render(page));
    }, 1000),
  },
};

const remark = {
  packages: ['unified', 'remark-parse', 'remark-gfm', 'remark-rehype', 'rehype-stringify'],
  note: 'remark-gfm, remark-rehype, rehype-stringify',
  run: converting(async ({ peer }) => {
    const { unified } = await peer('unified');
    const [parse, gfm, rehype, stringify] = await Promise.all(
      ['remark-parse', 'remark-gfm', 'remark-rehype', 'rehype-stringify'].map(async (name) => (await peer(name)).default),
    );
    const processor = unified().use(parse).use(gfm).use(rehype).use(stringify);
    return (pages) => pages.map((page) => String(processor.processSync(page)));
  }, 50),
};

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'markdown/pages',
    describe: '1000 pages of 4 kB to HTML, each different, in strings; 2 threads for ours, the peers have one',
    unit: 'page',
    prepare: () => ({ file: pagesFile(1000) }),
    contenders: { ours: ours(2), ...peers },
  },
  {
    name: 'markdown/one-thread',
    describe: '300 of the same pages, 1 thread for ours, remark among the peers',
    unit: 'page',
    pairs: 7,
    prepare: () => ({ file: pagesFile(300) }),
    contenders: { ours: ours(1), ...peers, remark },
  },
];
