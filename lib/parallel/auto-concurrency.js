// concurrency: 'auto'. A start from the ratio of waiting to computing: with a utilisation of u cores at
// a limit of n, n * cores / u would use all cores (Little, "A Proof for the Queuing Formula L = lambda
// W", 1961, with the response time held constant). Then paired probes: the present limit and a
// neighbour take turns, and the neighbour is kept when its throughput was clearly better.

const WINDOW_MS = 60;
const MAX_WINDOW_MS = 1000;
const STEP = 1.5;
const BETTER = 1.05;
/** By how much throughput must rise with a step of the start for another to follow. */
const WORTH_GROWING = 1.15;
// After both neighbours have lost, this many windows pass before the next probe.
const REST_WINDOWS = 20;
const SETTLED_UTILISATION = 0.9;

export class AutoConcurrency {
  /** @param {{ initial: number, max: number, cores: number }} options `cores` that the work can use */
  constructor({ initial, max, cores }) {
    this.#limit = Math.min(initial, max);
    this.#max = max;
    this.#cores = cores;
  }

  #limit;
  #max;
  #cores;
  #windowStartMs = -1;
  #windowCompleted = 0;
  #windowCpuMs = 0;
  #growing = true;
  /** The step before the present one. @type {{ limit: number, throughput: number } | null} */
  #before = null;
  /** Throughputs of the probe under way: base, candidate, base, candidate. @type {number[]} */
  #samples = [];
  #candidate = 0;
  #up = true;
  #losses = 0;
  #rest = 0;

  /** The limit to use now. */
  get limit() {
    return this.#samples.length % 2 === 1 ? this.#candidate : this.#limit;
  }

  /** Forgets the window under way, because the work was interrupted. */
  restart() {
    this.#windowStartMs = -1;
  }

  /**
   * @param {number} nowMs
   * @param {number} completed items since the start
   * @param {number} cpuMs of the process since the start
   * @returns {number} the limit to use now
   */
  observe(nowMs, completed, cpuMs) {
    if (this.#windowStartMs < 0) {
      this.#open(nowMs, completed, cpuMs);
      return this.limit;
    }
    const elapsedMs = nowMs - this.#windowStartMs;
    const done = completed - this.#windowCompleted;
    const enough = elapsedMs >= WINDOW_MS && done >= 2 * this.limit;
    if (!enough && elapsedMs < MAX_WINDOW_MS) return this.limit;
    const throughput = done / elapsedMs;
    if (this.#growing) this.#grow((cpuMs - this.#windowCpuMs) / elapsedMs, throughput);
    else this.#probe(throughput);
    this.#open(nowMs, completed, cpuMs);
    return this.limit;
  }

  /**
   * @param {number} nowMs
   * @param {number} completed
   * @param {number} cpuMs
   */
  #open(nowMs, completed, cpuMs) {
    this.#windowStartMs = nowMs;
    this.#windowCompleted = completed;
    this.#windowCpuMs = cpuMs;
  }

  /**
   * @param {number} usedCores
   * @param {number} throughput items per ms in the window that ended
   */
  #grow(usedCores, throughput) {
    if (this.#before !== null && throughput < this.#before.throughput * WORTH_GROWING) {
      // The other end answers more slowly instead of more often: the last step went too far.
      this.#limit = this.#before.limit;
      this.#growing = false;
      return;
    }
    this.#before = { limit: this.#limit, throughput };
    const utilisation = usedCores / this.#cores;
    // At most fourfold at a time, so that a step too far is not a leap.
    const factor = Math.min(4, 1 / Math.max(utilisation, 0.01));
    const next = Math.min(this.#max, Math.ceil(this.#limit * factor));
    if (utilisation >= SETTLED_UTILISATION || next < this.#limit * 1.25) this.#growing = false;
    else this.#limit = next;
  }

  /** @param {number} throughput items per ms in the window that ended */
  #probe(throughput) {
    if (this.#rest > 0) {
      this.#rest--;
      return;
    }
    if (this.#samples.length === 0) this.#candidate = this.#neighbour();
    this.#samples.push(throughput);
    if (this.#samples.length < 4) return;
    const [base = 0, candidate = 0, baseAgain = 0, candidateAgain = 0] = this.#samples;
    this.#samples = [];
    const ratio = (candidate + candidateAgain) / (base + baseAgain);
    // Fewer in flight at the same throughput is better: shorter latency, less memory.
    if (this.#up ? ratio > BETTER : ratio > 1 / BETTER) {
      this.#limit = this.#candidate;
      this.#losses = 0;
      return;
    }
    this.#up = !this.#up;
    if (++this.#losses < 2) return;
    this.#losses = 0;
    this.#rest = REST_WINDOWS;
  }

  #neighbour() {
    const up = Math.min(this.#max, Math.max(this.#limit + 1, Math.round(this.#limit * STEP)));
    return this.#up ? up : Math.max(1, Math.floor(this.#limit / STEP));
  }
}
