// `npm run bench`: see bench/README.md for the method and the options.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compareTrial } from './harness/comparison.mjs';
import { prepareInProcess } from './harness/fresh-process.mjs';
import { currentLoad, describeMachine } from './harness/machine.mjs';
import { compareNatives, listNatives, nativeBinary, runNatives } from './harness/natives.mjs';
import { CommandError, readOptions } from './harness/options.mjs';
import { seededRandom } from './harness/random.mjs';
import { kResultVersion, movements, readResult, requireComparable } from './harness/regression.mjs';
import { movementReport, nativeReport, trialReport } from './harness/report.mjs';
import { textTable } from './harness/table.mjs';
import { findTrials } from './harness/trials.mjs';
import { peerVersion, requirePeers } from './js/peers.mjs';

/**
 * @typedef {import('./harness/options.mjs').BenchOptions} BenchOptions
 * @typedef {import('./harness/trials.mjs').Trial} Trial
 * @typedef {import('./harness/comparison.mjs').TrialResult} TrialResult
 * @typedef {import('./harness/regression.mjs').StoredResult} StoredResult
 */

const kCheckout = fileURLToPath(new URL('../', import.meta.url));
const kUsage = `npm run bench -- [options]
  --filter TEXT    only trials and native benchmarks whose name contains TEXT
  --list           show them, run nothing
  --quick          7 pairs and smaller inputs
  --pairs N        pairs of processes per comparison (at least 6)
  --name NAME      write bench/results/NAME.json (default: the date)
  --json FILE      write FILE instead
  --against DIR    compare with another built checkout; exit code 1 if this one regressed
  --baseline FILE  compare with an earlier result of this machine; exit code 1 if regressed
  --install        install the packages to compare with when they are missing
  --seed N         order of the processes
The method is described in bench/README.md.`;

const colour = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;

try {
  process.exitCode = await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof CommandError ? error.message : error);
  process.exitCode = 2;
}

/** @param {BenchOptions} options @returns {Promise<number>} the exit code */
async function main(options) {
  if (options.help) {
    console.log(kUsage);
    return 0;
  }
  const trials = await findTrials(options.filter);
  const binary = nativeBinary(kCheckout);
  const natives = binary ? await listNatives(binary, options.filter) : [];
  if (trials.length + natives.length === 0) {
    throw new CommandError(`No trial or native benchmark has "${options.filter}" in its name; --list shows all`);
  }
  if (options.list) {
    listAll(trials, natives);
    return 0;
  }
  return run(options, trials, natives.length > 0 ? binary : null);
}

/**
 * @param {BenchOptions} options
 * @param {Trial[]} trials
 * @param {string | null} binary
 */
