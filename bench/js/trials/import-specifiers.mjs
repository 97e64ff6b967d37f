// What modules import: the JavaScript modules among the peers' own packages, as strings in memory, and read from files.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from '../measure.mjs';

/** How often each module is scanned: once takes too short to be timed. */
const kRounds = 5;

const kRoot = fileURLToPath(new URL('../node_modules/', import.meta.url));

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {import('../measure.mjs').Measurement} Measurement */
/** @typedef {[specifier: string | null, start: number, end: number, statementStart: number, statementEnd: number, argumentsStart: number, attributesStart: number]} Row */
/** @typedef {(sources: string[]) => Row[][] | Promise<Row[][]>} Scan */

/** Files with ES module syntax, large and small; the CommonJS ones would say nothing about imports. @param {{ quick: boolean }} context */
function modules({ quick }) {
  const paths = readdirSync(kRoot, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name))
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .sort()
    .filter((file) => /^(import|export)\b/m.test(readFileSync(file, 'utf8')));
  if (paths.length === 0) return { skip: 'bench/js/node_modules is empty: npm ci --prefix bench/js' };
  const round = quick ? paths.slice(0, 400) : paths;
  return { paths: Array.from({ length: kRounds }, () => round).flat() };
}

/** @param {any} each an import as Millrace reports it @returns {Row} */
function ourRow(each) {
  return [
    each.specifier ?? null,
    each.start,
    each.end,
    each.statementStart,
    each.statementEnd,
    each.argumentsStart,
    each.attributesStart,
  ];
}

/** @param {any} each an import of es-module-lexer 3; a template with substitutions has no specifier here @returns {Row} */
function fullRow(each) {
  const { specifier, glob, start, end, importStart, importEnd, dynamicStart, attributesStart } = each;
  return [glob ? null : (specifier ?? null), start, end, importStart, importEnd, dynamicStart ?? -1, attributesStart ?? -1];
}

/** @param {any} each an import of es-module-lexer/minimal @returns {Row} */
function minimalRow({ n, s, e, ss, se, d, a }) {
  return [n ?? null, s, e, ss, se, Math.max(d, -1), a];
}

const kOptions = { commonjs: false, importMeta: true };

/**
 * @param {(context: Context) => Promise<{ scan: (sources: any[]) => any, row: (each: any) => Row, input?: 'text' | 'path' }>} load
 * @returns {(context: Context) => Promise<Measurement>}
 */
function scanning(load) {
  return async (context) => {
    const { paths } = context.fixture;
    const { scan, row, input = 'text' } = await load(context);
    const items = input === 'path' ? paths : paths.map((/** @type {string} */ file) => readFileSync(file, 'utf8'));
    return measure(() => scan(items), {
      items: items.length,
      warmUp: () => scan(items),
      digest: (results) => results.map((/** @type {any[]} */ imports) => imports.map(row)),
    });
  };
}

/** @param {number} concurrency @param {'text' | 'path'} [input] */
function ours(concurrency, input = 'text') {
  return scanning(async ({ library }) => {
    const { ParallelProcessor, operations, pipe } = await import(library);
    const scan = operations.importSpecifiers(kOptions);
    const processor = new ParallelProcessor(input === 'path' ? pipe(operations.readFile(), scan) : scan, { concurrency });
    return {
      input,
      row: ourRow,
      scan: async (items) => {
        const { results, errors } = await processor.process(items);
        if (errors.length > 0) throw errors[0].error;
        return results.map((/** @type {{ imports: object[] }} */ { imports }) => imports);
      },
    };
  });
}

/** @param {string} entry @param {(each: any) => Row} row @param {'text' | 'path'} [input] */
function lexer(entry, row, input = 'text') {
  return {
    packages: ['es-module-lexer'],
    run: scanning(async ({ peer }) => {
      const { init, parse } = await peer(entry);
      await init();
      const source = input === 'path' ? (/** @type {string} */ file) => readFileSync(file, 'utf8') : (/** @type {string} */ text) => text;
      return { input, row, scan: (items) => items.map((item) => parse(source(item))[0]) };
    }),
  };
}

const lexers = {
  'es-module-lexer (wasm)': lexer('es-module-lexer', fullRow),
  'es-module-lexer/js': lexer('es-module-lexer/js', fullRow),
  'es-module-lexer/minimal (wasm)': lexer('es-module-lexer/minimal', minimalRow),
};

/** @type {import('../../harness/trials.mjs').TrialSource[]} */
export const trials = [
  {
    name: 'import-specifiers/one-thread',
    describe: 'the ES modules below bench/js/node_modules (quick: 400), five times, strings in memory, 1 thread',
    unit: 'file',
    prepare: modules,
    contenders: { ours: ours(1), ...lexers },
  },
  {
    name: 'import-specifiers/two-threads',
    describe: 'the same, 2 threads for ours; the lexers have one',
    unit: 'file',
    prepare: modules,
    contenders: { ours: ours(2), ...lexers },
  },
  {
    name: 'import-specifiers/files',
    describe: 'the same modules read from files, warm; ours: pipe(readFile(), importSpecifiers()), 2 threads',
    unit: 'file',
    prepare: modules,
    contenders: {
      ours: ours(2, 'path'),
      'readFileSync, es-module-lexer (wasm)': lexer('es-module-lexer', fullRow, 'path'),
      'readFileSync, es-module-lexer/minimal (wasm)': lexer('es-module-lexer/minimal', minimalRow, 'path'),
    },
  },
];
