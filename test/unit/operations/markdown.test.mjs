// Markdown to HTML, text, links and headings; what untrusted documents can and cannot do.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationError, operations, pipe } from '../../../lib/index.js';
import { scratchFolder } from './scratch.mjs';

const { path } = scratchFolder();
const fixtures = new URL('../../fixtures/commonmark/', import.meta.url);
const html = (markdown, options) => operations.markdownToHtml(options).run(markdown);
const links = (markdown, options) => operations.markdownLinks(options).run(markdown);
const headings = (markdown, options) => operations.markdownHeadings(options).run(markdown);

describe('markdownToHtml', () => {
  test("CommonMark's own examples, all but one", async () => {
    const examples = JSON.parse(readFileSync(new URL('commonmark-0.30.json', fixtures), 'utf8'));
    const operation = operations.markdownToHtml({ flavor: 'commonmark', xhtml: true });
    const { results, errors } = await operation.runAll(examples.map(({ markdown }) => markdown));
    expect(errors).toEqual([]);
    expect(examples).toHaveLength(652);
    const differing = examples.filter((example, k) => results[k] !== example.html);
    expect(differing.map(({ example }) => example)).toEqual([171]);
  });

  test('GitHub by default, each extension by itself', async () => {
    const page = '~~a~~ www.b.org\n\n- [x] c\n\n|d|\n|---|\n';
    expect(await html(page)).toBe(
      '<p><del>a</del> <a href="http://www.b.org">www.b.org</a></p>\n' +
        '<ul>\n<li><input checked="" disabled="" type="checkbox"> c</li>\n</ul>\n' +
        '<table>\n<thead>\n<tr>\n<th>d</th>\n</tr>\n</thead>\n</table>\n',
    );
    expect(await html(page, { flavor: 'commonmark' })).toBe(
      '<p>~~a~~ www.b.org</p>\n<ul>\n<li>[x] c</li>\n</ul>\n<p>|d|\n|---|</p>\n',
    );
    expect(await html('~a~ www.b.org', { flavor: 'commonmark', strikethrough: true })).toBe('<p><del>a</del> www.b.org</p>\n');
    expect(await html('~a~ www.b.org', { autolinks: false })).toBe('<p><del>a</del> www.b.org</p>\n');
  });

  test('options of the HTML', async () => {
    expect(await html('# A b\na\nb\n\n***', { headingIds: true, hardBreaks: true, xhtml: true })).toBe(
      '<h1 id="a-b">A b</h1>\n<p>a<br />\nb</p>\n<hr />\n',
    );
    const hostile = '<script>x</script>\n\n[a](javascript:b) <i onclick="c">d</i>';
    expect(await html(hostile)).toContain('<script>x</script>');
    expect(await html(hostile, { html: 'filter' })).toContain('&lt;script>x&lt;/script>');
    for (const safe of ['escape', 'drop']) {
      const result = await html(hostile, { html: safe, safeUrls: true });
      expect(result).not.toMatch(/<script|<i|javascript:/);
      expect(result).toContain('<a href="">a</a>');
    }
  });

  test('bytes of any kind', async () => {
    expect(await html(Buffer.from('\ufeff# ä'))).toBe('<h1>ä</h1>\n');
    expect(await html(Buffer.from([0x61, 0xff, 0x00, 0x62]))).toBe('<p>a\ufffd\ufffdb</p>\n');
    expect(await html('')).toBe('');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect((await html(bytes)).isWellFormed()).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('in a pipe: read, split, convert', async () => {
    const file = path('page.md');
    await writeFile(file, '---\ntitle: T\n---\n# Hi\n');
    const page = pipe(operations.readFile(), operations.frontMatter({ body: false }).as('matter'), operations.markdownToHtml().as('html'));
    const { matter, html: result } = await page.run(file);
    expect(matter.data).toEqual({ title: 'T' });
    expect(result).toBe('<h1>Hi</h1>\n');
    const text = await pipe(operations.markdownLinks().as('links'), operations.markdownText().as('text')).run('[a](b)');
    expect(text).toEqual({ links: [expect.objectContaining({ url: 'b' })], text: 'a\n' });
  });
});

describe('limits', () => {
  const tooLarge = (message) => expect.objectContaining({ code: 'ERR_TOO_LARGE', message: expect.stringContaining(message) });

  test('each is an error of its own', async () => {
    await expect(html('12345', { maxBytes: 4 })).rejects.toEqual(tooLarge('limit is 4'));
    await expect(html('> > > a', { maxNesting: 2 })).rejects.toEqual(tooLarge('within each other'));
    await expect(html('[a]\n\n[a]: /' + 'b'.repeat(999), { maxOutputBytes: 500 })).rejects.toEqual(tooLarge('500 bytes'));
    await expect(links(`${'['.repeat(50_000)}${']'.repeat(50_000)}\n\n[a]: b`)).rejects.toBeInstanceOf(OperationError);
    const wide = `${'x|'.repeat(5000)}\n${'---|'.repeat(5000)}\n${'y\n'.repeat(50_000)}`;
    await expect(html(wide, { maxOutputBytes: 1e6 })).rejects.toEqual(tooLarge('1000000 bytes'));
  });

  test('a bad option names itself', () => {
    expect(() => operations.markdownToHtml({ flavor: 'gfm' })).toThrow(/flavor.*gfm/);
    expect(() => operations.markdownToHtml({ html: true })).toThrow(/html/);
    expect(() => operations.markdownLinks({ offsets: 'chars' })).toThrow(/offsets/);
    expect(() => operations.markdownText({ maxNesting: 0 })).toThrow(/maxNesting/);
    expect(() => operations.markdownHeadings({ tables: 1 })).toThrow(/tables/);
    expect(() => operations.markdownText({ maxBytes: 2 ** 29 })).toThrow(/maxBytes/);
  });
});

describe('outline', () => {
  test('links', async () => {
    const page = '😀 [a *b*](c "d")\r\n![e](<f g>) <hh:i> [j][k] l@m.no [](p)\n\n[k]: /k&amp;l\n';
    const expected = [
      ['link', 'c', 'd', 'a b', '[a', 1, 3],
      ['image', 'f g', null, 'e', '![e', 2, 1],
      ['autolink', 'hh:i', null, 'hh:i', '<h', 2, 13],
      ['link', '/k&l', null, 'j', '[j', 2, 20],
      ['autolink', 'mailto:l@m.no', null, 'l@m.no', 'l@', 2, 27],
      ['link', 'p', null, '', '[](', 2, 34],
    ].map(([kind, url, title, text, at, line, column]) => ({ kind, url, title, text, offset: page.indexOf(at), line, column }));
    expect(await links(page)).toEqual(expected);
    const bytes = Buffer.from(page);
    const inBytes = await links(bytes, { offsets: 'bytes' });
    expect(inBytes.map(({ offset }) => offset)).toEqual(expected.map(({ offset }) => Buffer.byteLength(page.slice(0, offset))));
    expect(await links('[](a\\_b)')).toEqual([{ kind: 'link', url: 'a_b', title: null, text: '', offset: null, line: null, column: null }]);
  });

  test('headings', async () => {
    expect(await headings('# A\n\nB `c`\n---\n\n> ## A\n\n#\n')).toEqual([
      { level: 1, text: 'A', slug: 'a', offset: 0, line: 1, column: 1 },
      { level: 2, text: 'B c', slug: 'b-c', offset: 5, line: 3, column: 1 },
      { level: 2, text: 'A', slug: 'a-1', offset: 18, line: 6, column: 3 },
      { level: 1, text: '', slug: '', offset: null, line: null, column: null },
    ]);
  });

  test('text that JSON has to escape', async () => {
    const [link] = await links('[a"\\\\\u2028\u0001](b\\" "c\\\\\u0002")', {});
    expect(link.text).toBe('a"\\\u2028\u0001');
    expect(link.title).toBe('c\\\u0002');
  });
});
