// Plain-text tables and figures for a terminal.

/**
 * Columns as wide as their widest cell; those whose header starts with a space are set right.
 *
 * @param {string[]} header
 * @param {string[][]} rows
 */
export function textTable(header, rows) {
  const right = header.map((title) => title.startsWith(' '));
  const cells = [header.map((title) => title.trim()), ...rows];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (/** @type {string[]} */ row) =>
    row.map((cell, column) => (right[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd();
  return [line(cells[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.slice(1).map(line)].join('\n');
}

/** @param {number} ns */
export function formatTime(ns) {
  if (ns < 1000) return `${significant(ns)} ns`;
  if (ns < 1e6) return `${significant(ns / 1000)} us`;
  if (ns < 1e9) return `${significant(ns / 1e6)} ms`;
  return `${significant(ns / 1e9)} s`;
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${significant(bytes / 1000)} kB`;
  if (bytes < 1e9) return `${significant(bytes / 1e6)} MB`;
  return `${significant(bytes / 1e9)} GB`;
}

/**
 * A ratio of times, said as how many times faster ours is.
 *
 * @param {number | null} ratio
 */
export function formatSpeedup(ratio) {
  return ratio === null ? '?' : `${significant(1 / ratio)}x`;
}

/** Three significant digits, without an exponent. @param {number} value */
export function significant(value) {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 4));
}
