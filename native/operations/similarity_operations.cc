// Invariants: ranges are checked against the matrices before any row is touched, wherever an item
// came from.
#include "operations/similarity_operations.h"

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "vectors/pairs.h"
#include "vectors/top_k.h"

namespace millrace {
namespace {

struct Ranges {
  RowRange queries;
  RowRange rows;
};

Result<Ranges> rangesOf(ByteView input, size_t queries, size_t rows) {
  std::array<uint32_t, 4> bounds{};
  if (input.size() != sizeof bounds) {
    return Error::of(ErrorCode::kInvalidArgument, "an item is four 32-bit integers");
  }
  std::memcpy(bounds.data(), input.data(), sizeof bounds);
  const Ranges ranges{{bounds[0], bounds[1]}, {bounds[2], bounds[3]}};
  const auto within = [](RowRange range, size_t size) {
    return range.begin <= range.end && range.end <= size;
  };
  if (!within(ranges.queries, queries) || !within(ranges.rows, rows)) {
    return Error::of(ErrorCode::kInvalidArgument, "a range outside of the matrix");
  }
  return ranges;
}

template <typename Value>
Result<void> store(const std::vector<Value>& values, Bytes& block) {
  Result<Bytes> copy = Bytes::allocate(values.size() * sizeof(Value));
  if (!copy) return std::move(copy).error();
  block = std::move(copy).value();
  if (!values.empty()) std::memcpy(block.data(), values.data(), block.size());
  return {};
}

template <typename First, typename Second, typename Third>
Result<void> storeAll(const std::vector<First>& first, const std::vector<Second>& second,
                      const std::vector<Third>& third, std::span<Bytes> blocks) {
  if (Result<void> stored = store(first, blocks[0]); !stored) return stored;
  if (Result<void> stored = store(second, blocks[1]); !stored) return stored;
  return store(third, blocks[2]);
}

}  // namespace

template <typename Scalar>
Result<void> TopKOperation<Scalar>::run(const ItemContext& context, ByteView input,
                                        ItemOutput& output) const {
  const Result<Ranges> ranges = rangesOf(input, queries_->rows(), rows_->rows());
  if (!ranges) return ranges.error();
  const auto found = topKWithin(*queries_, *rows_, ranges.value().queries, ranges.value().rows, k_,
                                limit_, excludeSelf_, [&] { return context.check(); });
  if (!found) return found.error();
  std::vector<uint32_t> counts;
  std::vector<int32_t> rows;
  std::vector<Scalar> scores;
  for (const auto& neighbours : found.value()) {
    counts.push_back(static_cast<uint32_t>(neighbours.size()));
    for (const Neighbour<Scalar>& neighbour : neighbours) {
      rows.push_back(static_cast<int32_t>(neighbour.row));
      scores.push_back(neighbour.score);
    }
  }
  return storeAll(counts, rows, scores, output.blocks);
}

template <typename Scalar>
Result<void> PairsOperation<Scalar>::run(const ItemContext& context, ByteView input,
                                         ItemOutput& output) const {
  const Result<Ranges> ranges = rangesOf(input, matrix_->rows(), matrix_->rows());
  if (!ranges) return ranges.error();
  const auto found = pairsWithin(*matrix_, ranges.value().queries, ranges.value().rows, limit_,
                                 [&] { return context.check(); });
  if (!found) return found.error();
  const PairList<Scalar>& pairs = found.value();
  return storeAll(pairs.first, pairs.second, pairs.scores, output.blocks);
}

template <typename Scalar>
Result<void> ClustersOperation<Scalar>::run(const ItemContext& context, ByteView input,
                                            ItemOutput& output) const {
  if (input.empty()) {
    const ClusterLabels labels = clusters_.labels();
    if (Result<void> stored = store(labels.labels, output.blocks[0]); !stored) return stored;
    return store(labels.sizes, output.blocks[1]);
  }
  const Result<Ranges> ranges = rangesOf(input, matrix_->rows(), matrix_->rows());
  if (!ranges) return ranges.error();
  return clusters_.join(*matrix_, ranges.value().queries, ranges.value().rows, limit_,
                        [&] { return context.check(); });
}

template class TopKOperation<float>;
template class TopKOperation<double>;
template class PairsOperation<float>;
template class PairsOperation<double>;
template class ClustersOperation<float>;
template class ClustersOperation<double>;

}  // namespace millrace
