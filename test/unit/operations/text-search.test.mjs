import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ParallelProcessor, operations, pipe } from '../../../lib/index.js';

const { searchText } = operations;

/** @param {object} options @param {string | Uint8Array} text */
const found = (options, text) => searchText(/** @type {any} */ (options)).run(text);

/**
 * What matchAll() finds for each pattern, in the order of searchText. With the flag u, as characters are what is searched; but without
 * where that would change what i means. V8 lets assertions hold between the halves of a character: not here.
 * @param {RegExp[]} patterns
 * @param {string} text
 */
function expected(patterns, text) {
  const all = patterns.flatMap((pattern, index) => {
    const unicode = pattern.unicode || !pattern.ignoreCase ? 'u' : '';
    const expression = new RegExp(pattern.source, `${pattern.flags.replace(/[gu]/g, '')}g${unicode}`);
    return [...text.matchAll(expression)]
      .filter((match) => !/^[\udc00-\udfff]/.test(text.slice(match.index)) || !/[\ud800-\udbff]$/.test(text.slice(0, match.index)))
      .map((match) => ({
        pattern: index,
        start: match.index,
        end: match.index + match[0].length,
        text: match[0],
        groups: [...match].slice(1),
      }));
  });
  return all.sort((a, b) => a.start - b.start || a.pattern - b.pattern);
}

/** @param {RegExp[]} patterns @param {string} text */
async function sameAsJavaScript(patterns, text) {
  const matches = await found({ patterns, groups: true }, text);
  const list = [...matches].map(({ pattern, start, end, text: matched, groups }) => ({ pattern, start, end, text: matched, groups }));
  expect(list).toEqual(expected(patterns, text));
  for (const { line, column, start } of matches) {
    const before = text.slice(0, start).split(/\r\n|\n|\r(?!\n)/);
    if (text[start] === '\n' && text[start - 1] === '\r') continue;
    expect([line, column]).toEqual([before.length, before[before.length - 1].length + 1]);
  }
}

const SOURCE = readFileSync(fileURLToPath(new URL('../../../lib/operations/operation.js', import.meta.url)), 'utf8');
const TEXTS = {
  source: SOURCE,
  'source with CRLF': SOURCE.replaceAll('\n', '\r\n'),
  'source in other letters': SOURCE.replaceAll('e', 'é').replaceAll('r', '😀').replaceAll('operation', 'ſtrauſſ K'),
  edges: 'aab\r\n\r\n  TODO: ab abc ABC a\u200ab\u00a0c\ufeffd ſK ß 2024-01-02 #fFf000 __x\rend a@b.c "q" \u{1f600}x',
  empty: '',
  newline: '\n',
};

