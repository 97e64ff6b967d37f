import type { Operation } from './operation.js';

/** How data is read, whatever its language. */
export interface DataOptions {
  /**
   * What timestamps become: `'string'` (default), the text as written, or `'date'`, a Date. In YAML these are plain scalars in
   * YAML 1.1's form (`2024-03-05`, `2024-03-05T10:20:30Z`; without a zone UTC), in TOML offset date-times; TOML's local dates
   * and times are no instants and stay strings. JSON has none.
   */
  dates?: 'string' | 'date' | null | undefined;
  /** How deep collections may be nested; beyond it `ERR_TOO_LARGE`. Default 100; from 1 to 1000. */
  maxDepth?: number | null | undefined;
  /** Largest data, in bytes of its JSON; beyond it `ERR_TOO_LARGE`. Default 64 MiB; from 1 to 512 MiB less 24 bytes. */
  maxBytes?: number | null | undefined;
}

/** How YAML is read. */
export interface YamlDataOptions extends DataOptions {
  /**
   * What plain scalars mean. `'core'` (default): YAML 1.2's core schema. `'yaml-1.1'`: also yes, no, on, off, y, n, `014`, `0b1`,
   * `1_000`, `190:20:30`. `'json'`: JSON's forms only, all others are errors. `'failsafe'`: all are strings.
   */
  schema?: 'core' | 'yaml-1.1' | 'json' | 'failsafe' | null | undefined;
  /** Whether the key `<<` merges mappings (schemas core and yaml-1.1). Default true. */
  merge?: boolean | null | undefined;
  /** Tags that are none of YAML's own: an error (default), or ignored; an ignored scalar is a string. */
  unknownTags?: 'error' | 'ignore' | null | undefined;
  /** How many nodes aliases and merges may add to the document; beyond it `ERR_TOO_LARGE`. Default 100000; from 0. */
  maxAliasNodes?: number | null | undefined;
}

export type FrontMatterFormat = 'yaml' | 'toml' | 'json';

/** The lines around front matter. */
export interface FrontMatterDelimiters {
  /** The first line; a language (`yaml`, `toml`, `json`) may follow it there. */
  open: string;
  /** The line that ends the data. Default: as `open`. */
  close?: string | null | undefined;
  /** What the data is in unless the first line says. Default: the first of `formats`. */
  language?: FrontMatterFormat | null | undefined;
}

export interface FrontMatterOptions extends YamlDataOptions {
  /** The languages that are read; blocks of others belong to the body. Default all. */
  formats?: readonly FrontMatterFormat[] | null | undefined;
  /** In place of all usual delimiters. */
  delimiters?: FrontMatterDelimiters | null | undefined;
  /** A block whose closing line is missing: an error (default), or all of the text is body. */
  unterminated?: 'error' | 'body' | null | undefined;
  /**
   * `'object'` (default), or `'json'`: the data's JSON text, for a cache, a database or NDJSON; it costs the event loop a
   * fraction. What JSON lacks (NaN, infinities, Dates) is null in it.
   */
  data?: 'object' | 'json' | null | undefined;
  /** Whether the result has the body. Default true. Without it, cut it at the offsets where you need it. */
  body?: boolean | null | undefined;
}

/** Offsets from 0; all 0 without front matter (or behind a byte order mark). */
export interface FrontMatterOffsets {
  /** Of the data, delimiters not included. */
  dataStart: number;
  dataEnd: number;
  /** Of the body, behind the closing line. */
  bodyStart: number;
}

export interface FrontMatter<T = Record<string, any>> {
  /** An object in every case, `{}` without front matter; or its JSON text, as the option `data` says. */
  data: T;
  /** The text behind the front matter, as it is; undefined with `body: false`. Bytes that are not UTF-8 become U+FFFD. */
  body: string;
  /** What the data was in; null without front matter. */
  format: FrontMatterFormat | null;
  /** There is front matter, and no key in it. */
  empty: boolean;
  /** The line in which the body begins, from 1. */
  bodyLine: number;
  /** In UTF-16 units, as positions in a JavaScript string. */
  offsets: FrontMatterOffsets;
  /** In bytes of the UTF-8. */
  byteOffsets: FrontMatterOffsets;
}

export interface FrontMatterOperations {
  /**
   * Splits a text into the data at its beginning and the body. `---` opens YAML (or the language named behind it), ended by `---`
   * or, for YAML, `...`; `+++` TOML; `;;;` JSON, braces optional; `{` at the very beginning is JSON without delimiters. A byte
   * order mark is skipped; lines end with LF or CRLF. O(n) in the data and in what aliases add; the body is not looked at.
   * In a pipe it passes the body on. Sources: YAML 1.2.2 (as far as libyaml reads it; docs/api/operations/front-matter.md
   * lists the differences), TOML 1.0, RFC 8259.
   * @throws OperationError `ERR_SYNTAX` with `offset`, `line` and `column` in the text: malformed data, a duplicate key, data that
   * is no mapping, a missing closing line; `ERR_TOO_LARGE` beyond a limit
   */
  frontMatter(options: FrontMatterOptions & { data: 'json' }): Operation<string | Uint8Array, FrontMatter<string>>;
  frontMatter<T = Record<string, any>>(options?: FrontMatterOptions | null): Operation<string | Uint8Array, FrontMatter<T>>;
  /**
   * A YAML document as a value: null when there is nothing but comments. Aliases become equal copies. O(n). In a pipe it passes
   * its input on.
   * @throws OperationError as `frontMatter`; `ERR_SYNTAX` also for a second document
   */
  parseYaml<T = any>(options?: YamlDataOptions | null): Operation<string | Uint8Array, T>;
  /**
   * A TOML document as an object, its keys in the order of their bytes. Integers beyond 2^53 are `ERR_SYNTAX`: no number holds
   * them. O(n log n). In a pipe it passes its input on.
   * @throws OperationError as `frontMatter`
   */
  parseToml<T = Record<string, any>>(options?: DataOptions | null): Operation<string | Uint8Array, T>;
}
