// Row vectors for the tests, and scores computed in the plainest way in double precision.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "vectors/matrix.h"

namespace millrace {

inline constexpr InstructionSet kInstructionSets[] = {
    InstructionSet::kBaseline, InstructionSet::kAvx2, InstructionSet::kAvx512};

/// The rows of the table that this machine runs.
template <typename Scalar>
std::vector<const TileKernels<Scalar>*> runnableKernels() {
  std::vector<const TileKernels<Scalar>*> runnable;
  for (const InstructionSet set : kInstructionSets) {
    const TileKernels<Scalar>* kernels = tileKernelsFor<Scalar>(set);
    if (kernels && cpuSupports(set)) runnable.push_back(kernels);
  }
  return runnable;
}

/// Rows of one cluster centre each, so that some pairs are near and most are not.
template <typename Scalar>
std::vector<Scalar> randomRows(size_t rows, size_t columns, uint32_t seed, size_t centres = 7) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> centre(centres * columns);
  for (double& value : centre) value = normal(random);
  std::vector<Scalar> values(rows * columns);
  for (size_t i = 0; i < rows; ++i) {
    const size_t c = random() % centres;
    for (size_t k = 0; k < columns; ++k) {
      values[i * columns + k] = static_cast<Scalar>(centre[c * columns + k] + 0.5 * normal(random));
    }
  }
  return values;
}

template <typename Scalar>
double referenceScore(Metric metric, std::span<const Scalar> a, std::span<const Scalar> b) {
  double dot = 0;
  double aa = 0;
  double bb = 0;
  double distance = 0;
  for (size_t k = 0; k < a.size(); ++k) {
    const double x = a[k];
    const double y = b[k];
    dot += x * y;
    aa += x * x;
    bb += y * y;
    distance += (x - y) * (x - y);
  }
  if (metric == Metric::kDot) return dot;
  if (metric == Metric::kEuclidean) return std::sqrt(distance);
  return aa == 0 || bb == 0 ? 0 : dot / std::sqrt(aa) / std::sqrt(bb);
}

template <typename Scalar>
std::span<const Scalar> rowOf(const std::vector<Scalar>& values, size_t columns, size_t row) {
  return std::span<const Scalar>(values).subspan(row * columns, columns);
}

template <typename Scalar>
Matrix<Scalar> packed(const std::vector<Scalar>& values, size_t columns, Metric metric,
                      const TileKernels<Scalar>& kernels = tileKernels<Scalar>()) {
  return std::move(Matrix<Scalar>::pack(std::span<const Scalar>(values), values.size() / columns,
                                        columns, metric, kernels))
      .value();
}

inline const Checkpoint kGoOn = [] { return Result<void>(); };

}  // namespace millrace
