// Runs one contender, or a trial's prepare, in a fresh Node process and returns its report.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {import('./trials.mjs').Trial} Trial
 * @typedef {import('./trials.mjs').Measurement} Measurement
 */

const kEntry = fileURLToPath(new URL('../js/contender.mjs', import.meta.url));
const kLimitMs = 300_000;
const kKeptErrorBytes = 4000;

/**
 * @param {Trial} trial
 * @param {{ quick: boolean, library: string }} context
 * @returns {Promise<any>}
 */
export function prepareInProcess(trial, context) {
  return reportOf(trial, '', context, []);
}

/**
 * @param {Trial} trial
 * @param {string} contender
 * @param {{ fixture: unknown, quick: boolean, library: string }} context
 * @returns {Promise<Measurement>}
 */
export async function measureInProcess(trial, contender, context) {
  const report = await reportOf(trial, contender, context, trial.contenders[contender].nodeArguments ?? []);
  const { ms, items, digest } = report ?? {};
  if (!(ms > 0) || !(items > 0) || typeof digest !== 'string') {
    throw new Error(`${trial.name}: ${contender} reported no valid { ms, items, digest }: ${JSON.stringify(report)}`);
  }
  return report;
}

/**
 * @param {Trial} trial
 * @param {string} contender
 * @param {object} context
 * @param {string[]} nodeArguments
 * @returns {Promise<any>}
 */
function reportOf(trial, contender, context, nodeArguments) {
  const what = `${trial.name}: ${contender || 'prepare'}`;
  const child = spawn(
    process.execPath,
    [...nodeArguments, kEntry, trial.file, trial.name, contender],
    { stdio: ['pipe', 'ignore', 'pipe', 'pipe'], timeout: kLimitMs, killSignal: 'SIGKILL' },
  );
  const stdin = /** @type {import('node:stream').Writable} */ (child.stdin);
  // A child that dies before it has read its context is reported by its exit code.
  stdin.on('error', () => {});
  stdin.end(JSON.stringify(context));
  /** @type {Buffer[]} */
  const report = [];
  let errors = '';
  /** @type {import('node:stream').Readable} */ (child.stdio[3]).on('data', (chunk) => report.push(chunk));
  /** @type {import('node:stream').Readable} */ (child.stdio[2]).on('data', (chunk) => {
    errors = (errors + chunk).slice(-kKeptErrorBytes);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0) {
        const end = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
        reject(new Error(`${what} ${end}\n${errors.trim()}`));
      } else {
        resolve(JSON.parse(Buffer.concat(report).toString()));
      }
    });
  });
}