const PATTERNS = {
  literals: [/TODO|FIXME/, /operation/, /a/, /\{/, /export function/, /=>/, /ab|abc/, /abc|ab/, /return|ret/],
  'words and classes': [/\w+/, /\W/, /\d+/, /\D+/, /\s+/, /\S+/, /[^]/, /[^\s\w]+/, /[a-f]+\b/, /\b[A-Z]\w*/, /[\w-]+@[\w.]+/],
  anchors: [/^/m, /$/m, /^\s*\*.*$/m, /;$/m, /^import/m, /^\/\//, /\}\s*$/, /^$/m, /\bthis\b/, /\B/, /\b/, /^\s+/m],
  repetitions: [/a*/, /a+?b/, /(?:ab){1,2}/, /"[^"]*"/, /'.*?'/, /\(.*\)/, /\{[^}]*\}/, /a{2}/, /x?/, /[a-z]{3,5}?/, /\/\*[^]*?\*\//],
  groups: [/(\w+)\s*=\s*(\w+)/, /(?<type>class|function)\s+(?<name>\w+)/, /(a)|(b)/, /(a)?b/, /import\s+(?:\{(.*?)\}|(\w+))\s+from\s+'([^']+)'/, /((\w)\w*)/],
  dots: [/./, /.+/, /a.c/s, /.$/, /^.{3}/m, /return.*/, /\*.*?\//s],
  'cases with u': [/todo/iu, /[a-c]+/iu, /[^a-z\s]+/iu, /k/iu, /s/iu, /\w+/iu, /\W/iu, /[\W_]/iu, /strauſſ/iu, /[r-t]/iu, /É/iu, /[^ks]/iu],
  cases: [/todo/i, /[a-c]+/i, /OPERATION/i, /[^a-z\s]+/i, /k/i, /s/i, /\w+/i, /straus/i, /[r-t]/i, /É/i, /\bclass\b/i, /[\W_]+/i, /[à-ÿ]+/i, /ſ/i],
  escapes: [/\u0061/, /\x41/, /\t|\r|\n/, /\u{1f600}/u, /\ud83d\ude00/, /[\u{1f600}-\u{1f610}]/u, /\$\{/, /\//, /[\]\\^-]/, /\cJ/, /[\b]/, /\0/],
  properties: [/\p{Lu}+/u, /\P{L}/u, /[\p{Script=Greek}\p{Emoji}]/u, /[^\p{ASCII}]/u, /\p{Lu}/iu, /\p{White_Space}+/u],
};

describe('searchText finds what matchAll() finds', () => {
  for (const [kind, patterns] of Object.entries(PATTERNS)) {
    for (const [name, text] of Object.entries(TEXTS)) {
      it(`${kind} in ${name}`, () => sameAsJavaScript(patterns, text));
    }
  }

  it('each pattern by itself as well as with the others', async () => {
    const patterns = Object.values(PATTERNS).flat();
    for (const [index, pattern] of patterns.entries()) {
      const matches = await found({ patterns: pattern }, TEXTS.edges);
      expect([pattern.source, ...matches.starts], String(index)).toEqual([pattern.source, ...expected([pattern], TEXTS.edges).map(({ start }) => start)]);
    }
    const all = await found({ patterns, text: false }, TEXTS.edges);
    expect(all.length).toBe(expected(patterns, TEXTS.edges).length);
  });
});

describe('searchText tells', () => {
  it('lines, columns, texts and groups', async () => {
    const matches = await found({ patterns: [/(?<key>\w+): (\d+)/, 'ü'], groups: true, lines: true }, 'ü a: 1\r\nb: 22');
    expect([...matches]).toEqual([
      { pattern: 1, start: 0, end: 1, line: 1, column: 1, text: 'ü', lineText: 'ü a: 1', groups: [] },
      { pattern: 0, start: 2, end: 6, line: 1, column: 3, text: 'a: 1', lineText: 'ü a: 1', groups: ['a', '1'], named: { key: 'a' } },
      { pattern: 0, start: 8, end: 13, line: 2, column: 1, text: 'b: 22', lineText: 'b: 22', groups: ['b', '22'], named: { key: 'b' } },
    ]);
    expect(matches.at(-1)).toEqual(matches.at(2));
    expect(matches.at(3)).toBeUndefined();
    expect(matches.at(-4)).toBeUndefined();
    expect([...matches.columns]).toEqual([1, 3, 1]);
    expect(matches.truncated).toBe(false);
  });

  it('offsets in bytes of the item, also when it is not UTF-8', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a, 0xe2, 0x82, 0x62, 0xc3, 0xbc, 0x78]); // a ? LF ? b ü x
    const inBytes = await found({ patterns: ['b', 'x', '\ufffd'], offsets: 'bytes' }, bytes);
    expect([...inBytes].map(({ pattern, start, end, line, column }) => [pattern, start, end, line, column])).toEqual([
      [2, 1, 2, 1, 2],
      [2, 3, 5, 2, 1],
      [0, 5, 6, 2, 3],
      [1, 8, 9, 2, 6],
    ]);
    const text = new TextDecoder().decode(bytes);
    const inUnits = await found({ patterns: ['b', 'x'] }, bytes);
    expect([...inUnits.starts]).toEqual([text.indexOf('b'), text.indexOf('x')]);
  });

  it('only what is asked for', async () => {
    expect((await found({ patterns: 'a', text: false }, 'a')).at(0)).toEqual({ pattern: 0, start: 0, end: 1, line: 1, column: 1 });
  });

  it('that there are more matches than wanted', async () => {
    const matches = await found({ patterns: ['b', 'a'], maxMatches: 3 }, 'aabb');
    expect([...matches].map(({ text }) => text)).toEqual(['a', 'a', 'b']);
    expect(matches.truncated).toBe(true);
    expect((await found({ patterns: ['b', 'a'], maxMatches: 4 }, 'aabb')).truncated).toBe(false);
  });
});

describe('searchText', () => {
  it('takes strings as sources, or with fixed as text', async () => {
    expect([...(await found({ patterns: 'a.c' }, 'abc a.c')).starts]).toEqual([0, 4]);
    expect([...(await found({ patterns: 'a.c', fixed: true }, 'abc a.c')).starts]).toEqual([4]);
    expect([...(await found({ patterns: 'a.c', fixed: true, ignoreCase: true }, 'abc A.C')).starts]).toEqual([4]);
    expect([...(await found({ patterns: ['cat', /dog/], wholeWord: true }, 'cat cats dog doge')).starts]).toEqual([0, 9]);
  });

  it('reads RegExps without u leniently, and folds as they do', async () => {
    expect([...(await found({ patterns: [new RegExp('\\-|a{|]')] }, 'a-a{]')).starts]).toEqual([1, 2, 4]);
    expect((await found({ patterns: [/k/i] }, '\u212a')).length).toBe(0);
    expect((await found({ patterns: [/k/iu] }, '\u212a')).length).toBe(1);
  });

  it('does not take U+2028 for the end of a line, except for the dot', async () => {
    expect([...(await found({ patterns: [/^b/m, /a$/m] }, 'a\u2028b')).starts]).toEqual([]);
    expect([...(await found({ patterns: [/.+/] }, 'a\u2028b')).starts]).toEqual([0, 2]);
    expect([...(await found({ patterns: ['b'] }, 'a\u2028b')).lines]).toEqual([1]);
  });

  it('works on files in a pipe, which goes on with the text', async () => {
    const path = fileURLToPath(import.meta.url);
    const both = pipe(operations.readFile(), searchText({ patterns: [/^import .*/m] }).as('imports'), operations.hash().as('hash'));
    const { imports, hash } = await both.run(path);
    expect(imports.length).toBe(5);
    expect(hash).toBe(await operations.hashFile().run(path).then((/** @type {{ hash: string }} */ result) => result.hash));
  });

  it('runs on many texts at once', async () => {
    const texts = Array.from({ length: 300 }, (_, i) => `${'x'.repeat(i)}needle${'y'.repeat(300 - i)}`);
    const { results, errors } = await new ParallelProcessor(searchText({ patterns: ['needle', /x+/] })).process(texts);
    expect(errors).toEqual([]);
    results.forEach((matches, i) => {
      const list = [...matches].map(({ pattern, start, text }) => [pattern, start, text.length]);
      expect(list).toEqual(i === 0 ? [[0, 0, 6]] : [[1, 0, i], [0, i, 6]]);
    });
  });

  it('is frozen, and may be kept while others are made', async () => {
    const operation = searchText({ patterns: [/a/g] });
    expect(Object.isFrozen(operation.options)).toBe(true);
    const first = await operation.run('xa');
    await operation.run('aaaa');
    expect([...first.starts]).toEqual([1]);
  });
});

describe('searchText refuses', () => {
  const refusals = /** @type {[unknown, RegExp][]} */ ([
    [/a(?=b)/, /linear time \(pattern 0: look-ahead at byte 1 of the pattern\)/],
    [/(?<!a)b/, /look-behind/],
    [/(a)\1/, /back-reference/],
    [/(?<n>a)\k<n>/u, /back-reference/],
    [/a/y, /without the flags y, v and d/],
    [/a/v, /without the flags y, v and d/],
    [/a/d, /without the flags y, v and d/],
    [/a{1001}/, /repetition of more than 1000/],
    [/(?:|a)*/, /matches nothing before it matches something/],
    [/((a{100}){100}){100}/, /pattern 0/],
    ['(', /regular expressions \(/],
    ['a\ud800', /lone surrogates/],
    [[], /1 to 10000 patterns/],
    [[/a/, 7], /a string, a RegExp or a list of these/],
    [null, /a string, a RegExp or a list of these/],
    [{}, /a string, a RegExp or a list of these/],
  ]);
  it.each(refusals)('%s', (patterns, message) => {
    expect(() => searchText(/** @type {any} */ ({ patterns }))).toThrow(message);
  });

  it('names the pattern that it refuses', () => {
    expect(() => searchText({ patterns: [/a/, /b(?!c)/] })).toThrow(/pattern 1: look-ahead.*Received \/b\(\?!c\)\//);
  });

  it('groups whose text JavaScript would forget, unless nobody asks for groups', async () => {
    expect(() => searchText({ patterns: /(?:(a)|b)*/, groups: true })).toThrow(/group in a repetition/);
    expect((await found({ patterns: /(?:(a)|b)+/ }, 'ab')).length).toBe(1);
  });

  it.each([['maxMatches', 0], ['patternMemory', 2000], ['offsets', 'chars'], ['fixed', 1], ['groups', 'yes']])('%s: %s', (name, value) => {
    expect(() => searchText(/** @type {any} */ ({ patterns: 'a', [name]: value }))).toThrow(new RegExp(`"${name}" must be`));
  });

  it('no patterns at all, also as a factory that runs', async () => {
    expect(() => /** @type {any} */ (searchText)()).toThrow(/"patterns" must be/);
    await expect(/** @type {any} */ (searchText).run('a')).rejects.toThrow(/"patterns" must be/);
  });
});

describe('searchText and hostile input', () => {
  it('takes linear time where backtracking takes for ever', async () => {
    const text = `${'a'.repeat(100_000)}!`;
    expect((await found({ patterns: [/^(?:a+)+$/, /(?:a|a)*b/, /(?:a|aa)+$/] }, text)).length).toBe(0);
  });

  it('finds everything with automata that are out of memory', async () => {
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 2147483647) % 2;
    const text = Array.from({ length: 30_000 }, () => 'ab'[random()]).join('');
    const patterns = [/a[ab]{14}b/, /b[ab]{13}a[ab]{3}b/];
    const matches = await found({ patterns, patternMemory: 1 }, text);
    expect([...matches.starts]).toEqual(expected(patterns, text).map(({ start }) => start));
  });

  it('survives any bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256));
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const patterns = [/\w+/, /[\u0080-\uffff]+/, /\ufffd/];
    expect([...(await found({ patterns }, bytes)).ends]).toEqual(expected(patterns, text).map(({ end }) => end));
  });

  it('finds a million empty matches, and then says that there are more', async () => {
    const matches = await found({ patterns: '', text: false }, 'x'.repeat(2_000_000));
    expect([matches.length, matches.truncated, matches.starts[999_999]]).toEqual([1_000_000, true, 999_999]);
  });
});
