import type { Operation } from './operation.js';

export interface ImportSpecifiersOptions {
  /**
   * Know TypeScript's own forms: `import type`, `export type`, `import x = require('x')`, `import('x').T` as a type, `import`
   * inside of `declare module`. Valid JavaScript reads the same, except that `import('x').member` counts as a type, unless
   * awaited or `then`, `catch`, `finally`. Default true.
   */
  typescript?: boolean | null | undefined;
  /**
   * Know JSX: the text of elements is no code. Does not disturb sources without; type assertions `<T>x` are told from
   * elements by whether the tags match. Default true.
   */
  jsx?: boolean | null | undefined;
  /** Report `require(x)` and `require.resolve(x)`. Default true. */
  commonjs?: boolean | null | undefined;
  /** Report `import.meta`. Default false. */
  importMeta?: boolean | null | undefined;
  /** Report `/// <reference path|types|lib="x" />` at the top of the source. Default false. */
  references?: boolean | null | undefined;
  /** What offsets count: UTF-16 units, as positions in a JavaScript string do (default), or bytes of the UTF-8. */
  offsets?: 'utf16' | 'bytes' | null | undefined;
  /**
   * How deeply brackets, templates and elements may be nested; beyond it the item fails with `ERR_TOO_LARGE`.
   * Default 10000; from 1 to 1000000.
   */
  maxDepth?: number | null | undefined;
}

/**
 * - `import`: `import ... from 'x'` and `import 'x'`. `export`: `export ... from 'x'`.
 * - `dynamicImport`: `import(x)`, `import.source(x)`, `import.defer(x)`. `importMeta`: `import.meta`.
 * - `require`: `require(x)`. `requireResolve`: `require.resolve(x)`.
 * - `importEquals`: TypeScript's `import a = require('x')`. `importType`: its `import('x').T` as a type.
 * - `referencePath`, `referenceTypes`, `referenceLib`: its triple-slash directives.
 */
export type SourceImportKind =
  | 'import'
  | 'export'
  | 'dynamicImport'
  | 'importMeta'
  | 'require'
  | 'requireResolve'
  | 'importEquals'
  | 'importType'
  | 'referencePath'
  | 'referenceTypes'
  | 'referenceLib';

/**
 * What an `import` or `export` binds; `none` for the other kinds. `all` is `export * from 'x'`, `namespace` both
 * `import * as a` and `export * as a`.
 */
export type SourceImportForm =
  | 'none'
  | 'sideEffect'
  | 'default'
  | 'named'
  | 'namespace'
  | 'defaultNamed'
  | 'defaultNamespace'
  | 'all';

/** One import of a source. Offsets count from 0, in what `offsets` says. */
export interface SourceImport {
  kind: SourceImportKind;
  form: SourceImportForm;
  /**
   * With escapes decoded, U+FFFD for a lone surrogate. Undefined for `import.meta` and where the first argument of a
   * call is anything but one string or one template without substitutions.
   */
  specifier: string | undefined;
  /**
   * Of the specifier. Without its quotes in `import`, `export`, `importEquals` and references; in calls the whole first
   * argument, quotes included; for `import.meta` all of it.
   */
  start: number;
  end: number;
  /** From the keyword to behind the string, the attributes or the closing parenthesis. */
  statementStart: number;
  statementEnd: number;
  /** Of the opening parenthesis of a call, or -1. */
  argumentsStart: number;
  /** Of the `{` of the attributes, of a call's second argument, or -1. */
  attributesStart: number;
  /** Of `statementStart`, from 1. */
  line: number;
  /** Erased by TypeScript: `import type`, `export type`, types, references. False for `import { type T }`, which is kept. */
  typeOnly: boolean;
  /** `import source x`, `import defer * as x` and their calls; all others `evaluation`. */
  phase: 'evaluation' | 'source' | 'defer';
  /** Of `with { key: 'value' }` behind an `import` or `export`, or of `assert`, its predecessor. */
  attributes: [string, string][] | null;
}

export interface SourceImports {
  /** In the order of their keywords. */
  imports: SourceImport[];
}

export interface ImportOperations {
  /**
   * What a JavaScript or TypeScript source imports: ES modules (ECMAScript 2025, import attributes, import phases), CommonJS,
   * TypeScript 5 and JSX. Comments, strings, templates, regular expressions and JSX text are told apart as the grammar
   * does; no syntax tree is built, and code that no parser accepts may be accepted. O(n); memory for imports, comments
   * and open brackets only.
   * @throws OperationError `ERR_SYNTAX` with `offset`, `line` and `column`: a string, template, comment, regular expression or
   * bracket that is not closed, an import without its specifier; `ERR_TOO_LARGE` beyond `maxDepth`
   */
  importSpecifiers(options?: ImportSpecifiersOptions | null): Operation<string | Uint8Array, SourceImports>;
}
