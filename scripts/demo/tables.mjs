// What the demo prints.

import { formatBytes, significant, textTable } from '../../bench/harness/table.mjs';

/**
 * @typedef {import('./native-job.mjs').FailedFile} FailedFile
 * @typedef {import('./duplicates.mjs').DuplicateGroup} DuplicateGroup
 * @typedef {import('./comparison.mjs').Compared} Compared
 *
 * @typedef {object} Summary
 * @property {string} directory
 * @property {string} algorithm
 * @property {number} files
 * @property {number} bytes
 * @property {FailedFile[]} failed
 * @property {{ groups: number, files: number, wastedBytes: number, largest: DuplicateGroup[] }} duplicates
 * @property {number} ms
 * @property {number} walkMs
 * @property {number} cores       used on average
 * @property {number} usableCores
 */

const kShown = 5;

/** @param {Summary} summary */
export function summaryTable(summary) {
  const { files, bytes, failed, duplicates, ms, walkMs, cores, usableCores } = summary;
  const rows = [
    ['files', String(files)],
    ['bytes', formatBytes(bytes)],
    ['unreadable', String(failed.length)],
    ['duplicates', `${duplicates.files} files in ${duplicates.groups} groups`],
    ['wasted', formatBytes(duplicates.wastedBytes)],
    ['time', `${significant(ms / 1000)} s (walk ${significant(walkMs / 1000)} s)`],
    ['throughput', `${Math.round(files / (ms / 1000))} files/s, ${formatBytes(bytes / (ms / 1000))}/s`],
    ['CPU', `${Math.round((cores / usableCores) * 100)} % of ${usableCores} cores`],
  ];
  return textTable([summary.directory, ` ${summary.algorithm}`], rows);
}

/** @param {FailedFile[]} failed */
export function failureLines(failed) {
  const lines = failed.slice(0, kShown).map(({ path, code }) => `  ${code}  ${path}`);
  if (failed.length > kShown) lines.push(`  ... and ${failed.length - kShown} more`);
  return ['could not be read:', ...lines].join('\n');
}

/** @param {DuplicateGroup[]} largest */
export function duplicateLines(largest) {
  const lines = largest
    .filter(({ wastedBytes }) => wastedBytes > 0)
    .map(({ wastedBytes, paths }) => `  ${formatBytes(wastedBytes)}  ${paths.length} times  ${paths[0]}`);
  return lines.length === 0 ? '' : ['most wasteful:', ...lines].join('\n');
}

/** @param {Compared[]} list */
export function comparisonTable(list) {
  const rows = list.map(({ contender, name, ms, ratio, cores, rss, files, lost, failed }) => [
    name,
    `${significant(ms / 1000)} s`,
    contender === 'millrace' ? '1' : `${significant(ratio)}x the time`,
    cores.toFixed(2),
    formatBytes(rss),
    String(files),
    remark(lost, failed),
  ]);
  return textTable(['same job, warm cache', ' time', ' against Millrace', ' cores', ' memory', ' files', 'remark'], rows);
}

/** @param {number} lost @param {number} failed */
function remark(lost, failed) {
  if (lost > failed) return `lost ${lost - failed} files without a word: its time is not comparable`;
  return failed > 0 ? `${failed} unreadable` : '';
}
