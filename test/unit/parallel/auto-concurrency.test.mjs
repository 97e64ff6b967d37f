// concurrency: 'auto' against simulated systems: no clock, no randomness, no threads.
import { describe, expect, test } from 'vitest';
import { ParallelProcessor, operations } from '../../../lib/index.js';
import { AutoConcurrency } from '../../../lib/parallel/auto-concurrency.js';
import { range } from './gate.mjs';
import { closing, placements, sha256 } from './placements.mjs';

const TICK_MS = 20;

/**
 * Drives an AutoConcurrency for some simulated time.
 * @param {(limit: number) => { perMs: number, usedCores: number }} system what a limit achieves
 */
function simulate(auto, system, ms, state = { nowMs: 0, completed: 0, cpuMs: 0 }) {
  const limits = [];
  for (let elapsed = 0; elapsed < ms; elapsed += TICK_MS) {
    const limit = auto.observe(state.nowMs, state.completed, state.cpuMs);
    limits.push(limit);
    const { perMs, usedCores } = system(limit);
    state.nowMs += TICK_MS;
    state.completed += perMs * TICK_MS;
    state.cpuMs += usedCores * TICK_MS;
  }
  return limits;
}

/** Items that wait `waitMs` and compute `cpuMs` each, on so many cores. */
const system = ({ waitMs, cpuMs, cores }) => (limit) => {
  const perMs = Math.min(limit / (waitMs + cpuMs), cores / cpuMs);
  return { perMs, usedCores: perMs * cpuMs };
};

const average = (limits) => limits.reduce((sum, limit) => sum + limit, 0) / limits.length;
const last = (limits, part = 0.5) => limits.slice(Math.floor(limits.length * (1 - part)));

describe('AutoConcurrency', () => {
  test('work that waits: climbs, and quickly', () => {
    const auto = new AutoConcurrency({ initial: 4, max: 512, cores: 1 });
    const limits = simulate(auto, system({ waitMs: 50, cpuMs: 0.05, cores: 1 }), 2000);
    expect(limits[0]).toBe(4);
    expect(Math.max(...limits)).toBe(512);
    expect(limits.findIndex((limit) => limit > 100) * TICK_MS).toBeLessThan(1000);
  });

  test('work that waits ends near the throughput that is possible', () => {
    for (const [waitMs, cpuMs] of [[10, 1], [50, 1], [5, 0.5], [100, 2]]) {
      const machine = system({ waitMs, cpuMs, cores: 1 });
      const auto = new AutoConcurrency({ initial: 4, max: 512, cores: 1 });
      const limits = last(simulate(auto, machine, 60_000));
      const best = machine(512).perMs;
      expect(average(limits.map((limit) => machine(limit).perMs)) / best).toBeGreaterThan(0.85);
    }
  });

  test('work that computes: stays at the number of cores, give or take a probe', () => {
    for (const cores of [1, 2, 8]) {
      const auto = new AutoConcurrency({ initial: cores, max: 64, cores });
      const limits = simulate(auto, system({ waitMs: 0, cpuMs: 5, cores }), 30_000);
      expect(Math.max(...limits)).toBeLessThanOrEqual(Math.max(cores + 1, Math.round(cores * 1.5)));
      expect(average(last(limits))).toBeLessThanOrEqual(cores * 1.2);
    }
  });

  test('fewer in flight at the same throughput: comes down', () => {
    const saturated = () => ({ perMs: 10, usedCores: 0.95 });
    const auto = new AutoConcurrency({ initial: 64, max: 512, cores: 1 });
    expect(average(last(simulate(auto, saturated, 60_000), 0.2))).toBeLessThan(16);
  });

  test('the other end slows down when too much is asked of it: backs off to where it was best', () => {
    // Throughput rises up to 20 in flight and falls beyond; waiting costs no CPU.
    const brittle = (limit) => ({ perMs: limit <= 20 ? limit / 10 : 40 / limit, usedCores: 0.05 });
    const auto = new AutoConcurrency({ initial: 4, max: 256, cores: 1 });
    const limits = last(simulate(auto, brittle, 120_000), 0.3);
    expect(average(limits)).toBeGreaterThan(8);
    expect(average(limits)).toBeLessThan(40);
  });

  test('stays between 1 and max, whatever happens', () => {
    let seed = 42;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (const max of [1, 2, 64]) {
      const auto = new AutoConcurrency({ initial: 4, max, cores: 2 });
      for (const limit of simulate(auto, () => ({ perMs: random() * 10, usedCores: random() * 2 }), 60_000)) {
        expect(Number.isSafeInteger(limit)).toBe(true);
        expect(limit).toBeGreaterThanOrEqual(1);
        expect(limit).toBeLessThanOrEqual(max);
      }
    }
  });

  test('nothing finishes for a long time: no number goes astray', () => {
    const auto = new AutoConcurrency({ initial: 4, max: 64, cores: 1 });
    for (const limit of simulate(auto, () => ({ perMs: 0, usedCores: 0 }), 20_000)) expect(limit).toBeGreaterThanOrEqual(1);
  });

  test('is deterministic', () => {
    const machine = system({ waitMs: 20, cpuMs: 1, cores: 2 });
    const run = () => simulate(new AutoConcurrency({ initial: 4, max: 128, cores: 2 }), machine, 20_000);
    expect(run()).toEqual(run());
  });

  test('an interruption does not count as slowness', () => {
    const machine = system({ waitMs: 0, cpuMs: 5, cores: 2 });
    const auto = new AutoConcurrency({ initial: 2, max: 64, cores: 2 });
    const state = { nowMs: 0, completed: 0, cpuMs: 0 };
    simulate(auto, machine, 10_000, state);
    const before = auto.limit;
    state.nowMs += 1e6;
    auto.restart();
    expect(auto.observe(state.nowMs, state.completed, state.cpuMs)).toBe(before);
    expect(Math.max(...simulate(auto, machine, 200, state))).toBeLessThanOrEqual(4);
  });
});

describe("concurrency: 'auto'", () => {
  test.each(placements)('$name: all is done as with a number', async ({ hashing }) => {
    const processor = closing(new ParallelProcessor(hashing, { concurrency: 'auto' }));
    const words = range(2000).map(String);
    const { results, errors } = await processor.process([...words, 5]);
    expect(results).toEqual(words.map(sha256));
    expect(errors).toHaveLength(1);
    expect(processor.health().concurrency).toBeGreaterThanOrEqual(1);
  });

  test('is the default of operations', () => {
    const byDefault = new ParallelProcessor(operations.stat()).health().concurrency;
    expect(byDefault).toBe(new ParallelProcessor(operations.stat(), { concurrency: 'auto' }).health().concurrency);
    expect(byDefault).not.toBe(new ParallelProcessor(operations.stat(), { concurrency: 77 }).health().concurrency);
  });

  test('items that only wait are soon in work by the dozen', async () => {
    let running = 0;
    let peak = 0;
    const processor = new ParallelProcessor(async () => {
      peak = Math.max(peak, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    }, { concurrency: 'auto' });
    await processor.process(range(3000));
    expect(peak).toBeGreaterThan(16);
    expect(peak).toBeLessThanOrEqual(512);
  });
});
