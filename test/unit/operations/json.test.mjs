// Selected and validated JSON, against JSON.parse.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationError, operations, pipe } from '../../../lib/index.js';

const parse = (document, options) => operations.parseJson(options).run(document);
const validate = (document, options) => operations.validateJson(options).run(document);

/** What a plain look-up finds, as RFC 6901 says. */
function lookUp(value, pointer) {
  let at = value;
  for (const segment of pointer.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~2', '*').replaceAll('~0', '~');
    if (Array.isArray(at)) at = /^(0|[1-9]\d*)$/.test(name) ? at[Number(name)] : undefined;
    else at = at !== null && typeof at === 'object' && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

/** Every pointer into a value. */
function pointersOf(value, path = '') {
  const below = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  return [path, ...below.flatMap(([name, child]) => {
    const segment = name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('*', '~2');
    return pointersOf(child, `${path}/${segment}`);
  })];
}

const document = JSON.stringify({
  id: 7,
  user: { name: 'Ada', 'a/b': { '~': 1 }, tags: ['x', 'y'] },
  items: [{ price: 1.5, sku: 'a' }, { sku: 'b' }, { price: 0, sku: null }],
});

describe('what a selection yields', () => {
  test('an object of the names that were found', async () => {
    const select = { id: '/id', name: '/user/name', last: '/items/2', none: '/user/none/deeper' };
    const found = await parse(document, { select });
    expect(found).toEqual({ id: 7, name: 'Ada', last: { price: 0, sku: null } });
    expect(Object.keys(found)).toEqual(['id', 'name', 'last']);
  });

  test('a list with undefined where there is nothing', async () => {
    expect(await parse(document, { select: ['/none', '/id', '/user/a~1b/~0', '/items/9'] })).toEqual([undefined, 7, 1, undefined]);
    expect(await parse(document, { select: ['/none'] })).toHaveLength(1);
  });

  test('one value, or undefined', async () => {
    expect(await parse(document, { select: '/user/tags' })).toEqual(['x', 'y']);
    expect(await parse(document, { select: '/user/tags/-' })).toBeUndefined();
    expect(await parse('""', { select: '' })).toBe('');
    expect(await parse('null', { select: '' })).toBeNull();
  });

  test('the whole document without one', async () => {
    expect(await parse(document)).toEqual(JSON.parse(document));
    expect(await operations.parseJson.run(' [1, {"a" : "b"}]\n')).toEqual([1, { a: 'b' }]);
  });

  test('every element', async () => {
    const select = { prices: '/items/*/price', none: '/user/*', first: '/items/0/sku', skus: '/items/*/sku' };
    expect(await parse(document, { select })).toEqual({ prices: [1.5, 0], none: [], first: 'a', skus: ['a', 'b', null] });
    expect(await parse('{"*":1,"l":[2]}', { select: ['/~2', '/*', '/l/*'] })).toEqual([1, [], [2]]);
  });

  test('names that other objects inherit are members like any other', async () => {
    const hostile = '{"__proto__":{"polluted":true},"constructor":1,"toString":2}';
    const found = await parse(hostile, { select: { c: '/constructor', p: '/__proto__', h: '/hasOwnProperty', ['__proto__']: '/toString' } });
    expect(found.c).toBe(1);
    expect(Object.hasOwn(found, 'h')).toBe(false);
    expect(Object.getOwnPropertyDescriptor(found, '__proto__').value).toBe(2);
    expect({}.polluted).toBeUndefined();
    expect(await parse('{}', { select: '/__proto__' })).toBeUndefined();
  });

  test('what JSON.parse makes of numbers and strings', async () => {
    const odd = String.raw`{"n":[-0,1e999,-1e999,123456789012345678901234567890,0.1e-400,5e-324],"s":["\ud800","\udc00\ud800","\u0000","\u2028 é 😀"]}`;
    for (const validation of ['full', 'touched']) {
      const { n, s } = await parse(odd, { select: { n: '/n', s: '/s' }, validate: validation });
      for (const [k, value] of JSON.parse(odd).n.entries()) expect(Object.is(n[k], value)).toBe(true);
      expect(s).toEqual(JSON.parse(odd).s);
    }
  });

  test('equal names: the last, or with validate touched the first', async () => {
    const repeated = '{"a":{"x":1},"a":{"y":2},"b":3,"b":4}';
    const select = { x: '/a/x', y: '/a/y', b: '/b' };
    expect(await parse(repeated, { select })).toEqual({ y: 2, b: 4 });
    expect(await parse(repeated, { select, validate: 'touched' })).toEqual({ x: 1, b: 3 });
  });

  test('agrees with JSON.parse and a look-up on anything', async () => {
    const value = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });
    await fc.assert(fc.asyncProperty(value, fc.boolean(), fc.infiniteStream(fc.nat()), async (json, pretty, picks) => {
      const text = JSON.stringify(json, null, pretty ? 2 : 0);
      const all = pointersOf(json).filter((pointer) => pointer.isWellFormed());
      const select = Array.from({ length: 4 }, () => all[picks.next().value % all.length]);
      select.push('/none', `${select[0]}/0`, `${select[1]}/none`);
      const wanted = select.map((pointer) => lookUp(JSON.parse(text), pointer));
      for (const validation of ['full', 'touched']) {
        expect(await parse(text, { select, validate: validation })).toEqual(wanted);
        expect(await parse(Buffer.from(text), { select, validate: validation })).toEqual(wanted);
      }
    }), { numRuns: 150 });
  });
});

