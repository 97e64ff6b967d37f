import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { operations, pipe } from '../../../lib/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
/** @param {Uint8Array | string} content */
function fileWith(content) {
  const file = path.join(folder, `${files++}.txt`);
  writeFileSync(file, content);
  return file;
}

const TEXT = 'grüße 😀\r\nend';
const UTF16 = Buffer.from(TEXT, 'utf16le');

describe('readText', () => {
  it('goes by the byte order mark', async () => {
    const contents = [
      Buffer.from(TEXT),
      Buffer.from(`\ufeff${TEXT}`),
      Buffer.concat([Buffer.from([0xff, 0xfe]), UTF16]),
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(UTF16).swap16()]),
    ];
    for (const content of contents) expect(await operations.readText().run(fileWith(content))).toBe(TEXT);
    expect(await operations.readText.run(fileWith(''))).toBe('');
  });

  it('reads the encoding that it is told', async () => {
    expect(await operations.readText({ encoding: 'utf-16le' }).run(fileWith(UTF16))).toBe(TEXT);
    expect(await operations.readText({ encoding: 'latin1' }).run(fileWith(Buffer.from([0x67, 0xfc])))).toBe('gü');
  });

  it('fails with the system, or with the place of what is malformed', async () => {
    await expect(operations.readText().run(path.join(folder, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
    const broken = fileWith(Buffer.from([0x61, 0x0a, 0xc3, 0xbc, 0xff, 0x62]));
    expect(await operations.readText().run(broken)).toBe('a\nü\ufffdb');
    await expect(operations.readText({ malformed: 'error' }).run(broken)).rejects.toMatchObject({
      code: 'ERR_CORRUPT_DATA',
      offset: 4,
      line: 2,
      column: 2,
    });
  });

  it('reads no more than maxBytes', async () => {
    expect(await operations.readText({ maxBytes: 4 }).run(fileWith('\ufeffabcd'))).toBe('abcd');
    for (const content of ['abcde', 'x'.repeat(100)]) {
      await expect(operations.readText({ maxBytes: 4 }).run(fileWith(content))).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' });
    }
  });

  it('passes its text on', async () => {
    const file = fileWith(Buffer.concat([Buffer.from([0xff, 0xfe]), UTF16]));
    expect(await pipe(operations.readText(), operations.lines()).run(file)).toEqual(TEXT.split('\r\n'));
  });
});

describe('decodeText', () => {
  it('replaces as TextDecoder does', async () => {
    const bytes = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31 + i * 7) % 256));
    for (const encoding of /** @type {const} */ (['utf-8', 'utf-16le', 'utf-16be'])) {
      expect(await operations.decodeText({ encoding }).run(bytes)).toBe(new TextDecoder(encoding).decode(bytes));
    }
    expect(await operations.decodeText({ encoding: 'latin1' }).run(bytes)).toBe(bytes.toString('latin1'));
  });

  it.each([['encoding', 'utf-7'], ['malformed', 'ignore'], ['maxBytes', 0]])('refuses %s: %s', (name, value) => {
    expect(() => operations.decodeText(/** @type {any} */ ({ [name]: value }))).toThrow(new RegExp(`"${name}" must be`));
  });
});

describe('lines', () => {
  const cases = ['a\nb\r\nc\rd', '', '\n', 'a\n', '\r\r\n\n', 'ü\u2028b', '\ufeffa\nb'];
  it.each(cases)('%j', async (text) => {
    const expected = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
    if (expected.at(-1) === '') expected.pop();
    expect(await operations.lines().run(text)).toEqual(expected);
  });

  it('can be trimmed, skipped and limited', async () => {
    const text = ' a\t\n\u00a0\n\nb\n c ';
    expect(await operations.lines({ trim: true }).run(text)).toEqual(['a', '', '', 'b', 'c']);
    expect(await operations.lines({ skipBlank: true }).run(text)).toEqual([' a\t', 'b', ' c ']);
    expect(await operations.lines({ trim: true, skipBlank: true, maxLines: 2 }).run(text)).toEqual(['a', 'b']);
    expect((await operations.lines({ maxLines: Infinity }).run(text)).length).toBe(5);
    expect(() => operations.lines({ maxLines: 0 })).toThrow(/"maxLines" must be/);
  });

  it('survives any bytes', async () => {
    const bytes = Buffer.from([0xff, 0x0d, 0xc3, 0x0a, 0x80]);
    expect(await operations.lines().run(bytes)).toEqual(['\ufffd', '\ufffd', '\ufffd']);
  });
});

describe('normalizeText', () => {
  it('has LF only and no byte order mark', async () => {
    expect(await operations.normalizeText().run('\ufeffa \r\nb\rc\n')).toBe('a \nb\nc\n');
    expect(await operations.normalizeText.run('')).toBe('');
  });

  it('can trim the ends of lines and end with one newline', async () => {
    const text = 'a \t\r\n b\u3000\n\n\n';
    expect(await operations.normalizeText({ trimLineEnds: true }).run(text)).toBe('a\n b\n\n\n');
    expect(await operations.normalizeText({ trimLineEnds: true, finalNewline: true }).run(text)).toBe('a\n b\n');
    expect(await operations.normalizeText({ finalNewline: true }).run('a')).toBe('a\n');
  });

  it('passes its text on', async () => {
    const both = pipe(operations.normalizeText().as('text'), operations.hash({ algorithm: 'sha256' }).as('hash'));
    expect((await both.run('a\r\n')).hash).toBe(await operations.hash({ algorithm: 'sha256' }).run('a\n'));
  });
});
