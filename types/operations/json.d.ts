import type { Operation, SizeLimit } from './operation.js';

/**
 * A place in a JSON document: a JSON Pointer (RFC 6901), for example `/items/0/name`; `''` is the whole document. In a
 * segment `~0` stands for `~` and `~1` for `/`.
 *
 * Beyond RFC 6901 the segment `*` stands for every element of an array; the result is then an array of all values found, in
 * the document's order, nested ones in one list, empty when there are none. A member that is called `*` is written `~2`.
 */
export type JsonPointer = string;

/** One pointer, a list of them, or an object of them. */
export type JsonSelect = JsonPointer | readonly JsonPointer[] | Readonly<Record<string, JsonPointer>>;

export interface JsonLimits {
  /** Largest document, and largest text of the values selected, in bytes; beyond it `ERR_TOO_LARGE`. Default 1 GiB; from 1 to `buffer.constants.MAX_LENGTH`. */
  maxBytes?: SizeLimit['maxBytes'];
  /** Levels of arrays and objects; beyond it `ERR_TOO_LARGE`. Default 1024; from 1 to 1000000. */
  maxDepth?: number | null | undefined;
}

export interface ParseJsonOptions<S extends JsonSelect = JsonSelect> extends JsonLimits {
  /** What of the document to return; only that becomes JavaScript values. Default: all of it. */
  select?: S | null | undefined;
  /**
   * - `'full'` (default): the whole document has to be JSON, exactly as `JSON.parse` judges it. Of members with the same name
   *   the last counts, as there.
   * - `'touched'`: faster. Only the selected values, and the members and brackets on the way to them, are checked; what is passed
   *   over may be anything whose strings end and whose brackets balance, and what follows once all is found is not looked at. Of
   *   members with the same name the first counts. Bytes that are not UTF-8, where they are met, are an error all the same.
   */
  validate?: 'full' | 'touched' | null | undefined;
}

/** What a selection yields: as it is made, with `undefined` or no member where a pointer finds nothing. */
export type JsonSelected<S> = S extends readonly JsonPointer[]
  ? { -readonly [K in keyof S]: unknown }
  : S extends Readonly<Record<string, JsonPointer>>
    ? { -readonly [K in keyof S]?: unknown }
    : unknown;

/** Whether a text is JSON, and if not, the first thing that is wrong with it. */
export type JsonValidity =
  | { valid: true }
  | {
      valid: false;
      /** In bytes of the UTF-8, from 0. */
      offset: number;
      /** From 1; LF, CRLF and CR end a line. */
      line: number;
      /** From 1, in characters (code points). */
      column: number;
      /** What was expected and what is there, in words. */
      reason: string;
    };

export interface JsonOperations {
  /**
   * Values of a JSON document (RFC 8259). Values are what `JSON.parse` makes of them: the selected text is handed to it as it
   * stands, so -0, 1e999, large integers and escaped lone surrogates come out the same. Unlike `JSON.parse` on a Buffer, bytes that are
   * not UTF-8 are an error. A byte order mark is an error, as it is there.
   *
   * Without `select` it returns the whole document: checked natively, with a position in the error, but built by `JSON.parse` on
   * the calling thread. O(n) for a document of n bytes. Memory: 4 bytes for each token of up to a megabyte of lines, or of the longest line
   * if that is longer, which may have 4 GiB. In a pipe it passes its input on.
   *
   * @throws OperationError `ERR_SYNTAX` with `offset`, `line`, `column`; `ERR_TOO_LARGE` beyond a limit. RangeError at once for
   * what is no JSON Pointer
   */
  parseJson<const S extends JsonSelect = ''>(options?: ParseJsonOptions<S> | null): Operation<string | Uint8Array, JsonSelected<S>>;
  /**
   * Whether a text is JSON as `JSON.parse` judges it, and where and why not. O(n). In a pipe it passes its input on.
   *
   * @throws OperationError `ERR_TOO_LARGE` beyond a limit
   */
  validateJson(options?: JsonLimits | null): Operation<string | Uint8Array, JsonValidity>;
}
