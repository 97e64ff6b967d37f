// Connected components of the graph whose edges are the pairs of rows within a limit; no pair is
// stored. join() is called from many threads at once; the result does not depend on their order.
// Owns one 32-bit integer a row.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "vectors/tiles.h"

namespace millrace {

/// Cluster of each row, numbered from 0 in the order of their first members, and their sizes.
struct ClusterLabels {
  std::vector<uint32_t> labels;
  std::vector<uint32_t> sizes;
};

class Clusters {
 public:
  /// Each row in a cluster of its own. Throws std::bad_alloc.
  explicit Clusters(size_t rows);

  /// Joins the clusters of the pairs (i, j) with i in `queries`, j in `rows` and i < j.
  /// REQUIRES: the matrix has as many rows as this; both ranges lie within it.
  template <typename Scalar>
  Result<void> join(const Matrix<Scalar>& matrix, RowRange queries, RowRange rows,
                    Limit<Scalar> limit, const Checkpoint& checkpoint);

  /// REQUIRES: every join() has returned, and the caller has synchronised with its thread.
  ClusterLabels labels() const;

 private:
  uint32_t rootOf(uint32_t row);
  void unite(uint32_t a, uint32_t b);

  std::vector<std::atomic<uint32_t>> parents_;
};

}  // namespace millrace
