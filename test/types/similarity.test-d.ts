// What searches take, and how scores arrive in each precision.
import { similarity } from 'millrace';
import type { Clusters, PairStream, SimilarPairs, SimilarityPrecision, TopKResult } from 'millrace';
import { expectType, type Same } from './equality.js';

const matrix = new Float32Array(12);
const rows = [
  [1, 2],
  [3, 4],
];

const nearest = await similarity.topK(matrix, null, { dimensions: 3 });
expectType<Same<typeof nearest, TopKResult>>();
expectType<Same<typeof nearest.scores, Float32Array>>();
const exact = await similarity.topK(rows, [1, 2], { precision: 'double', k: 1, threshold: null, includeSelf: undefined });
expectType<Same<typeof exact.scores, Float64Array>>();
declare const precision: SimilarityPrecision;
const either = await similarity.topK({ data: matrix, columns: 3 }, rows, { precision });
expectType<Same<typeof either.scores, Float32Array | Float64Array>>();
expectType<Same<Awaited<ReturnType<typeof similarity.clusters>>, Clusters>>();

const pairs = similarity.pairs(rows, { threshold: 0.5 });
expectType<Same<typeof pairs, PairStream>>();
for await (const batch of pairs) expectType<Same<typeof batch, SimilarPairs>>();
const all = await similarity.pairs(rows, { threshold: 0.5, precision: 'double' }).collect();
expectType<Same<typeof all.scores, Float64Array>>();

// @ts-expect-error pairs need a threshold
similarity.pairs(rows, { metric: 'dot' });
// @ts-expect-error a metric that does not exist
void similarity.topK(rows, null, { metric: 'manhattan' });
// @ts-expect-error integers are no vectors
void similarity.topK(new Int32Array(4), null, { dimensions: 2 });
