// A log-linear latency histogram: constant memory, a few nanoseconds a record, relative error below
// 0.4 %. The bucket of a value is read off the bits of its IEEE 754 representation: the exponent and
// the top seven bits of the mantissa, which is the scheme of HdrHistogram (hdrhistogram.org) with
// powers of two.

const MANTISSA_BITS = 7;
const SHIFT = 20 - MANTISSA_BITS;
// From 2^-20 ms (1 ns) to 2^32 ms (50 days); what lies outside counts in the outermost bucket.
const LOWEST = (1023 - 20) << MANTISSA_BITS;
const BUCKETS = (52 << MANTISSA_BITS) + 1;

const scratch = new Float64Array(1);
const scratchBits = new Uint32Array(scratch.buffer);
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

export class LatencyHistogram {
  #counts = new Uint32Array(BUCKETS);
  #count = 0;

  /** @param {number} valueMs */
  record(valueMs) {
    scratch[0] = valueMs;
    const bucket = (scratchBits[HIGH_WORD] >>> SHIFT) - LOWEST;
    this.#counts[bucket < 0 ? 0 : bucket >= BUCKETS ? BUCKETS - 1 : bucket]++;
    this.#count++;
  }

  /** How many values were recorded. */
  get count() {
    return this.#count;
  }

  /**
   * The value below which the fraction `q` of all values lies; 0 when there are none.
   * @param {number} q from 0 to 1
   * @returns {number} milliseconds, the middle of the value's bucket
   */
  quantile(q) {
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket];
      if (this.#count > 0 && seen >= rank) return middleOf(bucket);
    }
    return 0;
  }
}

/** @param {number} bucket */
function middleOf(bucket) {
  scratch[0] = 0;
  scratchBits[HIGH_WORD] = (((bucket + LOWEST) << SHIFT) | (1 << (SHIFT - 1))) >>> 0;
  return scratch[0];
}
