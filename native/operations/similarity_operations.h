// Similarity searches over a matrix that the operation owns, cut into items: an item is a range of
// queries against a range of rows, as four 32-bit integers (queries' begin and end, rows' begin and
// end) in the machine's byte order. Immutable but for the clusters, which synchronise themselves.
#pragma once

#include <memory>
#include <type_traits>

#include "operations/operation.h"
#include "vectors/clusters.h"
#include "vectors/matrix.h"

namespace millrace {

template <typename Scalar>
using SharedMatrix = std::shared_ptr<const Matrix<Scalar>>;

/// Blocks: how many rows each query found (uint32), then all rows (int32) and all scores, query
/// after query, closest first.
template <typename Scalar>
class TopKOperation final : public Operation {
 public:
  /// REQUIRES: the matrices agree in columns, metric and kernels.
  TopKOperation(SharedMatrix<Scalar> queries, SharedMatrix<Scalar> rows, size_t k,
                Limit<Scalar> limit, bool excludeSelf)
      : queries_(std::move(queries)),
        rows_(std::move(rows)),
        k_(k),
        limit_(limit),
        excludeSelf_(excludeSelf) {}
  bool blocking() const override { return false; }
  ResultShape shape() const override { return {.blocks = 3}; }
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  SharedMatrix<Scalar> queries_;
  SharedMatrix<Scalar> rows_;
  size_t k_;
  Limit<Scalar> limit_;
  bool excludeSelf_;
};

/// Blocks: first rows (uint32), second rows (uint32) and scores of the pairs.
template <typename Scalar>
class PairsOperation final : public Operation {
 public:
  PairsOperation(SharedMatrix<Scalar> matrix, Limit<Scalar> limit)
      : matrix_(std::move(matrix)), limit_(limit) {}
  bool blocking() const override { return false; }
  ResultShape shape() const override { return {.blocks = 3}; }
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  SharedMatrix<Scalar> matrix_;
  Limit<Scalar> limit_;
};

/// Items join clusters and have no result; an empty item, to be run after all others have ended,
/// gets the blocks: labels (uint32) and sizes (uint32).
template <typename Scalar>
class ClustersOperation final : public Operation {
 public:
  ClustersOperation(SharedMatrix<Scalar> matrix, Limit<Scalar> limit)
      : matrix_(std::move(matrix)), limit_(limit), clusters_(matrix_->rows()) {}
  bool blocking() const override { return false; }
  ResultShape shape() const override { return {.blocks = 2}; }
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  SharedMatrix<Scalar> matrix_;
  Limit<Scalar> limit_;
  mutable Clusters clusters_;  // what joining adds up to does not depend on the order of items
};

}  // namespace millrace
