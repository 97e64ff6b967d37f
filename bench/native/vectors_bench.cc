// Similarity kernels in GFLOP/s (a multiplication and an addition are two), each row of the table
// beside the others; then whole searches on one thread.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "vectors/clusters.h"
#include "vectors/pairs.h"
#include "vectors/tiles.h"
#include "vectors/top_k.h"

namespace millrace {
namespace {

const Checkpoint kUnhindered = [] { return Result<void>(); };

template <typename Scalar>
Matrix<Scalar> randomMatrix(size_t rows, size_t columns, Metric metric,
                            const TileKernels<Scalar>& kernels = tileKernels<Scalar>()) {
  std::mt19937 random(1);
  std::normal_distribution<Scalar> normal;
  std::vector<Scalar> values(rows * columns);
  for (Scalar& value : values) value = normal(random);
  return std::move(
             Matrix<Scalar>::pack(std::span<const Scalar>(values), rows, columns, metric, kernels))
      .value();
}

void setFlops(benchmark::State& state, double perIteration) {
  state.counters["GFLOP/s"] =
      benchmark::Counter(perIteration * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

template <typename Scalar>
void tiles(benchmark::State& state, InstructionSet set, Metric metric) {
  const TileKernels<Scalar>* kernels = tileKernelsFor<Scalar>(set);
  if (!kernels || !cpuSupports(set)) {
    state.SkipWithError("not on this machine");
    return;
  }
  constexpr size_t kRows = 960;
  const auto columns = static_cast<size_t>(state.range(0));
  const auto matrix = randomMatrix<Scalar>(kRows, columns, metric, *kernels);
  const Tiles<Scalar> tiles(matrix, matrix);
  Scalar sum = 0;
  for (auto _ : state) {
    for (size_t q = 0; q < kRows; q += kPanelMultiple) {
      const Result<void> outcome =
          tiles.walk({q, q + kPanelMultiple}, {0, kRows}, kUnhindered,
                     [&sum](const ScoreRow<Scalar>& row) { sum += row.scores[0]; });
      benchmark::DoNotOptimize(outcome.ok());
    }
  }
  benchmark::DoNotOptimize(sum);
  setFlops(state, (isDistance(metric) ? 3.0 : 2.0) * kRows * kRows * static_cast<double>(columns));
}
void BM_Float(benchmark::State& state, InstructionSet set, Metric metric) {
  tiles<float>(state, set, metric);
}
void BM_Double(benchmark::State& state, InstructionSet set, Metric metric) {
  tiles<double>(state, set, metric);
}
#define MILLRACE_TILES(function, set, name)                                                      \
  BENCHMARK_CAPTURE(function, name##_dot, InstructionSet::set, Metric::kDot)->Arg(64)->Arg(768); \
  BENCHMARK_CAPTURE(function, name##_euclidean, InstructionSet::set, Metric::kEuclidean)->Arg(768)
MILLRACE_TILES(BM_Float, kBaseline, baseline);
MILLRACE_TILES(BM_Float, kAvx2, avx2);
MILLRACE_TILES(BM_Float, kAvx512, avx512);
MILLRACE_TILES(BM_Double, kBaseline, baseline);
MILLRACE_TILES(BM_Double, kAvx2, avx2);
MILLRACE_TILES(BM_Double, kAvx512, avx512);

void BM_Pack(benchmark::State& state) {
  std::mt19937 random(1);
  std::vector<float> values(2356 * 768);
  for (float& value : values) value = static_cast<float>(random());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Matrix<float>::pack(std::span<const float>(values), 2356, 768, Metric::kCosine));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(values.size() * sizeof(float)));
}
BENCHMARK(BM_Pack)->Unit(benchmark::kMillisecond);

void BM_Pairs(benchmark::State& state) {
  constexpr size_t kRows = 2356;
  const auto matrix = randomMatrix<float>(kRows, 768, Metric::kCosine);
  const size_t block = queriesPerBlock(768, sizeof(float));
  for (auto _ : state) {
    for (size_t q = 0; q < kRows; q += block) {
      benchmark::DoNotOptimize(pairsWithin(matrix, {q, std::min(q + block, kRows)}, {q, kRows},
                                           Limit<float>::of(Metric::kCosine, 0.1), kUnhindered));
    }
  }
  setFlops(state, 1.0 * kRows * kRows * 768);
}
BENCHMARK(BM_Pairs)->Unit(benchmark::kMillisecond);

void BM_TopK(benchmark::State& state) {
  constexpr size_t kRows = 4000;
  const auto matrix = randomMatrix<float>(kRows, 384, Metric::kCosine);
  const size_t block = queriesPerBlock(384, sizeof(float));
  for (auto _ : state) {
    for (size_t q = 0; q < kRows; q += block) {
      benchmark::DoNotOptimize(topKWithin(matrix, matrix, {q, std::min(q + block, kRows)},
                                          {0, kRows}, 10, Limit<float>::none(Metric::kCosine), true,
                                          kUnhindered));
    }
  }
  setFlops(state, 2.0 * kRows * kRows * 384);
}
BENCHMARK(BM_TopK)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace millrace
