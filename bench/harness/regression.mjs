// `--baseline`: today's result against a stored one. The clock is the reference peer, not the wall: what is compared is how the ratio
// ours / reference has moved, so that a day on which the whole machine is slower does not look like a regression.

import { readFileSync } from 'node:fs';
import { CommandError } from './options.mjs';
import { rankSumEstimate, verdictOf } from './statistics.mjs';

/**
 * @typedef {import('./comparison.mjs').TrialResult} TrialResult
 * @typedef {import('./machine.mjs').Machine} Machine
 *
 * @typedef {object} StoredResult
 * @property {number} version
 * @property {string} date
 * @property {boolean} quick
 * @property {number} seed
 * @property {string} commit
 * @property {Machine} machine
 * @property {Record<string, string>} peers
 * @property {TrialResult[]} trials
 * @property {{ name: string, reason: string }[]} skipped
 * @property {import('./natives.mjs').NativeResult[]} natives
 *
 * @typedef {object} Movement
 * @property {string} name
 * @property {string} reference
 * @property {number} ratio     today's ratio / the baseline's; above 1 is slower
 * @property {number | null} lower
 * @property {number | null} upper
 * @property {string} verdict   regressed, improved or inconclusive
 */

export const kResultVersion = 1;

/** @param {string} file @returns {StoredResult} */
export function readResult(file) {
  let stored;
  try {
    stored = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandError(`${file} cannot be read as a benchmark result: ${/** @type {Error} */ (error).message}`);
  }
  if (stored?.version !== kResultVersion || !Array.isArray(stored.trials)) {
    throw new CommandError(`${file} is not a benchmark result of version ${kResultVersion}`);
  }
  return stored;
}

/**
 * REQUIRES the same CPU, cores and input sizes: ratios do not carry over between different machines.
 *
 * @param {StoredResult} baseline
 * @param {{ machine: Machine, quick: boolean }} today
 */
export function requireComparable(baseline, { machine, quick }) {
  const differences = [];
  for (const part of /** @type {const} */ (['cpu', 'cores'])) {
    if (baseline.machine[part] !== machine[part]) {
      differences.push(`${part}: ${baseline.machine[part]} then, ${machine[part]} now`);
    }
  }
  if (baseline.quick !== quick) differences.push(`--quick: ${baseline.quick} then, ${quick} now`);
  if (differences.length > 0) {
    throw new CommandError(
      `The baseline cannot be compared with (${differences.join('; ')}).\n` +
        'Measure both builds on this machine with --against DIR instead.',
    );
  }
}

/**
 * @param {TrialResult[]} earlier
 * @param {TrialResult[]} now
 * @returns {Movement[]}
 */
export function movements(earlier, now) {
  return now.flatMap((trial) => {
    const before = earlier.find(({ name }) => name === trial.name);
    const reference = trial.reference;
    if (!before || reference === null || trial.informational) return [];
    const [sampleBefore, sampleNow] = [before, trial].map((result) => logRatiosWith(result, reference));
    if (!sampleBefore?.length || !sampleNow?.length) return [];
    const estimate = rankSumEstimate(sampleBefore, sampleNow);
    const verdict = verdictOf(estimate, Math.max(before.margin, trial.margin));
    return [
      {
        name: trial.name,
        reference,
        ratio: Math.exp(estimate.value),
        lower: Number.isFinite(estimate.lower) ? Math.exp(estimate.lower) : null,
        upper: Number.isFinite(estimate.upper) ? Math.exp(estimate.upper) : null,
        verdict: verdict === 'slower' ? 'regressed' : verdict === 'faster' ? 'improved' : verdict,
      },
    ];
  });
}

/** @param {TrialResult} result @param {string} reference */
function logRatiosWith(result, reference) {
  return result.comparisons.find((comparison) => comparison.with === reference)?.logRatios;
}
