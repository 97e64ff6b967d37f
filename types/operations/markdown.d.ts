import type { Operation } from './operation.js';

/** Which Markdown, and how much of it. */
export interface MarkdownOptions {
  /** `'github'` (default): CommonMark with all four extensions below; `'commonmark'`: with none. Each can be switched by itself. */
  flavor?: 'github' | 'commonmark' | null | undefined;
  /** Tables of cells between `|`. Default as `flavor` says. */
  tables?: boolean | null | undefined;
  /** `~~struck~~` and `~struck~`. Default as `flavor` says. */
  strikethrough?: boolean | null | undefined;
  /** `- [ ]` and `- [x]`. Default as `flavor` says. */
  taskLists?: boolean | null | undefined;
  /** Bare `https://`, `http://`, `ftp://` and `www.` addresses and e-mail addresses are links. Default as `flavor` says. */
  autolinks?: boolean | null | undefined;
  /** How many quotes and lists may be within each other; beyond it `ERR_TOO_LARGE`. Default 100; from 1 to 1000. */
  maxNesting?: number | null | undefined;
  /** Largest document, in bytes; beyond it `ERR_TOO_LARGE`. Default 16 MiB; from 1 to 512 MiB less 24 bytes. */
  maxBytes?: number | null | undefined;
  /**
   * Largest result, in bytes of its texts; beyond it `ERR_TOO_LARGE`. A small document can ask for a large result: a table's short
   * rows are filled up, a definition is used again and again. Default 256 MiB; from 1 to 512 MiB less 24 bytes.
   */
  maxOutputBytes?: number | null | undefined;
}

export interface MarkdownHtmlOptions extends MarkdownOptions {
  /**
   * HTML in the document: `'allow'` (default) passes it on as it is, scripts included; `'filter'` disarms the nine tags that
   * GitHub disallows (script, style, iframe, ...); `'escape'` knows no HTML and shows it as text; `'drop'` leaves it out. Only
   * `'escape'` and `'drop'`, with `safeUrls`, make HTML from untrusted documents safe to show.
   */
  html?: 'allow' | 'filter' | 'escape' | 'drop' | null | undefined;
  /**
   * Destinations with the schemes javascript, vbscript, file, and data but for PNG, GIF, JPEG and WebP images, become empty.
   * Default false.
   */
  safeUrls?: boolean | null | undefined;
  /** Every line break in a paragraph is a `<br>`. Default false. */
  hardBreaks?: boolean | null | undefined;
  /** Headings get GitHub's anchor as `id`. Default false. */
  headingIds?: boolean | null | undefined;
  /** `<br />` instead of `<br>`. Default false. */
  xhtml?: boolean | null | undefined;
}

export interface MarkdownOutlineOptions extends MarkdownOptions {
  /** What `offset` counts: `'utf16'` (default), positions in a JavaScript string, or `'bytes'` of the UTF-8. */
  offsets?: 'utf16' | 'bytes' | null | undefined;
}

/** A place in the document; all three are null where it is unknown. */
export interface MarkdownPlace {
  /** From 0. */
  offset: number | null;
  /** From 1; LF, CRLF and CR end lines. */
  line: number | null;
  /** From 1, in characters. */
  column: number | null;
}

/**
 * A link or image. The place is that of its `[`, `![` or `<`, or of a bare address; unknown for a link without text whose destination
 * has escapes or is a reference, and for one whose text begins with a character reference.
 */
export interface MarkdownLink extends MarkdownPlace {
  /** `'link'`: `[text](url)` and references; `'autolink'`: `<url>` and bare addresses. */
  kind: 'link' | 'image' | 'autolink';
  /** The destination, references resolved, without escapes, not percent-encoded. `mailto:` and `http://` are added to bare addresses. */
  url: string;
  /** Null without one. */
  title: string | null;
  /** Without markup; an image's description. */
  text: string;
}

/** A heading. The place is that of its `#`, or of an underlined heading's first word; unknown for an empty heading. */
export interface MarkdownHeading extends MarkdownPlace {
  level: 1 | 2 | 3 | 4 | 5 | 6;
  /** Without markup; an image counts as its description. */
  text: string;
  /** GitHub's anchor (as github-slugger has it), unique in the document. */
  slug: string;
}

export interface MarkdownOperations {
  /**
   * A Markdown document as HTML, as md4c reads it: CommonMark 0.30 but for `<textarea>`, and GitHub's extensions. Bytes that are not
   * UTF-8, and NUL, become U+FFFD; a byte order mark is skipped. O(n) in document and result. In a pipe it passes the HTML on.
   * Sources: CommonMark 0.30, GitHub Flavored Markdown 0.29.
   * @throws OperationError `ERR_TOO_LARGE` beyond a limit, and for paragraphs with so many brackets that they may take quadratic time
   */
  markdownToHtml(options?: MarkdownHtmlOptions | null): Operation<string | Uint8Array, string>;
  /**
   * What a reader sees of a document: no markup, no HTML; blocks end with a line feed, a table's cells are separated by tabs. O(n).
   * In a pipe it passes the text on.
   * @throws OperationError as `markdownToHtml`
   */
  markdownText(options?: MarkdownOptions | null): Operation<string | Uint8Array, string>;
  /**
   * All links and images in the order of the document. What is in raw HTML, or within an image's description, is not among them. O(n).
   * In a pipe it passes the document on.
   * @throws OperationError as `markdownToHtml`
   */
  markdownLinks(options?: MarkdownOutlineOptions | null): Operation<string | Uint8Array, MarkdownLink[]>;
  /**
   * All headings in the order of the document. O(n). In a pipe it passes the document on.
   * @throws OperationError as `markdownToHtml`
   */
  markdownHeadings(options?: MarkdownOutlineOptions | null): Operation<string | Uint8Array, MarkdownHeading[]>;
}
