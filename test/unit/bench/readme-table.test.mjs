import { describe, expect, it } from 'vitest';
import { kEnd, kStart, markdownTable, newestTrials, readResults, withTable } from '../../../scripts/readme-table.mjs';

/**
 * @param {string} date
 * @param {boolean} quick
 * @param {string[]} names
 * @param {number} [ratio]
 * @returns {any}
 */
const result = (date, quick, names, ratio = 0.5) => ({
  version: 1,
  date,
  quick,
  commit: 'abc1234',
  machine: { cpu: 'A CPU', cores: 2, node: 'v20.0.0' },
  peers: { 'p-map': '7.0.0' },
  trials: names.map((name) => ({
    name,
    describe: `what ${name} does`,
    unit: 'item',
    informational: name === 'shown only',
    load: { before: 0.25, after: 1 },
    figures: { ours: { nsPerItem: 80, rss: 1.2e8, cpu: 1 } },
    comparisons: [
      { with: 'p-map', kind: 'peer', ratio, lower: 0.4, upper: 0.625, count: 15, verdict: 'faster' },
      { with: 'ours again', kind: 'control', ratio: 1, lower: 0.9, upper: 1.1, count: 15, verdict: 'ok' },
    ],
  })),
});

describe('newestTrials', () => {
  it('takes the newest full result, and a quick one only where there is no other', () => {
    const entries = newestTrials([
      result('2025-01-03', true, ['a', 'b']),
      result('2025-01-02', false, ['a'], 0.25),
      result('2025-01-01', false, ['a']),
    ]);
    expect(entries.map(({ trial, source }) => [trial.name, source.date])).toEqual([['a', '2025-01-02'], ['b', '2025-01-03']]);
  });
});

describe('markdownTable', () => {
  it('has a row for each peer with the speed-up and its interval, neither controls nor what is informational', () => {
    const table = markdownTable(newestTrials([result('2025-01-02', false, ['a', 'shown only'])]));
    expect(table).toContain('| what a does | 80.0 ns per item | 120 MB | p-map | 2.00 (1.60 - 2.50) | 15 |');
    expect(table).not.toContain('again');
    expect(table).not.toContain('shown only');
    expect(table).toContain('A CPU, 2 cores, Node v20.0.0, load up to 0.250. Peers: p-map 7.0.0.');
  });
});

describe('without results', () => {
  it('says so, and needs no folder', () => {
    expect(readResults('/does/not/exist')).toEqual([]);
    expect(markdownTable([])).toBe('Nothing measured yet: `npm run bench`.');
  });
});

describe('withTable', () => {
  it('replaces what is between the markers and nothing else, and does so once', () => {
    const text = `before\n${kStart}\nold\n${kEnd}\nafter\n`;
    const updated = withTable(text, 'new');
    expect(updated).toBe(`before\n${kStart}\nnew\n${kEnd}\nafter\n`);
    expect(withTable(updated, 'new')).toBe(updated);
  });

  it('says which markers it misses', () => {
    expect(() => withTable('no markers', 'new')).toThrow(kStart);
  });
});
