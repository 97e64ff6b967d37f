// Loads the addon, on first use: what runs on the event loop alone needs none. The only file that
// names a .node file.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MillraceError } from './errors.js';

/** @typedef {import('../types/native.js').NativeAddon} NativeAddon */

const require = createRequire(import.meta.url);

/** @returns {string[]} the folders of published binaries that may fit this machine */
function prebuildNames() {
  const name = `${process.platform}-${process.arch}`;
  // Which libc this is shows at loading: the wrong binary is refused.
  return process.platform === 'linux' ? [`${name}-glibc`, `${name}-musl`] : [name];
}

/** @returns {string[]} where the addon may be, the most specific place first */
function candidates() {
  if (told !== undefined) return [told];
  if (process.env.MILLRACE_ADDON) return [process.env.MILLRACE_ADDON];
  const root = fileURLToPath(new URL('..', import.meta.url));
  const built = `${root}build/addon/millrace.node`;
  if (existsSync(built)) return [built];
  return prebuildNames().map((name) => `${root}prebuilds/${name}/millrace.node`);
}

/** @returns {NativeAddon} */
function load() {
  const tried = candidates();
  const failures = [];
  for (const path of tried) {
    try {
      const loaded = require(path);
      loadedFrom = path;
      return loaded;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new MillraceError(
    'ERR_NATIVE_UNAVAILABLE',
    `the native addon could not be loaded from ${tried.join(', ')} on ${process.platform}-${process.arch}; ` +
      'build it with `npm rebuild millrace` (it says what is missing)',
    { cause: failures[0] },
  );
}

/** @type {NativeAddon | undefined} */
let addon;
/** Set by an isolate that was told where the addon is. @type {string | undefined} */
let told;
/** @type {string | undefined} */
let loadedFrom;

/**
 * The addon of this isolate.
 * @returns {NativeAddon} Throws ERR_NATIVE_UNAVAILABLE.
 */
export function native() {
  return (addon ??= load());
}

/** Where this isolate's addon came from; undefined when it has loaded none. */
export function addonPath() {
  return loadedFrom;
}

/**
 * For an isolate whose environment may be another: the addon is that of its parent.
 * @param {string | undefined} path
 */
export function useAddon(path) {
  told = path;
}
