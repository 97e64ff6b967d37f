// Twenty patterns over a source tree, as linters, secret scanners and migration scripts have them; the files are read by everyone.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from '../measure.mjs';

const kRoot = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
/** Sources that stay as they are while the trial runs. */
const kFolders = ['typescript/lib', 'eslint', '@eslint', '@types/node', '@typescript-eslint', 'vite', 'vitest'];
const kSource = /\.(?:[cm]?[jt]s|md)$/;
/** The compiler's bundles: most of the bytes, in few files. */
const kQuickMaxBytes = 1_000_000;

const kPatterns = [
  /TODO|FIXME|HACK|XXX/u,
  /\bimport\s+[\w{},*\s]+\s+from\s+['"][^'"]+['"]/u,
  /require\(\s*['"]([^'"]+)['"]\s*\)/u,
  /console\.(?:log|warn|error|debug)\(/u,
  /function\s+(\w+)\s*\(/u,
  /\bclass\s+\w+(?:\s+extends\s+[\w.]+)?\s*\{/u,
  /export\s+(?:default\s+)?(?:async\s+)?function\s+\w+/u,
  /https?:\/\/[^\s"'<>)]+/u,
  /[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/u,
  /\b\d{4}-\d{2}-\d{2}\b/u,
  /\b0x[0-9a-fA-F]+\b/u,
  /(?:password|passwd|secret|token|api_?key)\s*[:=]\s*['"][^'"]+['"]/iu,
  /\beval\s*\(/u,
  /new\s+Promise\s*\(/u,
  /process\.env\.[A-Z_]+/u,
  /@deprecated\b/u,
  /\bas\s+any\b/u,
  /#[0-9a-f]{6}\b/iu,
  /\/\/\s*@ts-(?:ignore|expect-error)/u,
  /catch\s*\(\s*\w*\s*\)\s*\{\s*\}/u,
];

/** @typedef {import('../../harness/trials.mjs').Context} Context */
/** @typedef {[pattern: number, start: number, text: string]} Found */

/** @param {{ quick: boolean }} context */
function sources({ quick }) {
  const paths = kFolders.flatMap((folder) =>
    readdirSync(path.join(kRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && kSource.test(entry.name))
      .map(({ parentPath, name }) => path.join(parentPath, name)),
  );
  return { paths: paths.filter((file) => !quick || statSync(file).size <= kQuickMaxBytes).sort() };
}

/** By place, then by pattern. @param {Found} a @param {Found} b */
const byPlace = (a, b) => a[1] - b[1] || a[0] - b[0];

/**
 * @param {RegExp[]} patterns
 * @param {number} concurrency
 */
function ours(patterns, concurrency) {
  return async (/** @type {Context} */ { fixture, library }) => {
    const { ParallelProcessor, operations, pipe } = await import(library);
    const processor = new ParallelProcessor(pipe(operations.readFile(), operations.searchText({ patterns })), { concurrency });
    const search = async () => {
      const { results, errors } = await processor.process(fixture.paths);
      if (errors.length > 0) throw errors[0].error;
      return results.map((/** @type {Iterable<{ pattern: number, start: number, text: string }>} */ matches) =>
        Array.from(matches, ({ pattern, start, text }) => [pattern, start, text]),
      );
    };
    return measure(search, { items: fixture.paths.length, warmUp: search, digest: (results) => results });
  };
}

/**
 * @param {RegExp[]} patterns
 */
function oneByOne(patterns) {
  return async (/** @type {Context} */ { fixture }) => {
    const expressions = patterns.map(({ source, flags }) => new RegExp(source, `${flags}g`));
    const search = () =>
      fixture.paths.map((/** @type {string} */ file) => {
        const text = readFileSync(file, 'utf8');
        /** @type {Found[]} */
        const found = [];
        for (let pattern = 0; pattern < expressions.length; pattern++) {
          for (const match of text.matchAll(expressions[pattern])) found.push([pattern, match.index, match[0]]);
        }
        return found.sort(byPlace);
      });
    return measure(search, { items: fixture.paths.length, warmUp: search, digest: (results) => results });
  };
}

/**
 * One expression for all patterns of the same flags, the patterns told apart by a group around each.
 * @param {RegExp[]} patterns
 */
function combined(patterns) {
  return async (/** @type {Context} */ { fixture }) => {
    const expressions = [...new Set(patterns.map(({ flags }) => flags))].map((flags) => {
      const branches = patterns.flatMap((pattern, i) => (pattern.flags === flags ? [`(?<p${i}>${pattern.source})`] : []));
      return new RegExp(branches.join('|'), `${flags}g`);
    });
    const search = () =>
      fixture.paths.map((/** @type {string} */ file) => {
        const text = readFileSync(file, 'utf8');
        /** @type {Found[]} */
        const found = [];
        for (const expression of expressions) {
          for (const match of text.matchAll(expression)) {
            const groups = /** @type {Record<string, string>} */ (match.groups);
            for (const name in groups) {
              if (groups[name] !== undefined) found.push([Number(name.slice(1)), match.index, match[0]]);
            }
          }
        }
        return found.sort(byPlace);
      });
    return measure(search, { items: fixture.paths.length, warmUp: search, digest: (results) => results });
  };
}

/** The alternation misses matches that overlap one of another pattern. @param {Record<string, string>} digests */
function check(digests) {
  const { 'RegExp, all in one': _, ...complete } = digests;
  if (new Set(Object.values(complete)).size !== 1) throw new Error(`results differ: ${JSON.stringify(complete)}`);
}

/**
 * @param {string} name
 * @param {string} describe
 * @param {RegExp[]} patterns
 * @param {number} concurrency
 * @returns {import('../../harness/trials.mjs').TrialSource}
 */
function trial(name, describe, patterns, concurrency) {
  return {
    name: `search-text/${name}`,
    describe,
    unit: 'file',
    reference: 'RegExp, one by one',
    prepare: sources,
    contenders: {
      ours: ours(patterns, concurrency),
      'RegExp, one by one': oneByOne(patterns),
      'RegExp, all in one': { note: 'finds no match that overlaps one of another pattern', run: combined(patterns) },
    },
    check,
  };
}

// The address pattern has nothing to search for but a single byte, and takes RegExp more than half of its time.
const kWithLiterals = kPatterns.filter(({ source }) => !source.startsWith('[A-Z'));

export const trials = [
  trial('two-threads', '20 patterns over a source tree of 33 MB, read from files, warm; 2 threads for ours', kPatterns, 2),
  trial('one-thread', 'the same, 1 thread', kPatterns, 1),
  trial('with-literals', 'without the pattern that has no literal but "@"; 2 threads for ours', kWithLiterals, 2),
];
