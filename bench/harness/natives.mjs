// The native benchmarks (Google Benchmark): one binary, repeated and randomly interleaved by the library itself.
//
// One process gives figures without a verdict. Against another build, both binaries run as pairs of fresh processes, as the trials do.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { shuffled } from './random.mjs';
import { median, signedRankEstimate, verdictOf } from './statistics.mjs';
import { kMargin } from './comparison.mjs';

/**
 * @typedef {object} NativeResult
 * @property {string} name
 * @property {number} ns            real time per iteration, the median
 * @property {number} spread        coefficient of variation over the repetitions
 * @property {number} repetitions
 * @property {Record<string, number>} rates   items_per_second, bytes_per_second and the benchmark's own counters
 *
 * @typedef {object} NativeMovement
 * @property {string} name
 * @property {number} ratio
 * @property {number | null} lower
 * @property {number | null} upper
 * @property {string} verdict
 */

const kUnits = /** @type {Record<string, number>} */ ({ ns: 1, us: 1e3, ms: 1e6, s: 1e9 });
const kExecutable = process.platform === 'win32' ? 'bench_native.exe' : 'bench_native';

/** @param {string} checkout @returns {string | null} */
export function nativeBinary(checkout) {
  const file = path.join(checkout, 'build', 'release', 'bench', 'native', kExecutable);
  return existsSync(file) ? file : null;
}

/**
 * @param {string} binary
 * @param {string} filter
 * @returns {Promise<string[]>}
 */
export async function listNatives(binary, filter) {
  const text = await outputOf(binary, ['--benchmark_list_tests=true', filterArgument(filter)]);
  // Without a match Google Benchmark says so on the other stream and lists nothing.
  return text.split('\n').filter((line) => line !== '' && line.includes(filter));
}

/**
 * @param {string} binary
 * @param {{ filter: string, quick: boolean }} settings
 * @returns {Promise<NativeResult[]>}
 */
export async function runNatives(binary, { filter, quick }) {
  const repetitions = quick ? 9 : 15;
  return summarise(await benchmark(binary, filter, repetitions, quick ? 0.02 : 0.1));
}

/**
 * @param {string} ours
 * @param {string} other
 * @param {{ filter: string, pairs: number, random: () => number }} settings
 * @returns {Promise<NativeMovement[]>}
 */
export async function compareNatives(ours, other, { filter, pairs, random }) {
  /** @type {Map<string, number[]>} */
  const logRatios = new Map();
  // Objects and not paths tell the sides apart: a checkout may be compared with itself.
  const sides = [{ binary: ours }, { binary: other }];
  for (let pair = 0; pair < pairs; pair++) {
    /** @type {Map<object, Map<string, number>>} */
    const times = new Map();
    for (const side of shuffled(sides, random)) {
      const results = summarise(await benchmark(side.binary, filter, 3, 0.05));
      times.set(side, new Map(results.map(({ name, ns }) => [name, ns])));
    }
    for (const [name, ns] of times.get(sides[0]) ?? []) {
      const otherNs = times.get(sides[1])?.get(name);
      if (otherNs === undefined) continue;
      const sample = logRatios.get(name) ?? [];
      sample.push(Math.log(ns / otherNs));
      logRatios.set(name, sample);
    }
  }
  return [...logRatios].map(([name, sample]) => {
    const estimate = signedRankEstimate(sample);
    const verdict = verdictOf(estimate, kMargin);
    return {
      name,
      ratio: Math.exp(estimate.value),
      lower: Number.isFinite(estimate.lower) ? Math.exp(estimate.lower) : null,
      upper: Number.isFinite(estimate.upper) ? Math.exp(estimate.upper) : null,
      verdict: verdict === 'slower' ? 'regressed' : verdict === 'faster' ? 'improved' : verdict,
    };
  });
}

/**
 * @param {any} report  Google Benchmark's JSON
 * @returns {NativeResult[]}
 */
export function summarise(report) {
  /** @type {Map<string, any[]>} */
  const runs = new Map();
  for (const run of report.benchmarks ?? []) {
    if (run.run_type !== 'iteration' || run.error_occurred) continue;
    if (!runs.has(run.run_name)) runs.set(run.run_name, []);
    runs.get(run.run_name)?.push(run);
  }
  return [...runs].map(([name, list]) => {
    const times = list.map((run) => run.real_time * kUnits[run.time_unit]);
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / Math.max(1, times.length - 1);
    return {
      name,
      ns: median(times),
      spread: Math.sqrt(variance) / mean,
      repetitions: times.length,
      rates: medianRates(list),
    };
  });
}

/** @param {any[]} runs @returns {Record<string, number>} */
function medianRates(runs) {
  const rates = ['items_per_second', 'bytes_per_second'].filter((rate) => typeof runs[0][rate] === 'number');
  return Object.fromEntries(rates.map((rate) => [rate, median(runs.map((run) => run[rate]))]));
}

/**
 * @param {string} binary
 * @param {string} filter
 * @param {number} repetitions
 * @param {number} seconds  the least time of one repetition
 */
async function benchmark(binary, filter, repetitions, seconds) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'millrace-native-'));
  const file = path.join(folder, 'report.json');
  try {
    await outputOf(binary, [
      filterArgument(filter),
      `--benchmark_repetitions=${repetitions}`,
      '--benchmark_enable_random_interleaving=true',
      `--benchmark_min_time=${seconds}`,
      `--benchmark_out=${file}`,
      '--benchmark_out_format=json',
    ]);
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Google Benchmark's filter is a regular expression; ours is plain text. @param {string} filter */
function filterArgument(filter) {
  return `--benchmark_filter=${filter === '' ? '.' : filter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
}

/**
 * @param {string} binary
 * @param {string[]} args
 * @returns {Promise<string>}
 */
function outputOf(binary, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${binary} ended with ${signal ?? code}\n${errors.slice(-2000)}`));
    });
  });
}
