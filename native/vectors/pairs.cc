// Tiles come panel by panel, so pairs are found out of order by query; a counting sort by query,
// which keeps the order of rows, puts them right in linear time.
#include "vectors/pairs.h"

#include "vectors/selection.h"

namespace millrace {
namespace {

template <typename Scalar>
PairList<Scalar> sortedByFirst(const PairList<Scalar>& pairs, RowRange queries) {
  std::vector<size_t> places(queries.size() + 1);
  for (const uint32_t i : pairs.first) ++places[i - queries.begin + 1];
  for (size_t i = 1; i < places.size(); ++i) places[i] += places[i - 1];
  const size_t count = pairs.first.size();
  PairList<Scalar> sorted{std::vector<uint32_t>(count), std::vector<uint32_t>(count),
                          std::vector<Scalar>(count)};
  for (size_t n = 0; n < count; ++n) {
    const size_t place = places[pairs.first[n] - queries.begin]++;
    sorted.first[place] = pairs.first[n];
    sorted.second[place] = pairs.second[n];
    sorted.scores[place] = pairs.scores[n];
  }
  return sorted;
}

}  // namespace

template <typename Scalar>
Result<PairList<Scalar>> pairsWithin(const Matrix<Scalar>& matrix, RowRange queries, RowRange rows,
                                     Limit<Scalar> limit, const Checkpoint& checkpoint) {
  PairList<Scalar> found;
  const Selection<Scalar> selection(matrix.kernels(), limit);
  const auto visit = [&](const ScoreRow<Scalar>& row) {
    selection.each(row, [&](uint32_t j, Scalar score) {
      if (j <= row.query) return;
      found.first.push_back(static_cast<uint32_t>(row.query));
      found.second.push_back(j);
      found.scores.push_back(score);
    });
  };
  Result<void> outcome = Tiles<Scalar>(matrix, matrix).walkUpper(queries, rows, checkpoint, visit);
  if (!outcome) return std::move(outcome).error();
  return sortedByFirst(found, queries);
}

template Result<PairList<float>> pairsWithin(const Matrix<float>&, RowRange, RowRange, Limit<float>,
                                             const Checkpoint&);
template Result<PairList<double>> pairsWithin(const Matrix<double>&, RowRange, RowRange,
                                              Limit<double>, const Checkpoint&);

}  // namespace millrace
