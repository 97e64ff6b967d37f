// Invariants: parents_[i] <= i, and a parent only ever decreases, to another member of the same
// cluster; so chains are acyclic whatever the interleaving, and a cluster's root ends up as its
// lowest member. Relaxed throughout: a parent is an index and publishes nothing else; a compare and
// exchange that fails only looks again.
#include "vectors/clusters.h"

#include <utility>

#include "vectors/selection.h"

namespace millrace {

Clusters::Clusters(size_t rows) : parents_(rows) {
  for (size_t i = 0; i < rows; ++i) {
    parents_[i].store(static_cast<uint32_t>(i), std::memory_order_relaxed);
  }
}

// Halves the path on its way, so that chains stay short.
uint32_t Clusters::rootOf(uint32_t row) {
  for (;;) {
    uint32_t parent = parents_[row].load(std::memory_order_relaxed);
    if (parent == row) return row;
    const uint32_t grandparent = parents_[parent].load(std::memory_order_relaxed);
    if (grandparent == parent) return parent;
    parents_[row].compare_exchange_weak(parent, grandparent, std::memory_order_relaxed);
    row = grandparent;
  }
}

void Clusters::unite(uint32_t a, uint32_t b) {
  for (;;) {
    uint32_t low = rootOf(a);
    uint32_t high = rootOf(b);
    if (low == high) return;
    if (low > high) std::swap(low, high);
    // Fails when another thread has meanwhile put `high` below something else.
    uint32_t expected = high;
    if (parents_[high].compare_exchange_strong(expected, low, std::memory_order_relaxed)) return;
  }
}

template <typename Scalar>
Result<void> Clusters::join(const Matrix<Scalar>& matrix, RowRange queries, RowRange rows,
                            Limit<Scalar> limit, const Checkpoint& checkpoint) {
  const Selection<Scalar> selection(matrix.kernels(), limit);
  const auto visit = [&](const ScoreRow<Scalar>& row) {
    const auto i = static_cast<uint32_t>(row.query);
    selection.each(row, [&](uint32_t j, Scalar) {
      if (j > i) unite(i, j);
    });
  };
  return Tiles<Scalar>(matrix, matrix).walkUpper(queries, rows, checkpoint, visit);
}

ClusterLabels Clusters::labels() const {
  ClusterLabels result{std::vector<uint32_t>(parents_.size()), {}};
  for (size_t i = 0; i < parents_.size(); ++i) {
    const uint32_t parent = parents_[i].load(std::memory_order_relaxed);
    // Parents come before their children, so theirs is labelled already.
    const bool isRoot = parent == i;
    if (isRoot) result.sizes.push_back(0);
    const auto newest = static_cast<uint32_t>(result.sizes.size() - 1);
    result.labels[i] = isRoot ? newest : result.labels[parent];
    ++result.sizes[result.labels[i]];
  }
  return result;
}

template Result<void> Clusters::join(const Matrix<float>&, RowRange, RowRange, Limit<float>,
                                     const Checkpoint&);
template Result<void> Clusters::join(const Matrix<double>&, RowRange, RowRange, Limit<double>,
                                     const Checkpoint&);

}  // namespace millrace
