// The k closest rows of each query: a bounded heap a query. One object serves one range of queries
// on one thread; it owns its heaps (k entries a query at most).
#pragma once

#include <cstdint>
#include <vector>

#include "vectors/tiles.h"

namespace millrace {

template <typename Scalar>
struct Neighbour {
  uint32_t row;
  Scalar score;
  bool operator==(const Neighbour&) const = default;
};

/// Of each query, closest first.
template <typename Scalar>
using NeighbourLists = std::vector<std::vector<Neighbour<Scalar>>>;

/// The closest rows of each query in `queries`, closest first; of equal scores the lower row first.
/// With `excludeSelf`, a query never finds the row of its own index (for a matrix against itself).
/// Throws std::bad_alloc. REQUIRES: ranges within the matrices, which agree as Tiles demands.
template <typename Scalar>
Result<NeighbourLists<Scalar>> topKWithin(const Matrix<Scalar>& queryMatrix,
                                          const Matrix<Scalar>& rowMatrix, RowRange queries,
                                          RowRange rows, size_t k, Limit<Scalar> limit,
                                          bool excludeSelf, const Checkpoint& checkpoint);

}  // namespace millrace
