// Invariants: a full heap's front is its farthest entry; the limit handed to the selection is never
// stricter than that entry, so that nothing closer is passed over. Order is total (score, then
// row), therefore the result does not depend on the order in which rows come.
#include "vectors/top_k.h"

#include <algorithm>

#include "vectors/selection.h"

namespace millrace {
namespace {

template <typename Scalar>
class Heap {
 public:
  Heap(size_t k, Limit<Scalar> limit) : k_(k), limit_(limit) {}

  Limit<Scalar> limit() const { return limit_; }

  void offer(Neighbour<Scalar> candidate) {
    const Closer closer{isDistance(limit_.metric)};
    if (entries_.size() == k_) {
      if (!closer(candidate, entries_.front())) return;
      std::pop_heap(entries_.begin(), entries_.end(), closer);
      entries_.pop_back();
    }
    entries_.push_back(candidate);
    std::push_heap(entries_.begin(), entries_.end(), closer);
    if (entries_.size() == k_) limit_.value = entries_.front().score;
  }

  std::vector<Neighbour<Scalar>> sorted() && {
    std::sort_heap(entries_.begin(), entries_.end(), Closer{isDistance(limit_.metric)});
    return std::move(entries_);
  }

 private:
  struct Closer {
    bool distance;
    bool operator()(const Neighbour<Scalar>& a, const Neighbour<Scalar>& b) const {
      if (a.score != b.score) return distance ? a.score < b.score : a.score > b.score;
      return a.row < b.row;
    }
  };

  size_t k_;
  Limit<Scalar> limit_;
  std::vector<Neighbour<Scalar>> entries_;
};

}  // namespace

template <typename Scalar>
Result<NeighbourLists<Scalar>> topKWithin(const Matrix<Scalar>& queryMatrix,
                                          const Matrix<Scalar>& rowMatrix, RowRange queries,
                                          RowRange rows, size_t k, Limit<Scalar> limit,
                                          bool excludeSelf, const Checkpoint& checkpoint) {
  NeighbourLists<Scalar> result(queries.size());
  if (k == 0) return result;
  std::vector<Heap<Scalar>> heaps(queries.size(), Heap<Scalar>(k, limit));
  const auto visit = [&](const ScoreRow<Scalar>& row) {
    Heap<Scalar>& heap = heaps[row.query - queries.begin];
    const Selection<Scalar> selection(rowMatrix.kernels(), heap.limit());
    selection.each(row, [&](uint32_t j, Scalar score) {
      if (!(excludeSelf && j == row.query)) heap.offer({j, score});
    });
  };
  Result<void> outcome =
      Tiles<Scalar>(queryMatrix, rowMatrix).walk(queries, rows, checkpoint, visit);
  if (!outcome) return std::move(outcome).error();
  for (size_t q = 0; q < heaps.size(); ++q) result[q] = std::move(heaps[q]).sorted();
  return result;
}

template Result<NeighbourLists<float>> topKWithin(const Matrix<float>&, const Matrix<float>&,
                                                  RowRange, RowRange, size_t, Limit<float>, bool,
                                                  const Checkpoint&);
template Result<NeighbourLists<double>> topKWithin(const Matrix<double>&, const Matrix<double>&,
                                                   RowRange, RowRange, size_t, Limit<double>, bool,
                                                   const Checkpoint&);

}  // namespace millrace
