// Puts the blocks of a top-k search together: those of the same queries and other rows are merged.

/**
 * @typedef {Float32Array | Float64Array} Scores
 *
 * One block's answer: of each query `counts` entries, side by side.
 * @typedef {{ begin: number, counts: Uint32Array, rows: Int32Array, scores: Scores }} TopKPart
 */

export class TopKMerge {
  /**
   * @param {number} queries
   * @param {number} k
   * @param {boolean} isDistance whether the smaller score is the closer one
   * @param {{ new (length: number): Scores }} ScoresClass
   */
  constructor(queries, k, isDistance, ScoresClass) {
    this.#k = k;
    this.#isDistance = isDistance;
    this.#indices = new Int32Array(queries * k).fill(-1);
    this.#scores = new ScoresClass(queries * k).fill(NaN);
    this.#counts = new Uint32Array(queries);
  }

  #k;
  #isDistance;
  #indices;
  #scores;
  #counts;
  /** Parts of the same queries. @type {TopKPart[]} */
  #parts = [];

  /** @param {TopKPart} part */
  add(part) {
    if (this.#parts.length > 0 && this.#parts[0].begin !== part.begin) this.#merge();
    this.#parts.push(part);
  }

  finish() {
    this.#merge();
    return { k: this.#k, indices: this.#indices, scores: this.#scores, counts: this.#counts };
  }

  #merge() {
    const parts = this.#parts.splice(0);
    if (parts.length === 0) return;
    // Where each part's entries of the query at hand begin.
    const begins = new Uint32Array(parts.length);
    const [{ begin, counts }] = parts;
    for (let query = 0; query < counts.length; query++) {
      const ends = begins.map((at, p) => at + parts[p].counts[query]);
      if (parts.length === 1) this.#copy(parts[0], begin + query, begins[0], ends[0]);
      else this.#mergeQuery(parts, begin + query, begins.slice(), ends);
      begins.set(ends);
    }
  }

  /**
   * @param {TopKPart} part
   * @param {number} query
   * @param {number} from
   * @param {number} to
   */
  #copy({ rows, scores }, query, from, to) {
    this.#indices.set(rows.subarray(from, to), query * this.#k);
    this.#scores.set(scores.subarray(from, to), query * this.#k);
    this.#counts[query] = to - from;
  }

  /**
   * @param {TopKPart[]} parts each sorted, of ascending ranges of rows
   * @param {number} query
   * @param {Uint32Array} heads
   * @param {Uint32Array} ends
   */
  #mergeQuery(parts, query, heads, ends) {
    let count = 0;
    for (; count < this.#k; count++) {
      let best = -1;
      for (let p = 0; p < parts.length; p++) {
        // Of equal scores the earlier part has the lower row.
        if (heads[p] < ends[p] && (best < 0 || this.#closer(parts[p].scores[heads[p]], parts[best].scores[heads[best]]))) best = p;
      }
      if (best < 0) break;
      const at = heads[best]++;
      this.#indices[query * this.#k + count] = parts[best].rows[at];
      this.#scores[query * this.#k + count] = parts[best].scores[at];
    }
    this.#counts[query] = count;
  }

  /**
   * @param {number} a
   * @param {number} b
   */
  #closer(a, b) {
    return this.#isDistance ? a < b : a > b;
  }
}
