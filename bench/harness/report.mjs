// What `npm run bench` prints. Colour only on a terminal.

import { formatBytes, formatSpeedup, formatTime, significant, textTable } from './table.mjs';
import { kControl } from './comparison.mjs';

/**
 * @typedef {import('./comparison.mjs').TrialResult} TrialResult
 * @typedef {import('./comparison.mjs').Comparison} Comparison
 * @typedef {import('./natives.mjs').NativeResult} NativeResult
 */

const kColours = /** @type {Record<string, number>} */ ({
  faster: 32, improved: 32, slower: 31, regressed: 31, off: 33, FLAGGED: 33,
});

/** @param {string} word @param {boolean} colour */
export function coloured(word, colour) {
  return colour && kColours[word] !== undefined ? `\x1b[${kColours[word]}m${word}\x1b[0m` : word;
}

/**
 * @param {TrialResult} trial
 * @param {boolean} colour
 */
export function trialReport(trial, colour) {
  const rows = trial.comparisons
    .filter(({ kind }) => kind !== 'control')
    .map((comparison) => row(comparison.with, trial, comparison, colour));
  const header = ['contender', ` per ${trial.unit}`, ' peak memory', ' cores', ' ours is', ' 95 % interval', ' pairs', 'verdict'];
  const lines = [
    `${trial.name}: ${trial.describe}`,
    textTable(header, [['ours', ...figureCells(trial.figures.ours), '', '', '', ''], ...rows]),
    controlLine(trial, colour),
  ];
  for (const [name, { details }] of Object.entries(trial.figures)) {
    if (!details || name === kControl) continue;
    lines.push(`${name}: ${Object.entries(details).map(([what, value]) => `${what} ${value}`).join(', ')}`);
  }
  for (const [name, note] of Object.entries(trial.notes)) lines.push(`${name}: ${note}`);
  return lines.join('\n');
}

/**
 * @param {string} name
 * @param {TrialResult} trial
 * @param {Comparison} comparison
 * @param {boolean} colour
 */
function row(name, trial, comparison, colour) {
  return [
    name,
    ...figureCells(trial.figures[name]),
    formatSpeedup(comparison.ratio),
    intervalText(comparison),
    String(comparison.count),
    coloured(comparison.verdict, colour),
  ];
}

/** @param {import('./comparison.mjs').Figures} figures */
function figureCells({ nsPerItem, rss, cpu }) {
  return [formatTime(nsPerItem), formatBytes(rss), cpu.toFixed(2)];
}

/** A higher ratio of times is a lower speed-up, so the ends change places. @param {{ lower: number | null, upper: number | null }} interval */
export function intervalText({ lower, upper }) {
  return `${formatSpeedup(upper)} - ${formatSpeedup(lower)}`;
}

/** @param {TrialResult} trial @param {boolean} colour */
function controlLine(trial, colour) {
  const control = trial.comparisons.find((comparison) => comparison.with === kControl);
  const load = `load ${significant(trial.load.before)} before, ${significant(trial.load.after)} after`;
  if (!control) return load;
  const text = `control (ours against ours): ${formatSpeedup(control.ratio)}, ${intervalText(control)}`;
  if (!trial.flagged) return `${text}; ${load}`;
  const margin = ((Math.exp(trial.margin) - 1) * 100).toFixed(1);
  return `${text} ${coloured('FLAGGED', colour)}: does not contain 1, so nothing within ${margin} % counts; ${load}`;
}

/** @param {NativeResult[]} natives */
export function nativeReport(natives) {
  const rows = natives.map(({ name, ns, spread, repetitions, rates }) => [
    name,
    formatTime(ns),
    `${(spread * 100).toFixed(1)} %`,
    String(repetitions),
    rateText(rates),
  ]);
  return textTable(['native benchmark', ' median', ' spread', ' n', ' rate'], rows);
}

/** @param {Record<string, number>} rates */
function rateText({ bytes_per_second: bytes, items_per_second: items }) {
  if (bytes !== undefined) return `${formatBytes(bytes)}/s`;
  return items === undefined ? '' : `${significant(items / 1e6)} M/s`;
}

/**
 * @param {{ name: string, ratio: number, lower: number | null, upper: number | null, verdict: string, reference?: string }[]} list
 * @param {boolean} colour
 */
export function movementReport(list, colour) {
  const rows = list.map(({ name, ratio, lower, upper, verdict, reference }) => [
    name,
    reference ?? '',
    significant(ratio),
    lower === null || upper === null ? '?' : `${significant(lower)} - ${significant(upper)}`,
    coloured(verdict, colour),
  ]);
  return textTable(['compared', 'clock', ' time ratio', ' 95 % interval', 'verdict'], rows);
}
