// Markdown: HTML, plain text, links and headings. CommonMark, or GitHub's dialect of it.
import { boolean, integer, oneOf, record } from '../options.js';
import { Operation } from './operation.js';

/**
 * @typedef {import('./result-view.js').ResultView} ResultView
 * @typedef {import('../../types/operations/markdown.js').MarkdownLink} MarkdownLink
 * @typedef {import('../../types/operations/markdown.js').MarkdownHeading} MarkdownHeading
 */

const MEGABYTE = 1024 * 1024;
const MOST_MARKDOWN_BYTES = 512 * MEGABYTE - 24; // of V8's longest string
const MOST_NESTING = 1000;

/** @param {Record<string, unknown>} given */
function syntaxOptions(given) {
  const flavor = oneOf('flavor', given.flavor, 'github', ['github', 'commonmark']);
  const extended = flavor === 'github';
  return {
    flavor,
    tables: boolean('tables', given.tables, extended),
    strikethrough: boolean('strikethrough', given.strikethrough, extended),
    taskLists: boolean('taskLists', given.taskLists, extended),
    autolinks: boolean('autolinks', given.autolinks, extended),
    maxNesting: integer('maxNesting', given.maxNesting, 100, 1, MOST_NESTING),
    maxBytes: integer('maxBytes', given.maxBytes, 16 * MEGABYTE, 1, MOST_MARKDOWN_BYTES),
    maxOutputBytes: integer('maxOutputBytes', given.maxOutputBytes, 256 * MEGABYTE, 1, MOST_MARKDOWN_BYTES),
  };
}

/** @param {unknown} options */
function outlineOptions(options) {
  const given = record('options', options);
  return { ...syntaxOptions(given), offsets: oneOf('offsets', given.offsets, 'utf16', ['utf16', 'bytes']) };
}

/**
 * @param {ResultView} view
 * @param {number} k
 */
function decodeText(view, k) {
  return view.text(k, 0);
}

/**
 * @param {ResultView} view
 * @param {number} k
 */
function decodeList(view, k) {
  return JSON.parse(view.text(k, 0));
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, string>}
 */
function markdownToHtml(options) {
  const given = record('options', options);
  const completed = {
    ...syntaxOptions(given),
    html: oneOf('html', given.html, 'allow', ['allow', 'filter', 'escape', 'drop']),
    hardBreaks: boolean('hardBreaks', given.hardBreaks, false),
    headingIds: boolean('headingIds', given.headingIds, false),
    xhtml: boolean('xhtml', given.xhtml, false),
    safeUrls: boolean('safeUrls', given.safeUrls, false),
  };
  return new Operation('markdownToHtml', completed, { input: 'bytes', blocking: false, decode: decodeText });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, string>}
 */
function markdownText(options) {
  const completed = syntaxOptions(record('options', options));
  return new Operation('markdownText', completed, { input: 'bytes', blocking: false, decode: decodeText });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, MarkdownLink[]>}
 */
function markdownLinks(options) {
  return new Operation('markdownLinks', outlineOptions(options), { input: 'bytes', blocking: false, decode: decodeList });
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, MarkdownHeading[]>}
 */
function markdownHeadings(options) {
  return new Operation('markdownHeadings', outlineOptions(options), { input: 'bytes', blocking: false, decode: decodeList });
}

export const markdownOperations = { markdownToHtml, markdownText, markdownLinks, markdownHeadings };
