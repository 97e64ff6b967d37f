/** Numbers side by side, row after row. */
export type FlatVectors = Float32Array | Float64Array | readonly number[];

/**
 * Row vectors. Flat numbers need the option `dimensions` (queries take the matrix's); the first row of a
 * list of rows says how long all have to be. Numbers that are not finite, and ragged rows, are refused.
 */
export type VectorMatrix =
  | FlatVectors
  | readonly (Float32Array | Float64Array | readonly number[])[]
  | { readonly data: FlatVectors; readonly columns: number; readonly rows?: number | undefined };

/**
 * - `cosine`: dot product of the rows scaled to length 1, in [-1, 1]; 0 where either is the zero vector.
 * - `dot`: dot product.
 * - `euclidean`: distance, the square root of the sum of squared differences. Here less is closer.
 */
export type SimilarityMetric = 'cosine' | 'dot' | 'euclidean';

export type SimilarityPrecision = 'single' | 'double';

/** How scores arrive. */
export type SimilarityScores<P extends SimilarityPrecision> = P extends 'double' ? Float64Array : Float32Array;

export interface SimilarityOptions<P extends SimilarityPrecision = 'single'> {
  /** Default `'cosine'`. */
  metric?: SimilarityMetric | null | undefined;
  /**
   * Of the vectors, the sums and the scores. `'single'` (the default) rounds vectors to 32-bit floats: a
   * cosine is then within about 1e-6 of the exact one. `'double'` takes twice the memory and time.
   */
  precision?: P | null | undefined;
  /** Columns of a flat matrix; a matrix that says itself has to agree. From 1. */
  dimensions?: number | null | undefined;
  /** Blocks of work that run at once, from 1 to 1024. Default: the cores this process may use. Results do not depend on it. */
  concurrency?: number | null | undefined;
  /** Stops the search within a millisecond or so; it rejects with `signal.reason`. */
  signal?: AbortSignal | null | undefined;
  /** Called with (completed, total) blocks of work. What it throws ends the search. */
  onProgress?: ((completed: number, total: number) => void) | null | undefined;
}

export interface SimilarityThreshold {
  /**
   * Scores of at least this count; for `euclidean`, distances of at most this. From -1 to 1 for `cosine`,
   * from 0 for `euclidean`, any finite number for `dot`. Compared with the score that is returned.
   */
  threshold: number;
}

export interface TopKOptions<P extends SimilarityPrecision = 'single'> extends SimilarityOptions<P> {
  /** Rows to find for each query. Default 10; from 1. Where there are fewer rows, all of them. */
  k?: number | null | undefined;
  /** As for pairs. Default none: the k closest rows, however far. */
  threshold?: number | null | undefined;
  /** Without queries: whether a row finds itself. Default false. */
  includeSelf?: boolean | null | undefined;
}

/** Query q's rows are at [q * k, q * k + counts[q]), closest first; of equal scores the lower index first. */
export interface TopKResult<Scores = Float32Array> {
  /** Entries of each query: the `k` that was asked for, or the number of rows there are. */
  readonly k: number;
  /** Row indices; -1 beyond `counts[q]`. */
  readonly indices: Int32Array;
  /** NaN beyond `counts[q]`. */
  readonly scores: Scores;
  readonly counts: Uint32Array;
}

/** Parallel arrays: rows `i[n] < j[n]` have the score `scores[n]`. */
export interface SimilarPairs<Scores = Float32Array> {
  readonly i: Uint32Array;
  readonly j: Uint32Array;
  readonly scores: Scores;
}

/**
 * Pairs in batches that are not empty; ascending by i, then j, within a batch. The batches, too, come in the
 * same order on every run. Each iteration is a search of its own, which reads the matrix when it begins; an
 * array of rows is read at the call.
 */
export interface PairStream<Scores = Float32Array> extends AsyncIterable<SimilarPairs<Scores>> {
  [Symbol.asyncIterator](): AsyncGenerator<SimilarPairs<Scores>, void, undefined>;
  /** All batches in one. Takes as much memory as there are pairs. */
  collect(): Promise<SimilarPairs<Scores>>;
}

export interface Clusters {
  /** Cluster of each row, numbered from 0 in the order of their first members. */
  readonly labels: Uint32Array;
  /** How many clusters there are; a row that is similar to no other is one of its own. */
  readonly count: number;
  /** Rows in each cluster. */
  readonly sizes: Uint32Array;
}

/**
 * Exact searches over all pairs of vectors, without an index, on all cores. Deterministic: a score depends on
 * its two vectors alone, to the last bit, on processors with a fused multiply-add; others may differ in the
 * last bits. The matrix is copied once; beyond that and the result, memory does not grow.
 *
 * All refuse with a TypeError or RangeError naming what is wrong: ragged rows, numbers that are not finite
 * (with row and column), vectors so long that a score could overflow, queries of other length. They fail with
 * a MillraceError `ERR_OUT_OF_MEMORY` when the matrix cannot be copied.
 */
export interface Similarity {
  /**
   * The k closest rows of each query; without queries, of each row. O(queries * rows * columns).
   */
  topK<P extends SimilarityPrecision = 'single'>(
    matrix: VectorMatrix,
    queries?: VectorMatrix | null,
    options?: TopKOptions<P> | null,
  ): Promise<TopKResult<SimilarityScores<P>>>;
  /**
   * All pairs of rows within the threshold, streamed: no more than a few blocks of work are ahead of the
   * consumer, and leaving the loop ends the search. O(rows^2 * columns).
   */
  pairs<P extends SimilarityPrecision = 'single'>(
    matrix: VectorMatrix,
    options: SimilarityOptions<P> & SimilarityThreshold,
  ): PairStream<SimilarityScores<P>>;
  /**
   * Connected components: rows are in one cluster when a chain of pairs within the threshold links them. No
   * pair is stored. O(rows^2 * columns).
   */
  clusters(matrix: VectorMatrix, options: SimilarityOptions<SimilarityPrecision> & SimilarityThreshold): Promise<Clusters>;
}

export declare const similarity: Similarity;
