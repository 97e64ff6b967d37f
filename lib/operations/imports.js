// What sources import.
import { boolean, integer, oneOf, record } from '../options.js';
import { Operation } from './operation.js';

/** @typedef {import('../../types/operations/imports.js').SourceImport} SourceImport */

// The order is that of the enumerators in native/text/import_scanner.h.
const KINDS = /** @type {const} */ ([
  'import',
  'export',
  'dynamicImport',
  'importMeta',
  'require',
  'requireResolve',
  'importEquals',
  'importType',
  'referencePath',
  'referenceTypes',
  'referenceLib',
]);
const FORMS = /** @type {const} */ ([
  'none',
  'sideEffect',
  'default',
  'named',
  'namespace',
  'defaultNamed',
  'defaultNamespace',
  'all',
]);
const PHASES = /** @type {const} */ (['evaluation', 'source', 'defer']);

// The packing is ImportSpecifiersOperation's (native/operations/import_specifiers_operation.h).
const COLUMNS = 9;
const TYPE_ONLY = 1 << 24;
const HAS_SPECIFIER = 1 << 25;
const NOWHERE = 0xffffffff;

/**
 * @param {import('./result-view.js').ResultView} view
 * @param {number} k
 */
function decodeImports(view, k) {
  const count = view.number(k);
  /** @type {SourceImport[]} */
  const imports = [];
  if (count === 0) return { imports };
  const block = view.block(k);
  const rows = new Uint32Array(block.buffer, block.byteOffset, count * COLUMNS);
  const specifiers = view.text(k, 0);
  let specifierStart = 0;
  for (let at = 0; at < rows.length; at += COLUMNS) {
    const flags = rows[at];
    const specifierEnd = rows[at + 8];
    imports.push({
      kind: KINDS[flags & 255],
      form: FORMS[(flags >> 8) & 255],
      specifier: (flags & HAS_SPECIFIER) === 0 ? undefined : specifiers.slice(specifierStart, specifierEnd),
      start: rows[at + 1],
      end: rows[at + 2],
      statementStart: rows[at + 3],
      statementEnd: rows[at + 4],
      argumentsStart: rows[at + 5] === NOWHERE ? -1 : rows[at + 5],
      attributesStart: rows[at + 6] === NOWHERE ? -1 : rows[at + 6],
      line: rows[at + 7],
      typeOnly: (flags & TYPE_ONLY) !== 0,
      phase: PHASES[(flags >> 16) & 255],
      attributes: null,
    });
    specifierStart = specifierEnd;
  }
  addAttributes(imports, view.text(k, 1));
  return { imports };
}

/**
 * @param {SourceImport[]} imports
 * @param {string} json
 */
function addAttributes(imports, json) {
  if (json === '') return;
  for (const [index, key, value] of JSON.parse(json)) {
    imports[index].attributes ??= [];
    imports[index].attributes.push([key, value]);
  }
}

/**
 * @param {unknown} [options]
 * @returns {import('../../types/operations/index.js').Operation<string | Uint8Array, import('../../types/operations/imports.js').SourceImports>}
 */
function importSpecifiers(options) {
  const given = record('options', options);
  const completed = {
    typescript: boolean('typescript', given.typescript, true),
    jsx: boolean('jsx', given.jsx, true),
    commonjs: boolean('commonjs', given.commonjs, true),
    importMeta: boolean('importMeta', given.importMeta, false),
    references: boolean('references', given.references, false),
    offsets: oneOf('offsets', given.offsets, 'utf16', ['utf16', 'bytes']),
    maxDepth: integer('maxDepth', given.maxDepth, 10_000, 1, 1_000_000),
  };
  return new Operation('importSpecifiers', completed, { input: 'bytes', blocking: false, decode: decodeImports });
}

export const importOperations = { importSpecifiers };
