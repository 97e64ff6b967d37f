// Finds the processor inside a worker: imports the task's module and takes the named export.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** @typedef {(item: unknown, context?: unknown) => unknown} Processor */

/**
 * @param {string} href
 * @param {string} exportName
 * @returns {Promise<Processor>}
 */
export async function loadProcessor(href, exportName) {
  const module = await load(href);
  const found = pick(module, exportName);
  if (typeof found === 'function') return /** @type {Processor} */ (found);
  const names = Object.keys(module).join(', ') || 'nothing';
  if (found === undefined) throw new TypeError(`"${href}" has no export "${exportName}"; it exports ${names}`);
  throw new TypeError(`Export "${exportName}" of "${href}" must be a function. Received ${typeof found}`);
}

/**
 * @param {string} href
 * @returns {Promise<Record<string, unknown>>}
 */
async function load(href) {
  try {
    return await import(href);
  } catch (error) {
    // A TypeScript loader that hooks only require() (ts-node, @swc-node) leaves import() without support.
    const code = /** @type {{ code?: unknown } | null} */ (error)?.code;
    if (code !== 'ERR_UNKNOWN_FILE_EXTENSION' || !href.startsWith('file:')) throw error;
    return createRequire(href)(fileURLToPath(href));
  }
}

/**
 * The export itself, or where a CommonJS module or a compiled one puts it.
 * @param {Record<string, unknown>} module
 * @param {string} name
 */
function pick(module, name) {
  if (name === 'default' && typeof module === 'function') return module;
  const direct = module[name];
  if (typeof direct === 'function') return direct;
  const inner = /** @type {Record<string, unknown> | null | undefined} */ (module.default);
  const nested = typeof inner === 'object' && inner !== null ? inner[name] : undefined;
  return nested ?? direct;
}
