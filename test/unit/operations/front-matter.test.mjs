// Front matter, YAML and TOML as JavaScript values.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operations, pipe } from '../../../lib/index.js';
import { scratchFolder } from './scratch.mjs';

const scratch = scratchFolder();

/** @param {string | Uint8Array} text @param {object} [options] */
const read = (text, options) => operations.frontMatter(options).run(text);

/** The properties of an item's error. @param {Promise<unknown>} promise */
const failure = (promise) =>
  promise.then(
    () => 'no error',
    ({ name, code, line, column, offset, message }) => ({ name, code, line, column, offset, message }),
  );

describe('frontMatter', () => {
  test('data, body and where they are', async () => {
    const text = '---\ntitle: Größe 😀\ntags: [a, b]\n---\nBody\n';
    expect(await read(text)).toEqual({
      data: { title: 'Größe 😀', tags: ['a', 'b'] },
      body: 'Body\n',
      format: 'yaml',
      empty: false,
      bodyLine: 5,
      offsets: { dataStart: 4, dataEnd: 33, bodyStart: 37 },
      byteOffsets: { dataStart: 4, dataEnd: 37, bodyStart: 41 },
    });
    expect(text.slice(33, 37)).toBe('---\n');
  });

  test('bytes give what their text gives', async () => {
    for (const text of ['---\na: é\n---\nbödy', '\uFEFF+++\na = 1\n+++\r\nx', '{"a": 1}\nb', 'no front matter', '']) {
      const fromBytes = await read(Buffer.from(text));
      expect(fromBytes).toEqual(await read(text));
      expect(fromBytes.body).toBe(text.slice(fromBytes.offsets.bodyStart));
    }
    expect((await read(Buffer.from([0x2d, 0x2d, 0x2d, 0x0a, 0x2d, 0x2d, 0x2d, 0x0a, 0x61, 0xff]))).body).toBe('a\uFFFD');
  });

  test.each([
    ['---\na: 1\n---\n', 'yaml'],
    ['---\na: 1\n...\n', 'yaml'],
    ['---toml\na = 1\n---\n', 'toml'],
    ['--- json\n{"a": 1}\n---\n', 'json'],
    ['+++\na = 1\n+++\n', 'toml'],
    [';;;\n"a": 1\n;;;\n', 'json'],
    ['{"a": 1}\n', 'json'],
  ])('the language of %j is %s', async (text, format) => {
    expect(await read(`${text}body`)).toMatchObject({ data: { a: 1 }, format, body: 'body', empty: false });
  });

  test('without front matter all is body', async () => {
    expect(await read('# Title\n')).toEqual({
      data: {},
      body: '# Title\n',
      format: null,
      empty: false,
      bodyLine: 1,
      offsets: { dataStart: 0, dataEnd: 0, bodyStart: 0 },
      byteOffsets: { dataStart: 0, dataEnd: 0, bodyStart: 0 },
    });
    expect(await read('---\n# only a comment\n---\nx')).toMatchObject({ data: {}, empty: true, format: 'yaml', body: 'x' });
  });

  test('a mistake is told with its place in the text', async () => {
    expect(await failure(read('---\nok: 1\na: b: c\n---\n'))).toEqual({
      name: 'OperationError',
      code: 'ERR_SYNTAX',
      line: 3,
      column: 5,
      offset: 14,
      message: expect.stringContaining('mapping values are not allowed in this context'),
    });
    expect(await failure(read('---\na: 1\na: 2\n---\n'))).toMatchObject({ code: 'ERR_SYNTAX', line: 3, column: 1 });
    expect(await failure(read('+++\na = 1\na = 2\n+++\n'))).toMatchObject({ code: 'ERR_SYNTAX', line: 3 });
    expect(await failure(read('---json\n{"a": }\n---\n'))).toMatchObject({ code: 'ERR_SYNTAX', line: 2, column: 7 });
    expect(await failure(read('---\n- a\n---\n'))).toMatchObject({ code: 'ERR_SYNTAX', line: 2, column: 1 });
    expect(await failure(read('---\na: 1\n'))).toMatchObject({ code: 'ERR_SYNTAX', line: 1, column: 1 });
  });

  test('a block without its end may be body', async () => {
    expect(await read('---\na: 1\n', { unterminated: 'body' })).toMatchObject({ data: {}, format: null, body: '---\na: 1\n' });
  });

  test('formats, delimiters, body', async () => {
    expect((await read('+++\na = 1\n+++\n', { formats: ['yaml'] })).format).toBeNull();
    const comment = { delimiters: { open: '<!--', close: '-->', language: 'toml' } };
    expect(await read('<!--\na = 1\n-->\nx', comment)).toMatchObject({ data: { a: 1 }, body: 'x', format: 'toml' });
    expect((await read('---\na: 1\n---\n', comment)).format).toBeNull();
    expect(await read('~~~\na: 1\n~~~\nx', { delimiters: { open: '~~~' } })).toMatchObject({ data: { a: 1 }, body: 'x' });
    for (const text of ['---\na: 1\n---\nx', Buffer.from('---\na: 1\n---\nx')]) {
      const { body, offsets } = await read(text, { body: false });
      expect([body, offsets.bodyStart]).toEqual([undefined, 13]);
    }
  });

  test('data as JSON text', async () => {
    const { data, empty } = await read('---\na: [1, x]\nb: .nan\n---\n', { data: 'json' });
    expect([JSON.parse(data), empty]).toEqual([{ a: [1, 'x'], b: null }, false]);
    expect((await read('no front matter', { data: 'json' })).data).toBe('{}');
  });

  test.each([
    [{ data: 'text' }, RangeError],
    [{ formats: 'yaml' }, TypeError],
    [{ formats: [] }, RangeError],
    [{ formats: ['ini'] }, RangeError],
    [{ delimiters: '---' }, TypeError],
    [{ delimiters: {} }, TypeError],
    [{ delimiters: { open: '' } }, RangeError],
    [{ delimiters: { open: 'a\nb' } }, RangeError],
    [{ delimiters: { open: '!', language: 'toml' }, formats: ['yaml'] }, RangeError],
    [{ unterminated: true }, TypeError],
    [{ body: 'text' }, TypeError],
    [{ schema: '1.2' }, RangeError],
    [{ dates: 'Date' }, RangeError],
    [{ maxDepth: 0 }, RangeError],
    [{ maxDepth: 1001 }, RangeError],
    [{ maxBytes: 2 ** 30 }, RangeError],
    [{ maxAliasNodes: -1 }, RangeError],
  ])('refuses %o', (options, kind) => {
    expect(() => operations.frontMatter(/** @type {any} */ (options))).toThrow(kind);
  });

  test('in a pipe the next stage gets the body', async () => {
    const file = scratch.write('page.md', '---\ntitle: x\n---\nabc');
    const page = await pipe(operations.readFile(), operations.frontMatter().as('page'), operations.hash({ algorithm: 'md5' }).as('hash')).run(file);
    expect(page).toMatchObject({ page: { data: { title: 'x' }, body: 'abc' }, hash: '900150983cd24fb0d6963f7d28e17f72' });
    // Behind a stage that passes the text on the body is still a piece of it; behind one that does not it is not.
    const same = pipe(operations.hash().as('hash'), operations.frontMatter().as('page'));
    expect((await same.run('---\na: 1\n---\nbody')).page.body).toBe('body');
    const nested = pipe(operations.frontMatter().as('outer'), operations.frontMatter().as('inner'));
    expect(await nested.run('---\na: 1\n---\n---\nb: 2\n---\nbody')).toMatchObject({
      outer: { data: { a: 1 }, body: '---\nb: 2\n---\nbody' },
      inner: { data: { b: 2 }, body: 'body' },
    });
  });

  test('many at once, strings and bytes mixed', async () => {
    const texts = Array.from({ length: 500 }, (_, i) => `---\nn: ${i}\n---\nbody ${i}`);
    const { results, errors } = await operations.frontMatter().runAll(texts.map((text, i) => (i % 3 === 0 ? Buffer.from(text) : text)));
    expect(errors).toEqual([]);
    expect(results.map(({ data, body }) => [data.n, body])).toEqual(texts.map((_, i) => [i, `body ${i}`]));
  });
});

