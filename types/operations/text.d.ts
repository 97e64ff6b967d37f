import type { FilePath, Operation, SizeLimit } from './operation.js';

export interface DecodeTextOptions extends SizeLimit {
  /**
   * The encoding of the bytes; its byte order mark, if there is one, is removed. `'auto'` (default): what the byte order
   * mark says, UTF-8 without one. `'latin1'` is ISO-8859-1.
   */
  encoding?: 'auto' | 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1' | null | undefined;
  /**
   * What becomes of bytes that the encoding does not allow: U+FFFD, as the WHATWG Encoding standard and so TextDecoder
   * places it (default), or the item's failure with `ERR_CORRUPT_DATA`, `offset`, `line` and `column`.
   */
  malformed?: 'replace' | 'error' | null | undefined;
}

export interface LinesOptions {
  /** Remove white space (that of `String.prototype.trim`) at both ends of each line. Default false. */
  trim?: boolean | null | undefined;
  /** Leave out lines of nothing but white space. Default false. */
  skipBlank?: boolean | null | undefined;
  /** At most so many lines, the first of those that remain. Default Infinity. */
  maxLines?: number | null | undefined;
}

export interface NormalizeTextOptions {
  /** Remove white space (that of `String.prototype.trim`) before the ends of lines. Default false. */
  trimLineEnds?: boolean | null | undefined;
  /** End a text that is not empty with exactly one LF. Default false. */
  finalNewline?: boolean | null | undefined;
}

export interface SearchTextOptions {
  /**
   * What to look for, 1 to 10000 patterns: regular expressions, or strings with the source of one (as of `new RegExp(source, 'u')`).
   * The flags i, m, s and u mean what they mean in JavaScript, g changes nothing; y, v and d are refused, and so are
   * look-ahead, look-behind and back-references, which cannot be decided in linear time.
   */
  patterns: string | RegExp | readonly (string | RegExp)[];
  /** Strings are the text to find. Default false. */
  fixed?: boolean | null | undefined;
  /** For strings: as the flag i. Default false. */
  ignoreCase?: boolean | null | undefined;
  /** Put `\b` before and behind every pattern. Default false. */
  wholeWord?: boolean | null | undefined;
  /**
   * What `start`, `end` and `column` count: UTF-16 units, as positions in a JavaScript string do (default), or bytes
   * of the item.
   */
  offsets?: 'utf16' | 'bytes' | null | undefined;
  /** Tell the text of each match. Default true. */
  text?: boolean | null | undefined;
  /** Tell the text of the line in which each match begins. Default false. */
  lines?: boolean | null | undefined;
  /** Tell what the groups matched. Needs `text`. Default false. */
  groups?: boolean | null | undefined;
  /** At most so many matches of all patterns together, the first of the text; `truncated` tells. Default 1000000; from 1 to 100000000. */
  maxMatches?: number | null | undefined;
  /**
   * Memory in MB that each pattern's automaton may take; when it is full the pattern is searched for more slowly, and a
   * pattern that cannot even be compiled with it is refused. Default 8; from 1 to 1024.
   */
  patternMemory?: number | null | undefined;
}

/** One match. Offsets count from 0, lines and columns from 1, in what `offsets` says. */
export interface TextMatch {
  /** The index of the pattern. */
  pattern: number;
  start: number;
  end: number;
  /** Lines end with LF, CRLF or a lone CR. */
  line: number;
  column: number;
  /** Unless `text` is false. */
  text?: string;
  /** With `lines`: the line in which the match begins, without its end. */
  lineText?: string;
  /** With `groups`: what each group matched, undefined for one that took no part. */
  groups?: (string | undefined)[];
  /** With `groups`: the same by name, where there are names. */
  named?: Record<string, string | undefined>;
}

/**
 * The matches in one text, by `start`, then by `pattern`. Columns of numbers, in memory that the results of one batch
 * share; match objects are made when asked for, by `at()` or iteration.
 */
export interface TextMatches extends Iterable<TextMatch> {
  readonly length: number;
  /** There are more than `maxMatches`. */
  readonly truncated: boolean;
  readonly patterns: Uint32Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly lines: Uint32Array;
  readonly columns: Uint32Array;
  /** The match at an index, from the end if negative; undefined if there is none. */
  at(index: number): TextMatch | undefined;
}

export interface TextOperations {
  /**
   * The text of a file. O(n). `maxBytes` bounds the text's UTF-8.
   * @throws OperationError what the system refuses; `ERR_CORRUPT_DATA` with `malformed: 'error'`; `ERR_TOO_LARGE`
   */
  readText(options?: DecodeTextOptions | null): Operation<FilePath, string>;
  /** The text that bytes stand for (WHATWG Encoding standard). O(n). @throws OperationError as readText() */
  decodeText(options?: DecodeTextOptions | null): Operation<string | Uint8Array, string>;
  /**
   * The lines of a text in UTF-8, without their ends: LF, CRLF or a lone CR. An end at the very end begins no further line; a byte
   * order mark is removed. O(n).
   */
  lines(options?: LinesOptions | null): Operation<string | Uint8Array, string[]>;
  /** The text in UTF-8 without byte order mark, with LF for CRLF and lone CR. O(n). */
  normalizeText(options?: NormalizeTextOptions | null): Operation<string | Uint8Array, string>;
  /**
   * All matches of many patterns, as `matchAll()` finds them for each: leftmost, first alternative first, not overlapping. The text is
   * UTF-8; bytes that are not count as what TextDecoder makes of them. Each single match is found in time linear in
   * the text (RE2). docs/api/operations/text.md lists where results differ from JavaScript's.
   * @throws RangeError at construction for a pattern that is refused, saying which and why; OperationError `ERR_TOO_LARGE` beyond 4 GiB
   * of text, or of 2^29 characters of matched text
   */
  searchText(options: SearchTextOptions): Operation<string | Uint8Array, TextMatches>;
}