async function run(options, trials, binary) {
  const baseline = options.baseline === null ? null : readResult(options.baseline);
  const machine = describeMachine();
  if (baseline) requireComparable(baseline, { machine, quick: options.quick });
  const otherLibrary = options.against === null ? null : libraryOf(options.against);
  const packages = packagesOf(trials);
  if (otherLibrary === null) requirePeers(packages, options.install);
  const random = seededRandom(options.seed);

  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${currentLoad()}, seed ${options.seed}\n`);
  const { results, skipped, failed } = await runTrials(options, trials, otherLibrary, random);
  const nativeMovements = await againstNatives(options, binary, random);
  const nativeResults = binary && options.against === null ? await runNatives(binary, options) : [];
  if (nativeResults.length > 0) console.log(`${nativeReport(nativeResults)}\n`);

  /** @type {StoredResult} */
  const stored = {
    version: kResultVersion,
    date: new Date().toISOString(),
    quick: options.quick,
    seed: options.seed,
    commit: currentCommit(),
    machine,
    peers: Object.fromEntries(packages.map((name) => [name, String(peerVersion(name))])),
    trials: results,
    skipped,
    natives: nativeResults,
  };
  console.log(`written: ${path.relative(process.cwd(), writeResult(options, stored))}`);

  const moved = baseline ? movements(baseline.trials, results) : [];
  if (moved.length + nativeMovements.length > 0) console.log(`\n${movementReport([...moved, ...nativeMovements], colour)}`);
  return verdictOfRun(results, [...moved, ...nativeMovements], failed);
}

/**
 * @param {BenchOptions} options
 * @param {Trial[]} trials
 * @param {string | null} otherLibrary
 * @param {() => number} random
 */
async function runTrials(options, trials, otherLibrary, random) {
  const library = pathToFileURL(path.join(kCheckout, 'lib', 'index.js')).href;
  /** @type {TrialResult[]} */
  const results = [];
  /** @type {{ name: string, reason: string }[]} */
  const skipped = [];
  /** @type {string[]} */
  const failed = [];
  for (const trial of trials) {
    try {
      const result = await runTrial(trial, options, { library, otherLibrary, random });
      if ('skip' in result) {
        skipped.push({ name: trial.name, reason: result.skip });
        console.log(`${trial.name}: skipped, ${result.skip}\n`);
      } else {
        results.push(result);
        console.log(`${trialReport(result, colour)}\n`);
      }
    } catch (error) {
      failed.push(trial.name);
      progress('');
      console.error(`${trial.name}: FAILED\n${/** @type {Error} */ (error).message}\n`);
    }
  }
  return { results, skipped, failed };
}

/**
 * @param {Trial} trial
 * @param {BenchOptions} options
 * @param {{ library: string, otherLibrary: string | null, random: () => number }} settings
 * @returns {Promise<TrialResult | { skip: string }>}
 */
async function runTrial(trial, options, { library, otherLibrary, random }) {
  const { quick } = options;
  progress(`${trial.name}: preparing`);
  const fixture = trial.prepare ? await prepareInProcess(trial, { quick, library }) : null;
  if (typeof fixture?.skip === 'string') {
    progress('');
    return { skip: fixture.skip };
  }
  const result = await compareTrial(trial, {
    pairs: options.pairs ?? Math.min(quick ? 7 : 15, trial.pairs ?? Infinity),
    random,
    context: { fixture, quick, library },
    otherLibrary,
    load: currentLoad,
    onProgress: (done, total) => progress(`${trial.name}: pair ${done} of ${total}`),
  });
  progress('');
  return result;
}

/**
 * @param {BenchOptions} options
 * @param {string | null} binary
 * @param {() => number} random
 */
async function againstNatives(options, binary, random) {
  const other = options.against === null ? null : nativeBinary(options.against);
  if (binary === null || other === null) return [];
  progress('native benchmarks of both builds');
  const result = await compareNatives(binary, other, {
    filter: options.filter,
    pairs: options.pairs ?? (options.quick ? 7 : 15),
    random,
  });
  progress('');
  return result;
}

/**
 * @param {TrialResult[]} results
 * @param {{ name: string, verdict: string }[]} moved
 * @param {string[]} failed
 */
function verdictOfRun(results, moved, failed) {
  const regressed = [
    ...results.filter(({ comparisons }) => comparisons.some(({ verdict }) => verdict === 'regressed')),
    ...moved.filter(({ verdict }) => verdict === 'regressed'),
  ].map(({ name }) => name);
  const flagged = results.filter((result) => result.flagged).map(({ name }) => name);
  if (flagged.length > 0) console.log(`flagged by their control: ${flagged.join(', ')}`);
  if (regressed.length > 0) console.log(`regressed: ${regressed.join(', ')}`);
  if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
  return regressed.length + failed.length > 0 ? 1 : 0;
}

/** @param {BenchOptions} options @param {StoredResult} stored */
function writeResult(options, stored) {
  const name = options.name ?? stored.date.slice(0, 19).replace('T', '-').replaceAll(':', '');
  const file = options.json ?? path.join(kCheckout, 'bench', 'results', `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  // A run that is interrupted while writing must not leave half a result under the real name.
  writeFileSync(`${file}.tmp`, `${JSON.stringify(stored, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
  return file;
}

/** @param {string} directory */
function libraryOf(directory) {
  const file = path.join(directory, 'lib', 'index.js');
  if (!existsSync(file)) throw new CommandError(`--against expects a checkout of Millrace: ${file} does not exist`);
  return pathToFileURL(file).href;
}

/** @param {Trial[]} trials */
function packagesOf(trials) {
  const contenders = trials.flatMap((trial) => Object.values(trial.contenders));
  return [...new Set(contenders.flatMap(({ packages = [] }) => packages))].sort();
}

/** @param {Trial[]} trials @param {string[]} natives */
function listAll(trials, natives) {
  const rows = trials.map(({ name, describe, contenders }) => [name, describe, Object.keys(contenders).join(' | ')]);
  console.log(textTable(['trial', 'what', 'contenders'], rows));
  if (natives.length > 0) console.log(`\nnative benchmarks\n${natives.join('\n')}`);
}

function currentCommit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: kCheckout, stdio: 'pipe' }).toString().trim();
  } catch {
    return 'unknown';
  }
}

/** Shown only on a terminal, on one line that the next one overwrites. @param {string} text */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}
