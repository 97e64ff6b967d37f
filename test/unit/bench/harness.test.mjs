import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareTrial, kControl, kMargin } from '../../../bench/harness/comparison.mjs';
import { summarise } from '../../../bench/harness/natives.mjs';
import { readOptions } from '../../../bench/harness/options.mjs';
import { seededRandom } from '../../../bench/harness/random.mjs';
import { movements, requireComparable } from '../../../bench/harness/regression.mjs';
import { trialReport } from '../../../bench/harness/report.mjs';
import { completed } from '../../../bench/harness/trials.mjs';

const kRun = fileURLToPath(new URL('../../../bench/run.mjs', import.meta.url));

/** @param {Record<string, unknown>} [change] */
const trial = (change) =>
  completed(
    /** @type {any} */ ({
      name: 'a trial',
      describe: 'what it does',
      contenders: { ours: async () => null, peer: async () => null },
      ...change,
    }),
    'a-file.mjs',
  );

/**
 * Compares with made-up measurements instead of processes.
 *
 * @param {(contender: string, call: number, library: string) => { ms: number, digest?: string }} measured
 * @param {Record<string, unknown>} [change]
 * @param {string | null} [otherLibrary]
 */
async function compared(measured, change, otherLibrary = null) {
  /** @type {string[]} */
  const calls = [];
  const result = await compareTrial(trial(change), {
    pairs: 9,
    random: seededRandom(1),
    context: { fixture: null, quick: true, library: 'this build' },
    otherLibrary,
    load: () => 0.5,
    onProgress: () => {},
    measurer: async (_trial, contender, { library }) => {
      calls.push(contender);
      const { ms, digest = 'same' } = measured(contender, calls.length, library);
      return { ms, items: 1000, digest, rss: 1e6, cpu: 1 };
    },
  });
  return { result, calls };
}

describe('readOptions', () => {
  it('completes the defaults', () => {
    expect(readOptions(['--seed', '5'])).toEqual({
      filter: '', pairs: null, quick: false, json: null, name: null, against: null, baseline: null,
      install: false, seed: 5, list: false, help: false,
    });
  });

  it.each([
    [['--unknown'], '--unknown'],
    [['--pairs', '5'], 'at least 6'],
    [['--pairs', 'many'], 'received "many"'],
    [['--seed', '-1'], '--seed'],
    [['--against', 'a', '--baseline', 'b'], 'exclude each other'],
    [['--json', 'a', '--name', 'b'], 'exclude each other'],
    [['--name', '../b'], 'received "../b"'],
    [['stray'], 'stray'],
  ])('refuses %j and says why', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});

describe('completed', () => {
  it('takes functions for contenders and names the first peer the reference', () => {
    const { contenders, reference, unit, informational } = trial();
    expect(typeof contenders.peer.run).toBe('function');
    expect({ reference, unit, informational }).toEqual({ reference: 'peer', unit: 'item', informational: false });
  });

  it.each([
    [{ name: undefined }, 'needs a name'],
    [{ describe: undefined }, 'needs describe'],
    [{ contenders: { peer: async () => null } }, 'named "ours"'],
    [{ contenders: { ours: {} } }, 'needs a function run'],
    [{ reference: 'nobody' }, 'none of its peers (peer)'],
  ])('refuses %j', (change, message) => {
    expect(() => trial(change)).toThrow(message);
  });
});

describe('compareTrial', () => {
  const steady = (/** @type {string} */ contender, /** @type {number} */ call) => ({
    ms: (contender === 'ours' ? 10 : 20) * (1 + (call % 7) / 1000),
  });

  it('measures pairs of each comparison and a control, and finds the ratio', async () => {
    const { result, calls } = await compared(steady);
    const [peer, control] = result.comparisons;
    expect(calls.filter((name) => name === 'ours')).toHaveLength(9 + 2 * 9);
    expect(calls.filter((name) => name === 'peer')).toHaveLength(9);
    expect(peer).toMatchObject({ with: 'peer', kind: 'peer', count: 9, verdict: 'faster' });
    expect(peer.ratio).toBeCloseTo(0.5, 2);
    expect(control).toMatchObject({ with: kControl, kind: 'control', verdict: 'ok' });
    expect(result).toMatchObject({ flagged: false, margin: kMargin, load: { before: 0.5, after: 0.5 } });
    expect(result.figures.ours.nsPerItem).toBeCloseTo(10_000, -2);
  });

  it('keeps the two of a pair adjacent and draws which comes first', async () => {
    const { calls } = await compared(steady);
    const pairs = Array.from({ length: calls.length / 2 }, (_, index) => calls.slice(2 * index, 2 * index + 2).join());
    expect(new Set(pairs)).toEqual(new Set(['ours,peer', 'peer,ours', 'ours,ours']));
  });

  it('is inconclusive about what lies within the margin', async () => {
    const { result } = await compared((contender, call) => ({ ms: (contender === 'ours' ? 102 : 100) + (call % 3) / 100 }));
    expect(result.comparisons[0].verdict).toBe('inconclusive');
  });

  it('flags a control that finds identical code different, and widens the margin by it', async () => {
    // Every process is 10 % faster than the one before: within a pair the second wins, whichever it is. With a fixed order of the
    // pair (the generator below) that is a bias.
    let time = 1e6;
    const drifting = await compareTrial(trial(), {
      pairs: 9,
      random: () => 0.999,
      context: { fixture: null, quick: true, library: '' },
      otherLibrary: null,
      load: () => 0,
      onProgress: () => {},
      measurer: async () => ({ ms: (time *= 0.9), items: 1, digest: '', rss: 1, cpu: 1 }),
    });
    expect(drifting.flagged).toBe(true);
    expect(drifting.margin).toBeCloseTo(-Math.log(0.9), 5);
    expect(drifting.comparisons.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'off']);
    expect(trialReport(drifting, false)).toContain('FLAGGED');
  });

  it('fails when results differ between contenders, or between two runs of one', async () => {
    const otherResult = compared((contender) => ({ ms: 1, digest: contender }));
    await expect(otherResult).rejects.toThrow('results differ: ours gave ours, peer gave peer');
    const unsteady = compared((_contender, call) => ({ ms: 1, digest: String(call) }));
    await expect(unsteady).rejects.toThrow('another time');
  });

  it('compares builds instead of peers, and says regressed', async () => {
    const { result, calls } = await compared(
      (_contender, call, library) => ({ ms: (library === 'this build' ? 12 : 10) + (call % 3) / 1000 }),
      {},
      'other build',
    );
    expect(calls).not.toContain('peer');
    expect(result.comparisons[0]).toMatchObject({ with: 'other build', kind: 'build', verdict: 'regressed' });
  });

  it('gives no verdict on an informational trial', async () => {
    const { result } = await compared(steady, { informational: true });
    expect(result.comparisons[0].verdict).toBe('informational');
  });
});

