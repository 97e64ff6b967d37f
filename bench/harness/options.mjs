// The command line of `npm run bench`. A wrong option is a CommandError with the remedy in its message.

import path from 'node:path';
import { parseArgs } from 'node:util';

export const kMinimumPairs = 6;

/** An error whose message is meant for the person at the terminal; no stack is shown. */
export class CommandError extends Error {}

/**
 * @typedef {object} BenchOptions
 * @property {string} filter
 * @property {number | null} pairs
 * @property {boolean} quick
 * @property {string | null} json      absolute path
 * @property {string | null} name
 * @property {string | null} against   absolute path
 * @property {string | null} baseline  absolute path
 * @property {boolean} install
 * @property {number} seed
 * @property {boolean} list
 * @property {boolean} help
 */

/**
 * @param {string[]} args
 * @returns {BenchOptions}
 */
export function readOptions(args) {
  const values = parse(args);
  if (values.against !== undefined && values.baseline !== undefined) {
    throw new CommandError('--against and --baseline exclude each other: choose one thing to compare with');
  }
  if (values.json !== undefined && values.name !== undefined) {
    throw new CommandError('--json and --name exclude each other: both say where the result goes');
  }
  if (values.name !== undefined && !/^[\w.-]+$/.test(values.name)) {
    throw new CommandError(`--name expects letters, digits, ".", "-" and "_", received "${values.name}"`);
  }
  return {
    filter: values.filter ?? '',
    pairs: integer('--pairs', values.pairs, kMinimumPairs, 'fewer give no 95 % interval'),
    quick: values.quick ?? false,
    json: absolute(values.json),
    name: values.name ?? null,
    against: absolute(values.against),
    baseline: absolute(values.baseline),
    install: values.install ?? false,
    seed: integer('--seed', values.seed, 0) ?? Math.floor(Math.random() * 2 ** 32),
    list: values.list ?? false,
    help: values.help ?? false,
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: false,
      options: {
        filter: { type: 'string' },
        pairs: { type: 'string' },
        quick: { type: 'boolean' },
        json: { type: 'string' },
        name: { type: 'string' },
        against: { type: 'string' },
        baseline: { type: 'string' },
        install: { type: 'boolean' },
        seed: { type: 'string' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} option
 * @param {string | undefined} text
 * @param {number} least
 * @param {string} [reason]
 */
function integer(option, text, least, reason) {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new CommandError(
      `${option} expects an integer of at least ${least}${reason ? ` (${reason})` : ''}, received "${text}"`,
    );
  }
  return value;
}

/** @param {string | undefined} file */
function absolute(file) {
  return file === undefined ? null : path.resolve(file);
}
