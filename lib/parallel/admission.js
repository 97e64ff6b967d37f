// How many items may run at once, at this moment: the concurrency asked for (or found by 'auto'), cut
// down while the process nears its memory limit. Also the sampler of memory, whose readings the calls
// under way report. Memory is the resident set: heapUsed is blind to Buffers.
import { AutoConcurrency } from './auto-concurrency.js';

const SAMPLE_MS = 20;
const TIMER_MS = 50;
/** Admission narrows from this part of the limit on, down to one item at the limit itself. */
const NARROW_FROM = 0.8;

/** What one call is told of the process while it runs. */
export class Usage {
  #startMs = performance.now();
  #startCpu = process.cpuUsage();
  #startPeakBytes = peakRssBytes();
  #sampledBytes = process.memoryUsage.rss();
  throttledMs = 0;

  /** @param {number} rssBytes */
  sample(rssBytes) {
    if (rssBytes > this.#sampledBytes) this.#sampledBytes = rssBytes;
  }

  /** @param {number} cores */
  end(cores) {
    const durationMs = performance.now() - this.#startMs;
    const cpu = process.cpuUsage(this.#startCpu);
    this.sample(process.memoryUsage.rss());
    const peakBytes = peakRssBytes();
    return {
      duration: durationMs,
      // The kernel keeps the highest value ever: when it rose during the call it is exact, and when it
      // did not, the samples are the best there is.
      memoryPeak: peakBytes > this.#startPeakBytes ? peakBytes : this.#sampledBytes,
      throttledMs: this.throttledMs,
      cpuUtilization: Math.min(1, (cpu.user + cpu.system) / 1000 / Math.max(durationMs, 0.001) / cores),
    };
  }
}

function peakRssBytes() {
  return process.resourceUsage().maxRSS * 1024;
}

export class Admission {
  /**
   * @param {object} options
   * @param {number | 'auto'} options.concurrency
   * @param {{ initial: number, max: number, cores: number }} options.auto used when concurrency is 'auto'
   * @param {number} options.maxBytes
   * @param {(limit: number) => void} options.onLimit
   * @param {() => number} options.completed how many items have settled since the start
   * @param {() => number} [options.rssBytes] replaced in tests
   */
  constructor({ concurrency, auto, maxBytes, onLimit, completed, rssBytes }) {
    this.#auto = concurrency === 'auto' ? new AutoConcurrency(auto) : null;
    this.#wanted = concurrency === 'auto' ? auto.initial : concurrency;
    this.#limit = this.#wanted;
    this.#maxBytes = maxBytes;
    this.#onLimit = onLimit;
    this.#completed = completed;
    this.#rssBytes = rssBytes ?? (() => process.memoryUsage.rss());
  }

  #auto;
  #wanted;
  #limit;
  #maxBytes;
  #onLimit;
  #completed;
  #rssBytes;
  #sampledAtMs = 0;
  /** @type {Set<Usage>} */
  #usages = new Set();
  /** @type {NodeJS.Timeout | null} */
  #timer = null;

  get limit() {
    return this.#limit;
  }

  /** A call begins. @returns {Usage} */
  begin() {
    const usage = new Usage();
    this.#usages.add(usage);
    if (this.#timer === null) {
      this.#auto?.restart();
      this.#timer = setInterval(() => this.tick(performance.now()), TIMER_MS);
      this.#timer.unref();
      this.tick(performance.now());
    }
    return usage;
  }

  /** A call has ended. @param {Usage} usage */
  end(usage) {
    this.#usages.delete(usage);
    if (this.#usages.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Called by the timer and, where the event loop is busy, from between items. @param {number} nowMs */
  tick(nowMs) {
    const sinceMs = nowMs - this.#sampledAtMs;
    if (sinceMs < SAMPLE_MS) return;
    this.#sampledAtMs = nowMs;
    const rssBytes = this.#rssBytes();
    if (this.#auto !== null) {
      const cpu = process.cpuUsage();
      this.#wanted = this.#auto.observe(nowMs, this.#completed(), (cpu.user + cpu.system) / 1000);
    }
    const allowed = this.#allowedBy(rssBytes);
    for (const usage of this.#usages) {
      usage.sample(rssBytes);
      if (allowed < this.#wanted) usage.throttledMs += Math.min(sinceMs, 2 * TIMER_MS);
    }
    if (allowed === this.#limit) return;
    this.#limit = allowed;
    this.#onLimit(allowed);
  }

  /**
   * The whole concurrency up to 80 % of the limit, then less in proportion to what is left, and never
   * below one: work goes on whatever the limit.
   * @param {number} rssBytes
   */
  #allowedBy(rssBytes) {
    const left = (this.#maxBytes - rssBytes) / (this.#maxBytes * (1 - NARROW_FROM));
    return left >= 1 ? this.#wanted : Math.max(1, Math.floor(this.#wanted * left));
  }
}
