// Drives a WorkerPool with runs in memory, and counts how often each item is settled.
import { WorkerPool } from '../../../lib/worker/pool.js';
import { workerTask } from '../../../lib/worker/worker-task.js';

export const tasksUrl = new URL('../../fixtures/worker/tasks.js', import.meta.url);

export class TestRun {
  constructor(items, { timeoutMs = 0, wantsContext = false } = {}) {
    this.items = items;
    this.timeoutMs = timeoutMs;
    this.wantsContext = wantsContext;
    this.stopped = false;
    this.next = 0;
    this.results = new Map();
    this.errors = new Map();
    this.latencies = [];
    this.settledTimes = new Map();
    this.settleCounts = new Array(items.length).fill(0);
    this.onSettled = () => {};
    this.done = new Promise((resolve) => (this.resolve = resolve));
    if (items.length === 0) this.resolve();
  }

  attemptOf() {
    return 1;
  }

  positionOf(index) {
    return index;
  }

  succeed(index, value, latencyMs) {
    this.results.set(index, value);
    this.#settled(index, latencyMs);
  }

  fail(index, error, latencyMs) {
    this.errors.set(index, error);
    this.#settled(index, latencyMs);
  }

  #settled(index, latencyMs) {
    this.latencies.push(latencyMs);
    this.settleCounts[index]++;
    this.settledTimes.set(index, performance.now());
    this.onSettled(index);
    if (this.results.size + this.errors.size === this.items.length) this.resolve();
  }

  pull(max, runs, indexes) {
    const count = this.stopped ? 0 : Math.min(max, this.items.length - this.next);
    for (let i = 0; i < count; i++) {
      runs.push(this);
      indexes.push(this.next++);
    }
    return count;
  }

  /** Values in input order. */
  get values() {
    return this.items.map((_, i) => this.results.get(i));
  }
}

export class TestPool {
  constructor(exportName, { concurrency = 2, url = tasksUrl, ...options } = {}) {
    this.runs = [];
    this.events = [];
    const feed = {
      pull: (max, runs, indexes) => {
        let got = 0;
        for (const run of this.runs) got += run.pull(max - got, runs, indexes);
        return got;
      },
    };
    const task = workerTask(url, { export: exportName, ...options });
    this.pool = new WorkerPool(task, feed, { concurrency, onEvent: (event) => this.events.push(event) });
  }

  start(items, options) {
    const run = new TestRun(items, options);
    this.runs.push(run);
    this.pool.wake();
    return run;
  }

  async process(items, options) {
    const run = this.start(items, options);
    await run.done;
    return run;
  }

  stop(run) {
    run.stopped = true;
    this.pool.stopRun(run);
  }

  eventsOf(type) {
    return this.events.filter((event) => event.type === type);
  }
}

/** Runs `body` with a pool that is ended whatever happens. */
export async function withPool(exportName, options, body) {
  const pool = new TestPool(exportName, options);
  try {
    return await body(pool);
  } finally {
    await pool.pool.terminate();
  }
}

/** Twenty items, one of them poisonous. */
export const twenty = (is, at = 7) => Array.from({ length: 20 }, (_, i) => (i === at ? { is } : i));
