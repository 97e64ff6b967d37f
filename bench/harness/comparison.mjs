// Measures one trial: pairs of fresh processes for each comparison, shuffled together, and what the pairs say.
//
// A comparison is 'ours' against something: a peer, itself (the A/A control), or another build. Its sample is one log-ratio of time
// per item for each pair; negative means that ours took less time.

import { measureInProcess } from './fresh-process.mjs';
import { shuffled } from './random.mjs';
import { contains, median, signedRankEstimate, verdictOf } from './statistics.mjs';

/**
 * @typedef {import('./trials.mjs').Trial} Trial
 * @typedef {import('./trials.mjs').Measurement} Measurement
 *
 * @typedef {object} Side
 * @property {string} label      what the table calls it
 * @property {string} contender  which contender runs
 * @property {string} library
 *
 * @typedef {object} Figures    of one side, medians over its processes
 * @property {number} nsPerItem
 * @property {number} rss
 * @property {number} cpu
 * @property {number} processes
 * @property {Record<string, number | string>} [details]
 *
 * @typedef {object} Comparison
 * @property {string} with
 * @property {'peer' | 'control' | 'build'} kind
 * @property {number} ratio       time of ours / time of the other
 * @property {number | null} lower   null: the sample is too small for an interval
 * @property {number | null} upper
 * @property {number} count       pairs
 * @property {string} verdict
 * @property {number[]} logRatios
 *
 * @typedef {object} TrialResult
 * @property {string} name
 * @property {string} describe
 * @property {string} unit
 * @property {boolean} informational
 * @property {string | null} reference
 * @property {number} margin      the log-ratio that counts as no difference
 * @property {boolean} flagged    the control's interval does not contain 1
 * @property {{ before: number, after: number }} load
 * @property {Record<string, Figures>} figures
 * @property {Comparison[]} comparisons
 * @property {Record<string, string>} notes
 */

export const kMargin = Math.log(1.03);
export const kControl = 'ours again';

/**
 * @param {Trial} trial
 * @param {object} settings
 * @param {number} settings.pairs
 * @param {() => number} settings.random
 * @param {{ fixture: unknown, quick: boolean, library: string }} settings.context
 * @param {string | null} settings.otherLibrary  compare with this build instead of the peers
 * @param {() => number} settings.load
 * @param {(done: number, total: number) => void} settings.onProgress
 * @param {typeof measureInProcess} [settings.measurer]
 * @returns {Promise<TrialResult>}
 */
export async function compareTrial(trial, settings) {
  const { pairs, random, context, otherLibrary, load, onProgress, measurer = measureInProcess } = settings;
  const ours = { label: 'ours', contender: 'ours', library: context.library };
  const others = sidesToCompare(trial, context.library, otherLibrary);
  /** @type {Map<string, Measurement[]>} */
  const measured = new Map([ours, ...others].map(({ label }) => [label, []]));
  const logRatios = new Map(others.map(({ label }) => [label, /** @type {number[]} */ ([])]));
  /** @type {Record<string, string>} */
  const digests = {};
  const before = load();

  /** @param {Side} side */
  const runSide = async (side) => {
    const measurement = await measurer(trial, side.contender, { ...context, library: side.library });
    checkDigest(trial, digests, side.label, measurement.digest);
    measured.get(side.label)?.push(measurement);
    return measurement.ms / measurement.items;
  };

  const schedule = shuffled(others.flatMap((other) => new Array(pairs).fill(other)), random);
  for (const [index, other] of schedule.entries()) {
    /** @type {Map<Side, number>} */
    const times = new Map();
    for (const side of shuffled([ours, other], random)) times.set(side, await runSide(side));
    logRatios.get(other.label)?.push(Math.log(Number(times.get(ours)) / Number(times.get(other))));
    onProgress(index + 1, schedule.length);
  }
  trial.check(Object.fromEntries([ours, ...others].map(({ label }) => [label, digests[label]])));
  return resultOf(trial, others, measured, logRatios, { before, after: load() });
}

