// The command line of the demo. What a person did wrong is a DemoError: its message is all that is shown.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** @typedef {import('millrace').HashAlgorithm} HashAlgorithm */

/** @type {readonly HashAlgorithm[]} */
export const kAlgorithms = ['sha256', 'sha1', 'md5', 'xxh3-64', 'xxh3-128'];

export const kUsage = `npm run demo -- [DIR] [options]
Finds the duplicate files below DIR (default: this checkout with its node_modules), hashing every file.
  --algorithm A    ${kAlgorithms.join(', ')} (default: sha256)
  --no-compare     do not repeat the job with the naive class and with plain JavaScript
  --json           the result as JSON on standard output
  --help           this text`;

export class DemoError extends Error {}

/**
 * @typedef {object} DemoOptions
 * @property {string} directory  absolute
 * @property {HashAlgorithm} algorithm
 * @property {boolean} compare
 * @property {boolean} json
 * @property {boolean} help
 */

/** @param {string[]} args @returns {DemoOptions} */
export function readCommandLine(args) {
  const { values, positionals } = parse(args);
  if (positionals.length > 1) {
    throw new DemoError(`expected one directory, received ${positionals.length}: ${positionals.join(' ')}`);
  }
  if (positionals[0] === '') throw new DemoError('the directory is an empty string');
  const wanted = values.algorithm ?? 'sha256';
  const algorithm = kAlgorithms.find((known) => known === wanted);
  if (algorithm === undefined) {
    throw new DemoError(`--algorithm must be one of ${kAlgorithms.join(', ')}, received "${wanted}"`);
  }
  const directory = positionals[0] ?? fileURLToPath(new URL('../../', import.meta.url));
  return {
    directory: path.resolve(directory),
    algorithm,
    compare: !values['no-compare'],
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        algorithm: { type: 'string' },
        'no-compare': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new DemoError(`${/** @type {Error} */ (error).message}\n\n${kUsage}`);
  }
}

/** @param {string} directory */
export function requireDirectory(directory) {
  try {
    if (!statSync(directory).isDirectory()) throw new DemoError(`${directory} is not a directory`);
    readdirSync(directory);
  } catch (error) {
    if (error instanceof DemoError) throw error;
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ENOENT') throw new DemoError(`${directory} does not exist`);
    throw new DemoError(`${directory} cannot be read: ${code}`);
  }
}
