// Writes the README's measured table from bench/results: node scripts/readme-table.mjs [--check]
//
// For each trial the newest full result counts (a quick one only where there is no other). With --check nothing is written: exit code 1
// says that the README is out of step.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kResultVersion } from '../bench/harness/regression.mjs';
import { formatBytes, formatTime, significant } from '../bench/harness/table.mjs';

/**
 * @typedef {import('../bench/harness/regression.mjs').StoredResult} StoredResult
 * @typedef {import('../bench/harness/comparison.mjs').TrialResult} TrialResult
 *
 * @typedef {object} Entry
 * @property {TrialResult} trial
 * @property {StoredResult} source
 */

const kRoot = fileURLToPath(new URL('../', import.meta.url));
export const kStart = '<!-- bench:start -->';
export const kEnd = '<!-- bench:end -->';

/** @param {string} folder @returns {StoredResult[]} */
export function readResults(folder) {
  return resultFiles(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')))
    .filter(({ version }) => version === kResultVersion);
}

/** @param {string} folder */
function resultFiles(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    // Git keeps no empty folders: without results there is none.
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The result that counts for each trial, by name.
 *
 * @param {StoredResult[]} results
 * @returns {Entry[]}
 */
export function newestTrials(results) {
  const ordered = [...results].sort((a, b) => Number(b.quick) - Number(a.quick) || (a.date < b.date ? -1 : 1));
  /** @type {Map<string, Entry>} */
  const newest = new Map();
  for (const source of ordered) for (const trial of source.trials) newest.set(trial.name, { trial, source });
  return [...newest.values()].sort((a, b) => (a.trial.name < b.trial.name ? -1 : 1));
}

/** @param {Entry[]} entries @returns {string} Markdown */
export function markdownTable(entries) {
  const shown = entries.filter(({ trial }) => !trial.informational && trial.comparisons.some(({ kind }) => kind === 'peer'));
  if (shown.length === 0) return 'Nothing measured yet: `npm run bench`.';
  const lines = [
    '| what | Millrace | peak memory | compared with | times as fast (95 % interval) | pairs |',
    '|---|---|---|---|---|---|',
    ...shown.flatMap(({ trial }) => trialRows(trial)),
  ];
  return [...lines, '', ...sourceLines(shown)].join('\n');
}

/** @param {TrialResult} trial */
function trialRows(trial) {
  return trial.comparisons
    .filter(({ kind }) => kind === 'peer')
    .map((comparison, index) => {
      const { nsPerItem, rss } = trial.figures.ours;
      const first = index === 0 ? [trial.describe, `${formatTime(nsPerItem)} per ${trial.unit}`, formatBytes(rss)] : ['', '', ''];
      const { ratio, lower, upper, count, verdict } = comparison;
      const interval = lower === null || upper === null ? '?' : `${significant(1 / upper)} - ${significant(1 / lower)}`;
      const remark = verdict === 'inconclusive' ? ', inconclusive' : '';
      return `| ${[...first, comparison.with, `${significant(1 / ratio)} (${interval}${remark})`, count].join(' | ')} |`;
    });
}

/** @param {Entry[]} entries */
function sourceLines(entries) {
  const sources = [...new Set(entries.map(({ source }) => source))];
  return sources.map(({ machine, date, commit, peers, quick, trials }) => {
    const load = Math.max(...trials.map((trial) => trial.load.before));
    const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`).join(', ');
    return (
      `Measured ${date.slice(0, 10)} at ${commit}${quick ? ' (quick run)' : ''}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ` +
      `load up to ${significant(load)}.${versions && ` Peers: ${versions}.`}`
    );
  });
}

/**
 * @param {string} text
 * @param {string} table
 */
export function withTable(text, table) {
  const start = text.indexOf(kStart);
  const end = text.indexOf(kEnd);
  if (start < 0 || end < start) throw new Error(`the README needs the markers ${kStart} and ${kEnd}, in this order`);
  return `${text.slice(0, start + kStart.length)}\n${table}\n${text.slice(end)}`;
}

function main() {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const file = path.join(kRoot, 'README.md');
  const text = readFileSync(file, 'utf8');
  const updated = withTable(text, markdownTable(newestTrials(readResults(path.join(kRoot, 'bench', 'results')))));
  if (updated === text) {
    console.log('The table in README.md is in step with bench/results.');
  } else if (values.check) {
    console.error('The table in README.md is not what bench/results says: run `node scripts/readme-table.mjs`.');
    process.exitCode = 1;
  } else {
    writeFileSync(file, updated);
    console.log('README.md updated.');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exitCode = 2;
  }
}
