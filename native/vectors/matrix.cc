// Invariants: every packed value is finite, and no score of two rows, nor any partial sum of it,
// can overflow: by Cauchy and Schwarz it is at most the product of the two lengths, and (|a| +
// |b|)^2 for a squared distance. Comparisons of scores therefore never meet NaN.
#include "vectors/matrix.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace millrace {
namespace {

constexpr size_t kAlignment = 64;

/// A row's Euclidean length is length * 2^exponent; the factor keeps its square within a double.
struct RowLength {
  double length;
  int exponent;
};

/// Four chains, because one would wait for each addition.
template <typename Source>
double sumOfSquares(std::span<const Source> row, double factor) {
  double sums[4] = {};
  size_t k = 0;
  for (; k + 4 <= row.size(); k += 4) {
    for (size_t chain = 0; chain < 4; ++chain) {
      const double value = static_cast<double>(row[k + chain]) * factor;
      sums[chain] += value * value;
    }
  }
  for (; k < row.size(); ++k) {
    const double value = static_cast<double>(row[k]) * factor;
    sums[0] += value * value;
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

Error notFinite(double value, size_t row, size_t column) {
  const char* name = std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  return Error::of(ErrorCode::kInvalidArgument, "row " + std::to_string(row) + ", column " +
                                                    std::to_string(column) +
                                                    ": expected a finite number, received " + name);
}

Error tooLong(size_t row) {
  return Error::of(ErrorCode::kInvalidArgument,
                   "row " + std::to_string(row) + ": its scores could overflow; scale the vectors");
}

/// Where squares leave the range of a double, the row is measured in units of its largest value.
template <typename Source>
Result<RowLength> lengthOf(std::span<const Source> row, size_t index) {
  const double sum = sumOfSquares(row, 1);
  if (std::isfinite(sum) && sum > 1e-280) return RowLength{std::sqrt(sum), 0};
  double largest = 0;
  for (size_t k = 0; k < row.size(); ++k) {
    if (!std::isfinite(row[k])) return notFinite(row[k], index, k);
    largest = std::max(largest, std::fabs(static_cast<double>(row[k])));
  }
  if (largest == 0) return RowLength{0, 0};
  // The factor itself has to be a normal number: subnormal values are scaled to 2^-51 at least.
  const int exponent = std::clamp(std::ilogb(largest), -1022, 1022);
  return RowLength{std::sqrt(sumOfSquares(row, std::ldexp(1.0, -exponent))), exponent};
}

template <typename Scalar>
bool mayOverflow(RowLength length) {
  const double longest = std::sqrt(static_cast<double>(std::numeric_limits<Scalar>::max())) / 4;
  return std::ldexp(length.length, length.exponent) > longest;
}

/// What a row's values are multiplied by: first a power of two, which rounds nothing, then a
/// factor.
struct RowScale {
  double power = 1;
  double factor = 1;
};

template <typename Scalar, typename Source>
Result<RowScale> scaleOf(std::span<const Source> row, size_t index, Metric metric) {
  const Result<RowLength> measured = lengthOf(row, index);
  if (!measured) return measured.error();
  const RowLength length = measured.value();
  if (metric != Metric::kCosine) {
    if (mayOverflow<Scalar>(length)) return tooLong(index);
    return RowScale{};
  }
  if (length.length == 0) return RowScale{};  // a zero vector stays one
  return RowScale{std::ldexp(1.0, -length.exponent), 1 / length.length};
}

/// Transposes rows into a panel, some columns of all rows at a time: what is read and what is
/// written then stay in the first-level cache.
template <typename Scalar, typename Source>
void fillPanel(std::span<const Source> values, size_t columns, std::span<const RowScale> scales,
               size_t stride, Scalar* panel) {
  constexpr size_t kColumnsAtOnce = 16;
  for (size_t begin = 0; begin < columns; begin += kColumnsAtOnce) {
    const size_t end = std::min(begin + kColumnsAtOnce, columns);
    for (size_t r = 0; r < scales.size(); ++r) {
      const Source* row = values.data() + r * columns;
      const RowScale scale = scales[r];
      for (size_t k = begin; k < end; ++k) {
        const double value = static_cast<double>(row[k]) * scale.power * scale.factor;
        panel[k * stride + r] = static_cast<Scalar>(value);
      }
    }
  }
}

template <typename Scalar>
Result<Bytes> allocatePanels(size_t rows, size_t columns, size_t panelRows) {
  if (rows > kMaxMatrixRows) {
    return Error::of(ErrorCode::kTooLarge, "more than 2147483647 rows");
  }
  const size_t padded = (rows + panelRows - 1) / panelRows * panelRows;
  const size_t most = (std::numeric_limits<size_t>::max() / 2 - kAlignment) / sizeof(Scalar);
  if (padded != 0 && columns > most / padded) return Error::of(ErrorCode::kOutOfMemory);
  return Bytes::allocate(padded * columns * sizeof(Scalar) + kAlignment);
}

}  // namespace

template <typename Scalar>
template <typename Source>
Result<Matrix<Scalar>> Matrix<Scalar>::pack(std::span<const Source> values, size_t rows,
                                            size_t columns, Metric metric,
                                            const TileKernels<Scalar>& kernels) {
  Result<Bytes> memory = allocatePanels<Scalar>(rows, columns, kernels.panelRows);
  if (!memory) return std::move(memory).error();
  Matrix matrix;
  matrix.memory_ = std::move(memory).value();
  void* start = matrix.memory_.data();
  size_t space = matrix.memory_.size();
  matrix.data_ = static_cast<Scalar*>(std::align(kAlignment, space - kAlignment, start, space));
  matrix.kernels_ = &kernels;
  matrix.rows_ = rows;
  matrix.columns_ = columns;
  matrix.metric_ = metric;
  const size_t stride = kernels.panelRows;
  for (size_t first = 0; first < rows; first += stride) {
    const size_t count = std::min(stride, rows - first);
    Scalar* panel = matrix.data_ + first * columns;
    if (count < stride) std::fill_n(panel, stride * columns, Scalar{0});
    RowScale scales[kMaxPanelRows];
    for (size_t r = 0; r < count; ++r) {
      const size_t row = first + r;
      Result<RowScale> scale = scaleOf<Scalar>(values.subspan(row * columns, columns), row, metric);
      if (!scale) return std::move(scale).error();
      scales[r] = scale.value();
    }
    fillPanel(values.subspan(first * columns, count * columns), columns,
              std::span<const RowScale>(scales, count), stride, panel);
  }
  return matrix;
}

template class Matrix<float>;
template class Matrix<double>;
template Result<Matrix<float>> Matrix<float>::pack(std::span<const float>, size_t, size_t, Metric,
                                                   const TileKernels<float>&);
template Result<Matrix<float>> Matrix<float>::pack(std::span<const double>, size_t, size_t, Metric,
                                                   const TileKernels<float>&);
template Result<Matrix<double>> Matrix<double>::pack(std::span<const float>, size_t, size_t, Metric,
                                                     const TileKernels<double>&);
template Result<Matrix<double>> Matrix<double>::pack(std::span<const double>, size_t, size_t,
                                                     Metric, const TileKernels<double>&);

}  // namespace millrace
