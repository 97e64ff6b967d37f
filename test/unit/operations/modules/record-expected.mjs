// The imports of the sources in this folder as es-module-lexer 3.0.5 (minimal build) reports them: node record-expected.mjs <its lexer.minimal.js>
// writes expected.json again.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const here = new URL('.', import.meta.url);
const { init, parse } = await import(pathToFileURL(process.argv[2]).href);
await init();
const expected = {};
for (const name of readdirSync(here).filter((each) => each.endsWith('.txt'))) {
  const [imports] = parse(readFileSync(new URL(name, here), 'utf8'));
  expected[name] = imports.map(({ n, s, e, ss, se, d, a }) => [n ?? null, s, e, ss, se, Math.max(d, -1), a]);
}
writeFileSync(new URL('expected.json', here), `{\n${Object.entries(expected).map(([name, rows]) => `"${name}": [\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]`).join(',\n')}\n}\n`);