describe('what is JSON', () => {
  const cases = [
    '', ' ', '1', '01', '-', '-0', '1.', '.5', '1e', '1e5', '+1', 'NaN', 'tru', 'true', 'nullx', '"a"', '"a', "'a'", '"\\x"', '"\\u12"', '"\\ud800"', '"\t"',
    '[]', '[1,]', '[,]', '[1 2]', '[1', ']', '[1]]', '{}', '{"a":1,}', '{"a"}', '{a:1}', '{"a":1 "b":2}', '{"a":{"b":[{}]}}', '\ufeff1', '1 // c', '"\u2028"', '[\f1]',
    '1\u00a0', '{"a":1}{"b":2}', '[1,2,3', '"\\', '[0x1]', '[Infinity]', '"\\ud83d\\ude00"',
  ];

  test.each(cases.map((text) => [JSON.stringify(text), text]))('%s', async (_shown, text) => {
    let accepted = true;
    try {
      JSON.parse(text);
    } catch {
      accepted = false;
    }
    const validity = await validate(text);
    expect(validity.valid).toBe(accepted);
    if (accepted) expect(await parse(text)).toEqual(JSON.parse(text));
    else await expect(parse(text)).rejects.toMatchObject({ code: 'ERR_SYNTAX', message: expect.stringContaining(validity.reason) });
  });

  test('agrees with JSON.parse on damaged documents', async () => {
    const damaged = fc.tuple(fc.json({ stringUnit: 'grapheme' }), fc.nat(), fc.constantFrom('', '"', '\\', ',', '}', ']', '0', '\n', 'é')).map(([text, at, put]) => {
      const k = at % (text.length + 1);
      return text.slice(0, k) + put + text.slice(k + 1);
    }).filter((text) => text.isWellFormed());
    await fc.assert(fc.asyncProperty(damaged, async (text) => {
      let accepted = true;
      try {
        JSON.parse(text);
      } catch {
        accepted = false;
      }
      expect((await validate(text)).valid).toBe(accepted);
    }), { numRuns: 300 });
  });

  test('says where and why not', async () => {
    expect(await validate('{"a":1}')).toEqual({ valid: true });
    expect(await validate('{\r\n  "ä": [1,\n 2,]}')).toEqual({
      valid: false, offset: 18, line: 3, column: 4, reason: "expected a value behind ',', found ']'",
    });
  });

  test('bytes that are not UTF-8 are not JSON', async () => {
    for (const bytes of [[0x22, 0xff, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xc0, 0x80, 0x22]]) {
      expect(await validate(Uint8Array.from(bytes))).toEqual({ valid: false, offset: 1, line: 1, column: 2, reason: 'a string holds bytes that are not UTF-8' });
    }
  });
});

