// What sources import: the same as es-module-lexer says for plain modules, more for the rest.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationError, operations, pipe } from '../../../lib/index.js';
import { range, scratchFolder } from './scratch.mjs';

const { path } = scratchFolder();
const modules = new URL('./modules/', import.meta.url);
const scan = async (source, options) => (await operations.importSpecifiers(options).run(source)).imports;
const brief = async (source, options) => (await scan(source, options)).map(({ kind, specifier }) => `${kind} ${specifier}`);

describe('plain modules, as es-module-lexer 3.0.5 reports them', () => {
  const expected = JSON.parse(readFileSync(new URL('expected.json', modules), 'utf8'));
  test.each(Object.keys(expected))('%s', async (name) => {
    const source = readFileSync(new URL(name, modules), 'utf8');
    for (const typescript of [false, true]) {
      for (const jsx of [false, true]) {
        const imports = await scan(source, { commonjs: false, importMeta: true, typescript, jsx });
        const rows = imports.map((each) => [
          each.specifier ?? null,
          each.start,
          each.end,
          each.statementStart,
          each.statementEnd,
          each.argumentsStart,
          each.attributesStart,
        ]);
        expect(rows).toEqual(expected[name]);
      }
    }
  });
});

test('everything about an import', async () => {
  const source = "\nimport a, { b } from './a\\x2ejs' with { type: 'json', 'k\"': '\\n' };";
  expect(await scan(source)).toEqual([{
    kind: 'import',
    form: 'defaultNamed',
    specifier: './a.js',
    start: source.indexOf('./'),
    end: source.indexOf("' with"),
    statementStart: 1,
    statementEnd: source.length - 1,
    argumentsStart: -1,
    attributesStart: source.indexOf('{ type'),
    line: 2,
    typeOnly: false,
    phase: 'evaluation',
    attributes: [['type', 'json'], ['k"', '\n']],
  }]);
});

test('every kind', async () => {
  const source = `/// <reference path="a" />
/// <reference types="b" />
/// <reference lib="c" />
import 'd'; export * from 'e'; import('f'); import.meta; require('g'); require.resolve('h'); require(i);
import j = require('j'); type K = import('k').K; import type L from 'l'; import { type M } from 'm'; import.defer('n');`;
  const imports = await scan(source, { references: true, importMeta: true });
  expect(imports.map(({ kind, specifier, typeOnly, phase, form, line }) => [line, kind, specifier, typeOnly, phase, form])).toEqual([
    [1, 'referencePath', 'a', true, 'evaluation', 'none'],
    [2, 'referenceTypes', 'b', true, 'evaluation', 'none'],
    [3, 'referenceLib', 'c', true, 'evaluation', 'none'],
    [4, 'import', 'd', false, 'evaluation', 'sideEffect'],
    [4, 'export', 'e', false, 'evaluation', 'all'],
    [4, 'dynamicImport', 'f', false, 'evaluation', 'none'],
    [4, 'importMeta', undefined, false, 'evaluation', 'none'],
    [4, 'require', 'g', false, 'evaluation', 'none'],
    [4, 'requireResolve', 'h', false, 'evaluation', 'none'],
    [4, 'require', undefined, false, 'evaluation', 'none'],
    [5, 'importEquals', 'j', false, 'evaluation', 'none'],
    [5, 'importType', 'k', true, 'evaluation', 'none'],
    [5, 'import', 'l', true, 'evaluation', 'default'],
    [5, 'import', 'm', false, 'evaluation', 'named'],
    [5, 'dynamicImport', 'n', false, 'defer', 'none'],
  ]);
  expect(await brief(source)).not.toContain('importMeta undefined');
  expect(await brief("require('a'); import 'b'", { commonjs: false })).toEqual(['import b']);
});

test('JSX is text, where it is JSX', async () => {
  const source = `const page = <Page title="it's" load={() => import('a')}>don't /* {import('b')} <b>"</b></Page>;
    const f = <T,>(x: T) => x; const g = <T>(x: T) => { import('c') }; if (a < b || c > d) import('e');`;
  expect(await brief(source)).toEqual(['dynamicImport a', 'dynamicImport b', 'dynamicImport c', 'dynamicImport e']);
  await expect(scan("const page = <p>don't</p>;", { jsx: false })).rejects.toMatchObject({ code: 'ERR_SYNTAX' });
});