describe('values', () => {
  test('what JSON cannot express', async () => {
    const { data } = await read('---\na: [.nan, -.inf, 1e400]\nb: {c: .inf}\n---\n');
    expect(data).toEqual({ a: [NaN, -Infinity, Infinity], b: { c: Infinity } });
    expect(await operations.parseYaml().run('.nan')).toBeNaN();
    expect(await operations.parseToml().run('a = [nan, -inf]')).toEqual({ a: [NaN, -Infinity] });
  });

  test('dates are strings or Dates', async () => {
    const text = '---\na: 2024-03-05\nb: 2024-03-05T10:20:30+02:00\nc: "2024-03-05"\nd: 2024-02-30\n---\n';
    expect((await read(text)).data).toEqual({ a: '2024-03-05', b: '2024-03-05T10:20:30+02:00', c: '2024-03-05', d: '2024-02-30' });
    expect((await read(text, { dates: 'date' })).data).toEqual({
      a: new Date('2024-03-05'),
      b: new Date('2024-03-05T08:20:30Z'),
      c: '2024-03-05',
      d: '2024-02-30',
    });
    const toml = 'a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = 07:32:00';
    expect(await operations.parseToml({ dates: 'date' }).run(toml)).toEqual({ a: new Date('1979-05-27T07:32:00Z'), b: '1979-05-27', c: '07:32:00' });
  });

  test('keys named like the prototype are keys', async () => {
    const { data } = await read('---\n__proto__: {polluted: .nan}\nconstructor: x\n---\n');
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(Object.keys(data)).toEqual(['__proto__', 'constructor']);
    expect(Object.getOwnPropertyDescriptor(data, '__proto__')?.value).toEqual({ polluted: NaN });
    expect(/** @type {any} */ ({}).polluted).toBeUndefined();
  });

  test('aliases, merges, tags, schemas', async () => {
    const yaml = (/** @type {string} */ text, /** @type {object} */ options) => operations.parseYaml(options).run(text);
    expect(await yaml('a: &x {p: 1}\nb: {<<: *x, q: *x}')).toEqual({ a: { p: 1 }, b: { p: 1, q: { p: 1 } } });
    expect(await yaml('{<<: {p: 1}}', { merge: false })).toEqual({ '<<': { p: 1 } });
    expect(await yaml('[!!str 1, !!int "2"]')).toEqual(['1', 2]);
    expect(await failure(yaml('!x 1'))).toMatchObject({ code: 'ERR_SYNTAX', line: 1, column: 1 });
    expect(await yaml('!x 1', { unknownTags: 'ignore' })).toBe('1');
    expect(await yaml('[yes, 010]')).toEqual(['yes', 10]);
    expect(await yaml('[yes, 010]', { schema: 'yaml-1.1' })).toEqual([true, 8]);
    expect(await yaml('[yes, 1]', { schema: 'failsafe' })).toEqual(['yes', '1']);
    expect(await failure(yaml('[yes]', { schema: 'json' }))).toMatchObject({ code: 'ERR_SYNTAX' });
    expect(await yaml('# nothing')).toBeNull();
  });
});

