// An immutable matrix of row vectors, copied once and packed into panels for the tile kernels; for
// the cosine metric, each row is scaled to length 1. Thread safe after construction. Owns its
// memory: rows * columns * sizeof(Scalar), the rows rounded up to whole panels.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "vectors/metric.h"
#include "vectors/tile_kernels.h"

namespace millrace {

/// Row indices travel as 32-bit integers, and -1 means none.
inline constexpr size_t kMaxMatrixRows = 0x7fffffff;

template <typename Scalar>
class Matrix {
 public:
  /// Copies `values`, row after row. kInvalidArgument naming row and column for NaN and infinities;
  /// naming the row where a score could overflow (a row longer than 4.6e18 in single precision, for
  /// the dot product and distances); kOutOfMemory; kTooLarge for more than kMaxMatrixRows rows.
  /// REQUIRES: values.size() == rows * columns, columns > 0; Source is float or double.
  template <typename Source>
  static Result<Matrix> pack(std::span<const Source> values, size_t rows, size_t columns,
                             Metric metric,
                             const TileKernels<Scalar>& kernels = tileKernels<Scalar>());

  size_t rows() const { return rows_; }
  size_t columns() const { return columns_; }
  Metric metric() const { return metric_; }
  const TileKernels<Scalar>& kernels() const { return *kernels_; }

  /// Panel p holds the rows from p * kernels().panelRows on; rows beyond the last are zero.
  const Scalar* panel(size_t p) const { return data_ + p * kernels_->panelRows * columns_; }

 private:
  Matrix() = default;

  Bytes memory_;
  Scalar* data_ = nullptr;  // in memory_, at a cache line's start
  const TileKernels<Scalar>* kernels_ = nullptr;
  size_t rows_ = 0;
  size_t columns_ = 0;
  Metric metric_ = Metric::kCosine;
};

}  // namespace millrace
