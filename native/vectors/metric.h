// How two vectors are scored, and which scores lie within a threshold. Pure values.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

#include "base/result.h"

namespace millrace {

enum class Metric : uint8_t { kCosine, kDot, kEuclidean };

/// True where the smaller score is the closer one.
constexpr bool isDistance(Metric metric) {
  return metric == Metric::kEuclidean;
}

/// Half-open.
struct RowRange {
  size_t begin;
  size_t end;
  size_t size() const { return end - begin; }
  bool operator==(const RowRange&) const = default;
};

/// Asked about once per tile; a failure ends the work with that failure.
using Checkpoint = std::function<Result<void>()>;

/// Scores within a threshold, as a comparison in the precision of the scores.
template <typename Scalar>
struct Limit {
  Metric metric;
  Scalar value;

  /// The limit that admits every score.
  static Limit none(Metric metric) {
    const Scalar infinity = std::numeric_limits<Scalar>::infinity();
    return {metric, isDistance(metric) ? infinity : -infinity};
  }

  /// Admits exactly the scores that, as doubles, are at least `threshold` (for a distance: at
  /// most). REQUIRES: threshold is not NaN.
  static Limit of(Metric metric, double threshold) {
    const double largest = std::numeric_limits<Scalar>::max();
    const Scalar infinity = std::numeric_limits<Scalar>::infinity();
    if (threshold > largest) return {metric, infinity};
    if (threshold < -largest) return {metric, -infinity};
    auto value = static_cast<Scalar>(threshold);
    // Rounding must not let in a score beyond the threshold.
    if (isDistance(metric) && value > threshold) value = std::nextafter(value, -infinity);
    if (!isDistance(metric) && value < threshold) value = std::nextafter(value, infinity);
    return {metric, value};
  }

  bool admits(Scalar score) const { return isDistance(metric) ? score <= value : score >= value; }
};

}  // namespace millrace