describe('hostile input', () => {
  test('expansion, depth and size are bounded', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`).join('\n')}\n`;
    expect(await failure(operations.parseYaml().run(bomb))).toMatchObject({ code: 'ERR_TOO_LARGE' });
    for (const text of ['['.repeat(1e6), '{a: '.repeat(1e5), '- '.repeat(1e5)]) {
      expect(await failure(operations.parseYaml().run(text))).toMatchObject({ code: 'ERR_TOO_LARGE' });
    }
    for (const text of [`a${'.a'.repeat(1e6)} = 1`, `[a${'.a'.repeat(1e6)}]`, `a = ${'['.repeat(1e6)}`, `a = ${'{a='.repeat(1e5)}`]) {
      expect(await failure(operations.parseToml().run(text))).toMatchObject({ code: 'ERR_TOO_LARGE' });
    }
    expect(await failure(read(`{"a": ${'['.repeat(1e6)}`))).toMatchObject({ code: 'ERR_TOO_LARGE' });
    expect(await failure(operations.parseYaml({ maxBytes: 10 }).run('a: 0123456789'))).toMatchObject({ code: 'ERR_TOO_LARGE' });
    expect(await operations.parseYaml({ maxDepth: 1000 }).run(`${'['.repeat(1000)}${']'.repeat(1000)}`)).toHaveLength(1);
  });

  test('a long text without closing line, and long runs of anything, take linear time', async () => {
    for (const text of [`---\n${'a: 1\n'.repeat(4e5)}`, `---\n${'-\n'.repeat(1e6)}---\n`, `---\n${'"'.repeat(2e6)}\n---\n`, `---\n${'? '.repeat(1e5)}\n---\n`, `---\n${'&a '.repeat(1e5)}\n---\n`]) {
      expect(await failure(read(text))).toMatchObject({ name: 'OperationError' });
    }
  });

  test('a timeout ends a large document', async () => {
    const text = `${'- &a x\n'.repeat(2e6)}`;
    const { errors } = await operations.parseYaml().runAll([text], { timeout: 1 });
    expect(errors).toHaveLength(1);
    expect(errors[0].error).toMatchObject({ code: 'ERR_TIMEOUT' });
  });

  test('any bytes give a result or an OperationError', async () => {
    const operation = operations.frontMatter();
    const pieces = fc.constantFrom('---\n', '+++\n', ';;;\n', '{"', 'a: ', 'b = ', '- ', '[', ']', '{', '}', '"', "'", '\n', '\r\n', '&x ', '*x', '<<: ', '|\n', '>-\n', '# ', '!!str ', '\u2028', 'é', '\0', '1e5', '.nan', '  ');
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), fc.uint8Array({ maxLength: 20 }), async (texts, noise) => {
        const bytes = Buffer.concat([Buffer.from(texts.join('')), noise]);
        const result = await operation.run(bytes).catch((error) => error);
        if (result instanceof Error) expect(result.name).toBe('OperationError');
        else expect(bytes.subarray(result.byteOffsets.bodyStart).toString()).toBe(result.body);
      }),
      { numRuns: 300 },
    );
  });
});
