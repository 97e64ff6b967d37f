// Fails on every include or import that docs/architecture.md does not allow.
//   node scripts/check-layers.mjs [ROOT]
// ROOT is the checkout by default; the tests pass small fixtures.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';

/** Which rooms of native/ each room may include besides itself. @type {Record<string, readonly string[]>} */
export const rooms = {
  include: [],
  base: [],
  metrics: ['base'],
  kernels: ['base'],
  executor: ['base', 'metrics'],
  io: ['base', 'metrics', 'executor'],
  graph: ['base', 'metrics', 'executor', 'kernels', 'io'],
  stream: ['base', 'metrics', 'executor', 'kernels', 'io'],
  cache: ['base', 'metrics', 'kernels', 'io'],
  text: ['base', 'kernels'],
  json: ['base', 'kernels', 'text'],
  markup: ['base', 'kernels', 'text', 'json'],
  vectors: ['base', 'kernels'],
  operations: ['base', 'metrics', 'executor', 'io', 'kernels', 'graph', 'text', 'json', 'markup', 'vectors'],
  binding: ['base', 'metrics', 'kernels', 'executor', 'io', 'graph', 'stream', 'cache', 'text', 'json', 'markup', 'vectors', 'operations'],
};

const nodeHeader = /^(napi(-inl)?\.h|napi\.(h|cc)|node_api(_types)?\.h|js_native_api(_types)?\.h|node\.h|node_buffer\.h|v8(-\w+)?\.h|uv\.h)$/;
const napiInclusionSite = 'native/binding/napi.h';
const addonLoader = 'lib/native.js';

/** The engines of lib/: a file and a folder each. */
const engines = {
  'parallel-processor': { file: 'lib/parallel-processor.js', folder: 'lib/parallel/' },
  'stream-processor': { file: 'lib/stream-processor.js', folder: 'lib/stream/' },
  'smart-cache': { file: 'lib/smart-cache.js', folder: 'lib/cache/' },
};

/** Files that only the named places may import. @type {{ file: string, importers: (path: string) => boolean }[]} */
const restricted = [
  {
    file: 'lib/operations/',
    importers: (path) => path === 'lib/index.js' || path === 'lib/native-lane.js' || path.startsWith('lib/operations/') || ['parallel-processor', 'stream-processor'].includes(engineOf(path) ?? ''),
  },
];

/** @param {string} path */
function engineOf(path) {
  return Object.entries(engines).find(([, { file, folder }]) => path === file || path.startsWith(folder))?.[0];
}

/**
 * Files below `folder` with one of the extensions, relative to `root`, with forward slashes.
 * @param {string} root @param {string} folder @param {string[]} extensions
 */
function filesUnder(root, folder, extensions) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/'));
}

/** Text without comments; strings and line numbers stay. @param {string} text */
function withoutComments(text) {
  return text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (match) =>
    match.startsWith('//') || match.startsWith('/*') ? match.replace(/[^\n]/g, ' ') : match,
  );
}

/** @param {string} text @param {number} index */
const lineAt = (text, index) => text.slice(0, index).split('\n').length;

/**
 * What one C++ file may not include.
 * @param {string} path @param {string} text @param {boolean} isCore false for tests and benchmarks, which may use all rooms
 */
function* nativeViolations(path, text, isCore) {
  const room = path.split('/')[1] ?? '';
  const code = withoutComments(text);
  for (const match of code.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)) {
    const [, quote, header = ''] = match;
    const at = `${path}:${lineAt(code, match.index)}`;
    const headerName = header.split('/').at(-1) ?? '';
    if (quote === '<' ? nodeHeader.test(header) : nodeHeader.test(headerName) && header !== 'binding/napi.h') {
      if (room !== 'binding' || !isCore) yield `${at}: ${header} is a Node header; only native/binding/ may include it`;
      else if (path !== napiInclusionSite) yield `${at}: ${header} is included by binding/napi.h alone; include "binding/napi.h"`;
      continue;
    }
    if (quote === '<') continue;
    const target = header.split('/')[0] ?? '';
    if (isCore && header.startsWith('.')) yield `${at}: "${header}" is relative; name the room, as in "base/result.h"`;
    else if (!isCore) {
      if (target === 'binding') yield `${at}: tests and benchmarks of the core may not include ${header}`;
    } else if (target in rooms && target !== room && !rooms[room]?.includes(target)) {
      yield `${at}: ${room} may not include ${target} (${header})`;
    }
  }
}

/**
 * What a JavaScript file refers to: static and dynamic imports, require, and URLs of worker files.
 * @param {string} text
 */
function* specifiers(text) {
  const patterns = [
    /\b(?:import|export)\b[^'";]*?\bfrom\s*(['"])([^'"]+)\1/g,
    /\bimport\s*(['"])([^'"]+)\1/g,
    /\b(?:import|require)\s*\(\s*(['"])([^'"]+)\1/g,
    /\bnew URL\s*\(\s*(['"])([^'"]+)\1/g,
  ];
  const code = withoutComments(text);
  for (const pattern of patterns) {
    for (const match of code.matchAll(pattern)) yield { specifier: match[2] ?? '', line: lineAt(code, match.index) };
  }
}

/** What one file of lib/ may not import. @param {string} path @param {string} text */
function* libViolations(path, text) {
  const own = engineOf(path);
  for (const { specifier, line } of specifiers(text)) {
    const at = `${path}:${line}`;
    if (!specifier.startsWith('.')) continue;
    const target = normalize(join(dirname(path), specifier)).split(sep).join('/');
    const other = engineOf(target);
    const isSource = /\.[cm]?[jt]s$/.test(target);
    if (isSource && !target.startsWith('lib/')) yield `${at}: lib imports only from lib, not ${target}`;
    if (other !== undefined && own !== undefined && other !== own) yield `${at}: the engine ${own} may not import the engine ${other}`;
    if (other !== undefined && own === undefined && path !== 'lib/index.js') yield `${at}: ${path} may not import the engine ${other}; only lib/index.js may`;
    for (const { file, importers } of restricted) {
      if ((target === file || (file.endsWith('/') && target.startsWith(file))) && !importers(path)) yield `${at}: ${path} may not import ${file}`;
    }
  }
  if (path === addonLoader) return;
  const code = withoutComments(text);
  for (const match of code.matchAll(/\.node(?=['"`])/g)) {
    yield `${path}:${lineAt(code, match.index)}: only ${addonLoader} names a .node file`;
  }
}

/** Every violation below `root`, as `file:line: what`. @param {string} root */
export function checkLayers(root) {
  /** @type {string[]} */
  const found = [];
  /** @param {string} path */
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const cpp = ['.h', '.cc', '.inc'];
  for (const path of filesUnder(root, 'native', cpp)) {
    const room = path.split('/')[1] ?? '';
    if (!(room in rooms)) found.push(`${path}: native/${room} is not a room of docs/architecture.md`);
    else found.push(...nativeViolations(path, read(path), true));
  }
  for (const folder of ['test/native', 'test/fuzz', 'bench/native']) {
    for (const path of filesUnder(root, folder, cpp)) found.push(...nativeViolations(path, read(path), false));
  }
  for (const path of filesUnder(root, 'lib', ['.js', '.mjs', '.cjs'])) found.push(...libViolations(path, read(path)));
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const violations = checkLayers(process.argv[2] ?? join(import.meta.dirname, '..'));
  for (const violation of violations) console.error(violation);
  console.log(`layers: ${violations.length === 0 ? 'every include and import is allowed' : `${violations.length} not allowed`}`);
  if (violations.length > 0) process.exitCode = 1;
}