/**
 * @param {Trial} trial
 * @param {string} library
 * @param {string | null} otherLibrary
 * @returns {Side[]}
 */
function sidesToCompare(trial, library, otherLibrary) {
  const control = { label: kControl, contender: 'ours', library };
  if (otherLibrary !== null) return [{ label: 'other build', contender: 'ours', library: otherLibrary }, control];
  const peers = Object.keys(trial.contenders).filter((name) => name !== 'ours');
  return [...peers.map((name) => ({ label: name, contender: name, library })), control];
}

/**
 * @param {Trial} trial
 * @param {Record<string, string>} digests
 * @param {string} label
 * @param {string} digest
 */
function checkDigest(trial, digests, label, digest) {
  const known = (digests[label] ??= digest);
  if (known !== digest) throw new Error(`${trial.name}: ${label} gave ${known} once and ${digest} another time`);
}

/**
 * @param {Trial} trial
 * @param {Side[]} others
 * @param {Map<string, Measurement[]>} measured
 * @param {Map<string, number[]>} logRatios
 * @param {{ before: number, after: number }} load
 * @returns {TrialResult}
 */
function resultOf(trial, others, measured, logRatios, load) {
  const control = signedRankEstimate(logRatios.get(kControl) ?? []);
  const flagged = !contains(control);
  const margin = flagged
    ? Math.max(kMargin, ...[control.lower, control.upper].map(Math.abs).filter(Number.isFinite))
    : kMargin;
  return {
    name: trial.name,
    describe: trial.describe,
    unit: trial.unit,
    informational: trial.informational,
    reference: trial.reference,
    margin,
    flagged,
    load,
    figures: Object.fromEntries([...measured].map(([label, list]) => [label, figuresOf(list)])),
    comparisons: others.map(({ label, contender }) =>
      comparisonOf(label, contender, logRatios.get(label) ?? [], margin, trial.informational),
    ),
    notes: Object.fromEntries(
      Object.entries(trial.contenders).flatMap(([name, { note }]) => (note ? [[name, note]] : [])),
    ),
  };
}

/** @param {Measurement[]} list @returns {Figures} */
function figuresOf(list) {
  return {
    nsPerItem: median(list.map(({ ms, items }) => (ms * 1e6) / items)),
    rss: median(list.map(({ rss }) => rss)),
    cpu: median(list.map(({ cpu }) => cpu)),
    processes: list.length,
    ...(list[0].details && { details: list[list.length - 1].details }),
  };
}

/**
 * @param {string} label
 * @param {string} contender
 * @param {number[]} sample
 * @param {number} margin
 * @param {boolean} informational
 * @returns {Comparison}
 */
function comparisonOf(label, contender, sample, margin, informational) {
  const estimate = signedRankEstimate(sample);
  /** @type {Comparison['kind']} */
  const kind = contender !== 'ours' ? 'peer' : label === kControl ? 'control' : 'build';
  return {
    with: label,
    kind,
    ratio: Math.exp(estimate.value),
    lower: finiteExp(estimate.lower),
    upper: finiteExp(estimate.upper),
    count: estimate.count,
    verdict: verdictFor(kind, estimate, margin, informational),
    logRatios: sample,
  };
}

/**
 * @param {Comparison['kind']} kind
 * @param {import('./statistics.mjs').Estimate} estimate
 * @param {number} margin
 * @param {boolean} informational
 */
function verdictFor(kind, estimate, margin, informational) {
  if (kind === 'control') return contains(estimate) ? 'ok' : 'off';
  const verdict = verdictOf(estimate, margin);
  if (kind === 'build') return verdict === 'slower' ? 'regressed' : verdict === 'faster' ? 'improved' : verdict;
  return informational ? 'informational' : verdict;
}

/** @param {number} value */
function finiteExp(value) {
  return Number.isFinite(value) ? Math.exp(value) : null;
}