describe('errors', () => {
  test('tell the place of the first problem', async () => {
    const error = await parse('{"a": 1,\n"b": tru}', { select: '/a' }).catch((reason) => reason);
    expect(error).toBeInstanceOf(OperationError);
    expect(error).toMatchObject({ code: 'ERR_SYNTAX', offset: 17, line: 2, column: 9 });
    expect(error.message).toContain("expected true, found '}'");
  });

  test('what is passed over is not checked with validate touched; what is selected is', async () => {
    const broken = '{"skip":[1,,tru],"a":{"b":1},"z":[01]} trailing';
    expect(await parse(broken, { select: '/a/b', validate: 'touched' })).toBe(1);
    await expect(parse(broken, { select: '/a/b' })).rejects.toMatchObject({ code: 'ERR_SYNTAX', offset: 11 });
    await expect(parse(broken, { select: '/z', validate: 'touched' })).rejects.toMatchObject({ code: 'ERR_SYNTAX' });
  });

  test('deep nesting has a limit and takes no stack', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await expect(validate(deep)).rejects.toMatchObject({ code: 'ERR_TOO_LARGE', offset: 1024 });
    await expect(parse(deep, { select: '/0/0' })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    expect(await validate(deep, { maxDepth: 100_000 })).toEqual({ valid: true });
    expect(await parse('[[1]]', { maxDepth: 2 })).toEqual([[1]]);
    await expect(parse('[[[1]]]', { maxDepth: 2 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE', offset: 2 });
  });

  test('large documents and results have a limit', async () => {
    expect(await parse('"1234"', { maxBytes: 6 })).toBe('1234');
    await expect(parse('"12345"', { maxBytes: 6 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    await expect(validate('"12345"', { maxBytes: 6 })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    await expect(parse('["123456789"]', { maxBytes: 14, select: ['', '/0'] })).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
  });

  test('one broken document is its own failure', async () => {
    const { results, errors } = await operations.parseJson({ select: '/a' }).runAll(['{"a":1}', '{"a":', '{"a":3}', 5]);
    expect(results).toEqual([1, 3]);
    expect(errors.map(({ index }) => index)).toEqual([1, 3]);
  });
});

describe('options', () => {
  test.each([
    ['a', RangeError, /does not begin with \//], ['/~', RangeError, /~ that is not followed/], ['/~3', RangeError, /~ that is not followed/],
    ['/\ud800', RangeError, /lone surrogates/], [[], RangeError, /at least one/], [{}, RangeError, /at least one/], [5, TypeError, /a JSON Pointer/],
    [[5], TypeError, /a JSON Pointer/], [{ a: null }, TypeError, /a JSON Pointer/], [{ '\ud800': '/a' }, RangeError, /lone surrogates/],
    ['/a'.repeat(1025), RangeError, /too many segments/],
  ])('select: %j', (select, type, message) => {
    expect(() => operations.parseJson({ select })).toThrow(type);
    expect(() => operations.parseJson({ select })).toThrow(message);
  });

  test('wildcards that overlap too much are refused', () => {
    const select = Array.from({ length: 40 }, (_, k) => `${'/*'.repeat(k)}/0`);
    expect(() => operations.parseJson({ select })).toThrow(/overlap too much/);
  });

  test.each([['validate', 'none'], ['maxBytes', 0], ['maxDepth', 0], ['maxDepth', 1.5]])('%s: %j', (name, value) => {
    expect(() => operations.parseJson({ [name]: value })).toThrow(RangeError);
  });

  test('null and undefined mean the default', async () => {
    expect(await parse('[1]', { select: null, validate: undefined, maxBytes: null, maxDepth: undefined })).toEqual([1]);
    expect(await operations.validateJson(null).run('[1]')).toEqual({ valid: true });
  });
});

test('a large document of many lines and one of a single line', async () => {
  const records = Array.from({ length: 30_000 }, (_, k) => ({ id: k, name: `name "${k}" ä`, list: [k, [k]] }));
  for (const space of [0, 1]) {
    const text = JSON.stringify({ records, end: 'e' }, null, space);
    const select = { ids: '/records/*/list/1/0', one: '/records/29999/name', end: '/end' };
    for (const validation of ['full', 'touched']) {
      const found = await parse(text, { select, validate: validation });
      expect(found.ids).toEqual(records.map(({ id }) => id));
      expect(found).toMatchObject({ one: 'name "29999" ä', end: 'e' });
    }
    expect(await validate(`${text}x`)).toMatchObject({ valid: false, reason: "expected the end of the input, found 'x'" });
  }
});

test('in a pipe both look and pass the document on', async () => {
  const looked = pipe(operations.validateJson().as('validity'), operations.parseJson({ select: '/a' }).as('a'), operations.hash().as('hash'));
  expect(await looked.run('{"a":[1]}')).toEqual({ validity: { valid: true }, a: [1], hash: await operations.hash.run('{"a":[1]}') });
});

test('an aborted run rejects with its reason', async () => {
  const signal = AbortSignal.abort('enough');
  await expect(operations.parseJson().run('[1]', { signal })).rejects.toBe('enough');
});
