// Finding, checking and filtering trial files. Their shape is described in bench/README.md.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const kRoot = fileURLToPath(new URL('../js/', import.meta.url));
const kFolders = ['trials', 'worker'];
// Worker folders also hold files that must only run inside a worker: only those that declare trials are loaded.
const kDeclaresTrials = /^export const (trials|contenders)\b/m;

/**
 * @typedef {import('../js/measure.mjs').Measurement} Measurement
 *
 * @typedef {object} Context
 * @property {any} fixture
 * @property {string} library   URL of the lib/index.js to measure
 * @property {boolean} quick
 * @property {(name: string) => Promise<any>} peer
 *
 * @typedef {object} Contender
 * @property {string[]} [packages]
 * @property {string} [note]
 * @property {string[]} [nodeArguments]
 * @property {(context: Context) => Promise<Measurement>} run
 *
 * @typedef {object} TrialSource
 * @property {string} name
 * @property {string} describe
 * @property {string} [unit]
 * @property {string} [reference]
 * @property {boolean} [informational]
 * @property {number} [pairs]
 * @property {(context: { quick: boolean, library: string }) => unknown} [prepare]
 * @property {(digests: Record<string, string>) => void} [check]
 * @property {Record<string, Contender | Contender['run']>} contenders
 *
 * @typedef {object} Trial
 * @property {string} file   absolute
 * @property {string} name
 * @property {string} describe
 * @property {string} unit
 * @property {string | null} reference
 * @property {boolean} informational
 * @property {number | null} pairs
 * @property {TrialSource['prepare']} prepare
 * @property {(digests: Record<string, string>) => void} check
 * @property {Record<string, Contender>} contenders
 */

/**
 * @param {string} filter
 * @returns {Promise<Trial[]>}
 */
export async function findTrials(filter) {
  const trials = (await Promise.all(trialFiles().map(loadTrials))).flat();
  const names = new Set();
  for (const { name, file } of trials) {
    if (names.has(name)) throw new Error(`${file}: there already is a trial named "${name}"`);
    names.add(name);
  }
  return trials.filter(({ name }) => name.includes(filter)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * @param {string} file
 * @returns {Promise<Trial[]>}
 */
export async function loadTrials(file) {
  const module = await import(pathToFileURL(file).href);
  const sources = /** @type {TrialSource[]} */ (module.trials ?? [module]);
  return sources.map((source) => completed(source, file));
}

/** @returns {string[]} */
function trialFiles() {
  return kFolders.flatMap((folder) => {
    const directory = path.join(kRoot, folder);
    return entries(directory)
      .filter((name) => /\.m?js$/.test(name))
      .map((name) => path.join(directory, name))
      .filter((file) => kDeclaresTrials.test(readFileSync(file, 'utf8')));
  });
}

/** @param {string} directory */
function entries(directory) {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/**
 * @param {TrialSource} source
 * @param {string} file
 * @returns {Trial}
 */
export function completed(source, file) {
  const where = `${path.basename(file)}, trial "${source.name}"`;
  if (typeof source.name !== 'string' || source.name === '') throw new Error(`${file}: a trial needs a name`);
  if (typeof source.describe !== 'string') throw new Error(`${where}: needs describe, one line of text`);
  const contenders = Object.fromEntries(
    Object.entries(source.contenders ?? {}).map(([name, value]) => [
      name,
      typeof value === 'function' ? { run: value } : value,
    ]),
  );
  if (!contenders.ours) throw new Error(`${where}: needs a contender named "ours"`);
  for (const [name, contender] of Object.entries(contenders)) {
    if (typeof contender?.run !== 'function') throw new Error(`${where}: contender "${name}" needs a function run`);
  }
  const peers = Object.keys(contenders).filter((name) => name !== 'ours');
  if (source.reference !== undefined && !peers.includes(source.reference)) {
    throw new Error(`${where}: reference "${source.reference}" is none of its peers (${peers.join(', ')})`);
  }
  return {
    file,
    name: source.name,
    describe: source.describe,
    unit: source.unit ?? 'item',
    reference: source.reference ?? peers[0] ?? null,
    informational: source.informational ?? false,
    pairs: source.pairs ?? null,
    prepare: source.prepare,
    check: source.check ?? allEqual,
    contenders,
  };
}

/** @param {Record<string, string>} digests */
function allEqual(digests) {
  const [first, ...others] = Object.entries(digests);
  for (const [name, digest] of others) {
    if (digest !== first[1]) throw new Error(`results differ: ${first[0]} gave ${first[1]}, ${name} gave ${digest}`);
  }
}
