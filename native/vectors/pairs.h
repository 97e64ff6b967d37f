// All pairs of rows whose score lies within a limit, range by range. Pure and thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "vectors/tiles.h"

namespace millrace {

/// Parallel arrays: rows first[n] < second[n] have scores[n].
template <typename Scalar>
struct PairList {
  std::vector<uint32_t> first;
  std::vector<uint32_t> second;
  std::vector<Scalar> scores;
};

/// The pairs (i, j) with i in `queries`, j in `rows` and i < j, ascending by i, then by j. Memory:
/// at most queries.size() * rows.size() pairs. Throws std::bad_alloc.
/// REQUIRES: both ranges lie within the matrix.
template <typename Scalar>
Result<PairList<Scalar>> pairsWithin(const Matrix<Scalar>& matrix, RowRange queries, RowRange rows,
                                     Limit<Scalar> limit, const Checkpoint& checkpoint);

}  // namespace millrace