describe('movements against a baseline', () => {
  /** @param {number} oursMs @param {number} machine */
  const day = async (oursMs, machine) =>
    (await compared((contender, call) => ({ ms: (contender === 'ours' ? oursMs : 20) * machine + (call % 5) / 100 }))).result;

  it('does not take a slow day of the machine for a regression', async () => {
    const [moved] = movements([await day(10, 1)], [await day(10, 2)]);
    expect(moved).toMatchObject({ name: 'a trial', reference: 'peer', verdict: 'inconclusive' });
  });

  it('finds a build that is slower on a fast day', async () => {
    const [moved] = movements([await day(10, 2)], [await day(12, 1)]);
    expect(moved.verdict).toBe('regressed');
    expect(moved.ratio).toBeCloseTo(1.2, 2);
  });

  it('refuses another machine and other inputs', () => {
    const machine = { cpu: 'A', cores: 2, memory: 1, platform: 'x', node: 'y' };
    const stored = /** @type {any} */ ({ machine, quick: false });
    expect(() => requireComparable(stored, { machine: { ...machine, cores: 4 }, quick: false })).toThrow('cores: 2 then, 4 now');
    expect(() => requireComparable(stored, { machine, quick: true })).toThrow('--quick');
    expect(() => requireComparable(stored, { machine, quick: false })).not.toThrow();
  });
});

describe('summarise', () => {
  it('takes the median of the repetitions and leaves the library\'s own aggregates out', () => {
    const run = (/** @type {number} */ time) => ({
      run_name: 'hash/64', run_type: 'iteration', real_time: time, time_unit: 'us', bytes_per_second: 1e9 / time,
    });
    const report = { benchmarks: [run(1), run(3), run(2), { ...run(99), run_type: 'aggregate' }] };
    expect(summarise(report)).toEqual([
      { name: 'hash/64', ns: 2000, spread: 0.5, repetitions: 3, rates: { bytes_per_second: 5e8 } },
    ]);
  });
});

describe('npm run bench', () => {
  /** @type {string} */
  let folder;
  beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'millrace-bench-test-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** @param {string[]} args */
  const bench = (...args) => spawnSync(process.execPath, [kRun, ...args], { encoding: 'utf8' });

  it('lists the trials', () => {
    const { status, stdout } = bench('--list', '--filter', 'event-loop');
    expect(status).toBe(0);
    expect(stdout).toContain('event-loop/no-op');
    expect(stdout).not.toContain('walk/');
    expect(stdout).not.toContain('\x1b');
  });

  it.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['--filter', 'no such trial'], 'No trial or native benchmark has "no such trial" in its name'],
    [['--baseline', '/does/not/exist.json'], 'cannot be read as a benchmark result'],
    [['--against', '/does/not/exist'], 'expects a checkout'],
  ])('%j: a clear error and exit code 2', (args, message) => {
    const { status, stderr } = bench(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('refuses a file that is no result', () => {
    const file = path.join(folder, 'other.json');
    writeFileSync(file, '{}');
    expect(bench('--baseline', file).stderr).toContain('not a benchmark result of version 1');
  });
});
