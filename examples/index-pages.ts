// An index of Markdown pages: what each is, where its links go, and whether the anchors within it exist.
import { operations, pipe } from 'millrace';

const root = process.argv[2] ?? '.';
const { paths } = await operations.walk({ patterns: '**/*.md', ignore: '**/node_modules', gitignore: true, sorted: true }).run(root);
const index = pipe(
  operations.readFile(),
  operations.hash({ algorithm: 'blake3' }).as('hash'),
  operations.frontMatter().as('page'),
  operations.markdownLinks().as('links'),
  operations.markdownHeadings().as('headings'),
);
const { results, errors, stats } = await index.runAll(paths);

const failed = new Set(errors.map((failure) => failure.index));
const readable = paths.filter((_, position) => !failed.has(position));
for (const [position, { hash, page, links, headings }] of results.entries()) {
  const anchors = new Set(headings.map(({ slug }) => `#${slug}`));
  const broken = links.filter(({ url }) => url.startsWith('#') && !anchors.has(url));
  const title = (page.data as { title?: string }).title ?? headings[0]?.text ?? '(no title)';
  console.log(`${hash.slice(0, 12)}  ${readable[position]}: ${title}, ${links.length} links`);
  for (const { url, text } of broken) console.error(`${readable[position]}: no heading for ${url} (${text})`);
}
for (const { item, error } of errors) console.error(`${String(item)}: ${(error as Error).message}`);
console.log(`${results.length} pages in ${stats.duration.toFixed(0)} ms`);