test('offsets in UTF-16 units or bytes; bytes that are not UTF-8 count as decoded', async () => {
  const source = "'é😀'; import a from './ü.js'; import(`ß`)";
  for (const item of [source, Buffer.from(source)]) {
    const [first, second] = await scan(item);
    expect([source.slice(first.start, first.end), source.slice(second.start, second.end)]).toEqual(['./ü.js', '`ß`']);
    const bytes = Buffer.from(source);
    const [inBytes] = await scan(item, { offsets: 'bytes' });
    expect(bytes.subarray(inBytes.start, inBytes.end).toString()).toBe('./ü.js');
  }
  const broken = Buffer.concat([Buffer.from([0x27, 0xe2, 0x82, 0xff, 0x27]), Buffer.from(";import '"), Buffer.from([0xf0, 0x9f]), Buffer.from("'")]);
  const [only] = await scan(broken);
  const decoded = new TextDecoder().decode(broken);
  expect(only.specifier).toBe('\ufffd');
  expect(decoded.slice(only.statementStart, only.statementEnd)).toBe("import '\ufffd'");
});

test('specifiers of any text', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.boolean()), { maxLength: 20 }), async (texts) => {
    const source = texts.map(([text, call]) => (call ? `import(${JSON.stringify(text)});` : `import ${JSON.stringify(text)};`)).join('\n');
    expect((await scan(source)).map(({ specifier }) => specifier)).toEqual(texts.map(([text]) => text));
  }));
});

describe('hostile sources', () => {
  test.each([
    ["a\n 'b\n'", 3, 2, 2],
    ['é `b', 3, 1, 3],
    ['/* b', 0, 1, 1],
    ['x = /a\n/', 4, 1, 5],
    ['f(]', 2, 1, 3],
    ['f([', 2, 1, 3],
    ['import a from b', 14, 1, 15],
    ["import '\\u{110000}'", 7, 1, 8],
  ])('%j is ERR_SYNTAX with its place', async (source, offset, line, column) => {
    const failure = await scan(source).then(() => undefined, (error) => error);
    expect(failure).toBeInstanceOf(OperationError);
    expect(failure).toMatchObject({ code: 'ERR_SYNTAX', offset, line, column });
  });

  test('nesting is bounded, and so is the time', async () => {
    const deep = 200_000;
    for (const bracket of ['(', '[', '{', '`${', 'x = <a>', 'x = <a b={', 'import(']) {
      await expect(scan(bracket.repeat(deep))).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    }
    expect(await brief(`${'('.repeat(500)}import('a')${')'.repeat(500)}`)).toEqual(['dynamicImport a']);
    await expect(scan('((( ', { maxDepth: 2 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    for (const part of ['x=<a>"\n', '<T>(x)=>', "import('a'+", 'x={a:{}/1,', '}/1', '/* */ /', 'a ++ /', 'import {a', '\\u{', 'x=<a b=<', '<a>{`${']) {
      await scan(part.repeat(9_000)).catch((error) => expect(error).toBeInstanceOf(OperationError));
    }
  });

  test('any text: an answer or an error, places inside of it, ascending', async () => {
    const words = ['import', 'export', 'require', '(', ')', '{', '}', '[', ']', '`', '${', "'", '"', '/', '*', '<', '>', 'a', ' ', '\n', '.', ',', '=', 'from', 'type', '\\', 'é', '😀', 'with', ':', '//'];
    const source = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 60 }).map((parts) => parts.join(''));
    await fc.assert(fc.asyncProperty(source, async (text) => {
      const imports = await scan(text, { importMeta: true, references: true }).catch((error) => {
        expect(['ERR_SYNTAX', 'ERR_TOO_LARGE']).toContain(error.code);
        return [];
      });
      let last = 0;
      for (const { statementStart, start, end, statementEnd } of imports) {
        expect([last, statementStart, start, end, statementEnd, text.length]).toEqual([last, statementStart, start, end, statementEnd, text.length].sort((a, b) => a - b));
        last = statementStart;
      }
    }), { numRuns: 500 });
  });

  test.each([
    [{ jsx: 1 }, 'jsx'],
    [{ offsets: 'utf8' }, 'offsets'],
    [{ maxDepth: 0 }, 'maxDepth'],
    [{ maxDepth: 1_000_001 }, 'maxDepth'],
  ])('option %j is refused', (options, name) => {
    expect(() => operations.importSpecifiers(options)).toThrow(`"${name}"`);
  });
});

test('batches and pipes', async () => {
  const paths = range(300).map((k) => path(`${k}.js`));
  await Promise.all(paths.map((each, k) => writeFile(each, `import './${k}é.js' with { n: '${k}' };\n`.repeat(k % 7))));
  const stages = pipe(operations.readFile(), operations.importSpecifiers().as('imports'), operations.hash().as('hash'));
  const { results, errors } = await stages.runAll(paths, { batchSize: 50 });
  expect(errors).toEqual([]);
  for (const [k, result] of results.entries()) {
    expect(result.imports.imports.map(({ specifier, attributes, line }) => [specifier, attributes, line])).toEqual(range(k % 7).map((i) => [`./${k}é.js`, [['n', `${k}`]], i + 1]));
    expect(result.hash).toBe(await operations.hash().run(readFileSync(paths[k])));
  }
});
