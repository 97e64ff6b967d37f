// The ParallelProcessor that pipelines carry around, as such code is usually written. Its public surface is Part 1 of the contract; its
// faults are the usual ones and are kept on purpose:
// - the spread of the defaults lets `undefined` replace a default;
// - a batch is a barrier: the slowest item of 50 holds back the next batch;
// - the window counts promises that have settled, so a batch larger than `concurrency` loses its rest;
// - results arrive in the order of completion;
// - memory is heapUsed, which does not see Buffers.

import os from 'node:os';

/**
 * @template T, R
 * @typedef {object} NaiveOutcome
 * @property {R[]} results
 * @property {{ item: T, error: unknown }[]} errors
 * @property {{ totalProcessed: number, successful: number, failed: number, duration: number, memoryPeak: number }} stats
 */

/**
 * @typedef {object} NaiveOptions
 * @property {number} [concurrency]
 * @property {number} [batchSize]
 * @property {number} [maxMemory]
 * @property {(completed: number, total: number) => void} [progressCallback]
 */

/** @template T, R */
export class NaiveParallelProcessor {
  /**
   * @param {(item: T) => R | Promise<R>} processor
   * @param {NaiveOptions} [options]
   */
  constructor(processor, options = {}) {
    this.processor = processor;
    this.options = {
      concurrency: Math.max(1, Math.floor(os.cpus().length / 2)),
      batchSize: 50,
      maxMemory: 1024,
      progressCallback: /** @param {number} _completed @param {number} _total */ (_completed, _total) => {},
      ...options,
    };
  }

  /**
   * @param {T[]} items
   * @returns {Promise<NaiveOutcome<T, R>>}
   */
  async process(items) {
    const startTime = Date.now();
    /** @type {NaiveOutcome<T, R>} */
    const outcome = {
      results: [],
      errors: [],
      stats: { totalProcessed: 0, successful: 0, failed: 0, duration: 0, memoryPeak: 0 },
    };
    for (let start = 0; start < items.length; start += this.options.batchSize) {
      const batch = items.slice(start, start + this.options.batchSize);
      await this.processBatch(batch, outcome);
      await this.checkMemory(outcome);
      this.options.progressCallback(Math.min(start + batch.length, items.length), items.length);
    }
    outcome.stats.totalProcessed = outcome.results.length + outcome.errors.length;
    outcome.stats.successful = outcome.results.length;
    outcome.stats.failed = outcome.errors.length;
    outcome.stats.duration = Date.now() - startTime;
    return outcome;
  }

  /**
   * @param {T[]} batch
   * @param {NaiveOutcome<T, R>} outcome
   */
  async processBatch(batch, outcome) {
    /** @type {Promise<void>[]} */
    const executing = [];
    for (const item of batch) {
      if (executing.length < this.options.concurrency) {
        executing.push(this.processItem(item, outcome));
      } else {
        // The fault: what has settled stays in the window, and this item is never started.
        await Promise.race(executing);
      }
    }
    await Promise.all(executing);
  }

  /**
   * @param {T} item
   * @param {NaiveOutcome<T, R>} outcome
   */
  async processItem(item, outcome) {
    try {
      outcome.results.push(await this.processor(item));
    } catch (error) {
      outcome.errors.push({ item, error });
    }
  }

  /** @param {NaiveOutcome<T, R>} outcome */
  async checkMemory(outcome) {
    const used = process.memoryUsage().heapUsed;
    outcome.stats.memoryPeak = Math.max(outcome.stats.memoryPeak, used);
    if (used / 1024 / 1024 > this.options.maxMemory) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/**
 * The same with the one fault repaired that makes timing it pointless: every item is processed, and results keep the order of the
 * input. Everything else, barrier and heapUsed included, is as it was.
 *
 * @template T, R
 * @extends {NaiveParallelProcessor<T, R>}
 */
export class RepairedNaiveParallelProcessor extends NaiveParallelProcessor {
  /**
   * @override
   * @param {T[]} batch
   * @param {NaiveOutcome<T, R>} outcome
   */
  async processBatch(batch, outcome) {
    /** @type {Promise<void>[]} */
    const executing = [];
    /** @type {({ value: R } | undefined)[]} */
    const settled = new Array(batch.length);
    for (const [index, item] of batch.entries()) {
      /** @type {Promise<void>} */
      const running = this.settleItem(item, index, settled, outcome).then(() => {
        executing.splice(executing.indexOf(running), 1);
      });
      executing.push(running);
      if (executing.length >= this.options.concurrency) await Promise.race(executing);
    }
    await Promise.all(executing);
    for (const entry of settled) if (entry) outcome.results.push(entry.value);
  }

  /**
   * @param {T} item
   * @param {number} index
   * @param {({ value: R } | undefined)[]} settled
   * @param {NaiveOutcome<T, R>} outcome
   */
  async settleItem(item, index, settled, outcome) {
    try {
      settled[index] = { value: await this.processor(item) };
    } catch (error) {
      outcome.errors.push({ item, error });
    }
  }
}
