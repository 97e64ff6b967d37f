// Everything at once, at random, for a minute: whatever the mixture, every item is accounted for. The seed is in
// the name of the test; MILLRACE_SOAK_SEED repeats its choices as far as timing allows, MILLRACE_SOAK_SECONDS lengthens it.
import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { ParallelProcessor, operations, poolStats, workerTask } from '../../lib/index.js';

const seconds = Number(process.env.MILLRACE_SOAK_SECONDS ?? 60);
const seed = Number(process.env.MILLRACE_SOAK_SEED ?? Date.now() % 2 ** 31);

/** Mulberry32. */
function randomFrom(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const md5 = (item) => createHash('md5').update(item).digest('hex');
const turn = () => new Promise((resolve) => setImmediate(resolve));

class Soak {
  #random = randomFrom(seed);
  calls = 0;

  pick(limit) {
    return Math.floor(this.#random() * limit);
  }

  chance(probability) {
    return this.#random() < probability;
  }

  processor() {
    const kind = this.pick(4);
    const options = {
      concurrency: this.chance(0.2) ? 'auto' : 1 + this.pick(8),
      batchSize: 1 + this.pick(100),
      maxMemory: this.chance(0.1) ? 1 : 4096,
      retry: this.chance(0.2) ? { attempts: 2, delay: 0 } : null,
      timeout: this.chance(0.2) ? 60_000 : null,
      priority: this.chance(0.2) ? (item) => String(item).length : null,
    };
    const functions = [
      async (item) => { if (this.chance(0.3)) await turn(); return md5(item); },
      (item) => md5(item),
      operations.hash({ algorithm: 'md5' }),
      workerTask(new URL('./digest.mjs', import.meta.url), { workers: 2 }),
    ];
    return { processor: new ParallelProcessor(functions[kind], options), options };
  }

  items() {
    return Array.from({ length: this.pick(300) }, (_, k) => (this.chance(0.05) ? k : `${this.pick(1e9)} ${'x'.repeat(this.pick(200))}`));
  }

  check(items, { results, errors, stats }) {
    const good = items.filter((item) => typeof item === 'string');
    expect(results).toEqual(good.map(md5));
    expect(errors.map(({ item }) => item)).toEqual(items.filter((item) => typeof item !== 'string'));
    expect(stats).toMatchObject({ totalProcessed: items.length, successful: good.length, failed: items.length - good.length });
  }

  async collect(processor, items) {
    this.check(items, await processor.process(items));
  }

  async abort(processor, items) {
    const controller = new AbortController();
    const outcome = processor.process(items, { signal: controller.signal }).then((result) => this.check(items, result), (reason) => expect(reason).toBe(controller));
    for (let turns = this.pick(4); turns > 0; turns--) await turn();
    controller.abort(controller);
    await outcome;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  }

  async stream(processor, items) {
    const wanted = this.chance(0.5) ? Infinity : this.pick(items.length + 1);
    let seen = 0;
    for await (const { index, item, status, value } of processor.stream(items, { highWaterMark: 1 + this.pick(40) })) {
      expect(index).toBe(seen);
      expect(item).toBe(items[seen]);
      if (status === 'fulfilled') expect(value).toBe(md5(item));
      if (++seen > wanted) break;
    }
    if (wanted === Infinity) expect(seen).toBe(items.length);
  }

  async graph(processor, items) {
    const needs = items.map((_, k) => (k > 0 && this.chance(0.5) ? [String(this.pick(k))] : []));
    const nodes = items.map((item, k) => (typeof item === 'string' ? item : `node ${k}`));
    const place = new Map(nodes.map((node, k) => [node, k]));
    if (place.size !== nodes.length) return;
    const options = { key: (node) => String(place.get(node)), dependencies: (node) => needs[place.get(node)] };
    this.check(nodes, await processor.process(nodes, options));
  }

  async round() {
    const { processor, options } = this.processor();
    const calls = Array.from({ length: 1 + this.pick(4) }, () => {
      const items = this.items();
      this.calls++;
      const ways = [this.collect, this.abort, this.graph];
      if (options.priority === null) ways.push(this.stream);
      return ways[this.pick(ways.length)].call(this, processor, items);
    });
    if (this.chance(0.5)) await Promise.all(calls);
    await Promise.all([processor.close(), ...calls]);
    // Functions that an abort left in work go on to their end; everything else has ended with close().
    for (let turns = 0; turns < 10 && processor.health().running > 0; turns++) await turn();
    expect(processor.health()).toMatchObject({ calls: 0, running: 0, closed: true });
  }
}

test(`a random mixture for ${seconds} s (seed ${seed})`, { timeout: (seconds + 120) * 1000 }, async () => {
  const soak = new Soak();
  const end = performance.now() + seconds * 1000;
  const early = { rss: 0 };
  const third = performance.now() + (seconds * 1000) / 3;
  while (performance.now() < end) {
    await Promise.all([soak.round(), soak.round()]);
    if (early.rss === 0 && performance.now() > third) {
      global.gc();
      early.rss = process.memoryUsage.rss();
    }
  }
  global.gc();
  expect(soak.calls).toBeGreaterThan(seconds);
  expect(poolStats()).toMatchObject({ queued: 0, restarts: 0 });
  expect(process.memoryUsage.rss()).toBeLessThan(early.rss * 1.5 + 50 * 1024 * 1024);
});
