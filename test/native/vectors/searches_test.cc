// Top-k, pairs and clusters against the scores they are made of.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <thread>
#include <tuple>

#include "random_rows.h"
#include "vectors/clusters.h"
#include "vectors/pairs.h"
#include "vectors/top_k.h"

namespace millrace {
namespace {

constexpr size_t kRows = 211;
constexpr size_t kColumns = 19;
constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kDot, Metric::kEuclidean};

using Scores = std::vector<std::vector<float>>;

Scores scoresOf(const Matrix<float>& queries, const Matrix<float>& rows) {
  Scores scores(queries.rows(), std::vector<float>(rows.rows()));
  EXPECT_TRUE(
      Tiles<float>(queries, rows)
          .walk({0, queries.rows()}, {0, rows.rows()}, kGoOn, [&](const ScoreRow<float>& row) {
            std::copy(row.scores.begin(), row.scores.end(),
                      scores[row.query].begin() + static_cast<ptrdiff_t>(row.firstRow));
          }));
  return scores;
}

bool closer(Metric metric, Neighbour<float> a, Neighbour<float> b) {
  if (a.score != b.score) return isDistance(metric) ? a.score < b.score : a.score > b.score;
  return a.row < b.row;
}

std::vector<Neighbour<float>> expectedTopK(Metric metric, const std::vector<float>& scores,
                                           size_t k, Limit<float> limit, size_t without) {
  std::vector<Neighbour<float>> all;
  for (size_t j = 0; j < scores.size(); ++j) {
    if (j != without && limit.admits(scores[j]))
      all.push_back({static_cast<uint32_t>(j), scores[j]});
  }
  std::sort(all.begin(), all.end(), [&](auto a, auto b) { return closer(metric, a, b); });
  all.resize(std::min(k, all.size()));
  return all;
}

/// A limit that about a tenth of the scores lie within.
Limit<float> tenth(Metric metric, const Scores& scores) {
  std::vector<float> all;
  for (const auto& row : scores) all.insert(all.end(), row.begin(), row.end());
  std::sort(all.begin(), all.end());
  const size_t at = isDistance(metric) ? all.size() / 10 : all.size() * 9 / 10;
  return Limit<float>::of(metric, all[at]);
}

TEST(TopK, FindsTheClosestForEveryKernelMetricAndK) {
  const auto queries = randomRows<float>(45, kColumns, 1);
  const auto rows = randomRows<float>(kRows, kColumns, 1);
  for (const TileKernels<float>* kernels : runnableKernels<float>()) {
    for (const Metric metric : kMetrics) {
      const auto q = packed(queries, kColumns, metric, *kernels);
      const auto m = packed(rows, kColumns, metric, *kernels);
      const Scores scores = scoresOf(q, m);
      for (const Limit<float> limit : {Limit<float>::none(metric), tenth(metric, scores)}) {
        for (const size_t k : {1UL, 2UL, 10UL, kRows, kRows + 100}) {
          const auto found = topKWithin(q, m, {3, 44}, {0, kRows}, k, limit, false, kGoOn);
          ASSERT_TRUE(found.ok());
          for (size_t n = 0; n < 41; ++n) {
            ASSERT_EQ(found.value()[n], expectedTopK(metric, scores[n + 3], k, limit, SIZE_MAX));
          }
        }
      }
    }
  }
}

TEST(TopK, ARowCanBeKeptFromFindingItself) {
  const auto rows = randomRows<float>(kRows, kColumns, 2);
  const auto m = packed(rows, kColumns, Metric::kCosine);
  const Scores scores = scoresOf(m, m);
  const auto found =
      topKWithin(m, m, {0, kRows}, {0, kRows}, 5, Limit<float>::none(Metric::kCosine), true, kGoOn);
  ASSERT_TRUE(found.ok());
  for (size_t i = 0; i < kRows; ++i) {
    ASSERT_EQ(found.value()[i],
              expectedTopK(Metric::kCosine, scores[i], 5, Limit<float>::none(Metric::kCosine), i));
  }
}

TEST(TopK, OfEqualScoresTheLowerRowsWin) {
  const std::vector<float> rows(100 * 4, 1);
  for (const Metric metric : kMetrics) {
    const auto m = packed(rows, 4, metric);
    const auto found =
        topKWithin(m, m, {50, 51}, {0, 100}, 3, Limit<float>::none(metric), true, kGoOn);
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found.value()[0].size(), 3U);
    for (uint32_t n = 0; n < 3; ++n) EXPECT_EQ(found.value()[0][n].row, n);
  }
}

TEST(TopK, PartsOfTheRowsMergeToTheWhole) {
  const auto rows = randomRows<float>(kRows, kColumns, 3);
  const auto m = packed(rows, kColumns, Metric::kEuclidean);
  const auto limit = Limit<float>::none(Metric::kEuclidean);
  const auto whole = topKWithin(m, m, {7, 9}, {0, kRows}, 6, limit, false, kGoOn);
  std::vector<Neighbour<float>> merged;
  for (size_t begin = 0; begin < kRows; begin += 50) {
    const auto part =
        topKWithin(m, m, {7, 9}, {begin, std::min(begin + 50, kRows)}, 6, limit, false, kGoOn);
    merged.insert(merged.end(), part.value()[1].begin(), part.value()[1].end());
  }
  std::sort(merged.begin(), merged.end(),
            [](auto a, auto b) { return closer(Metric::kEuclidean, a, b); });
  merged.resize(6);
  EXPECT_EQ(whole.value()[1], merged);
}

TEST(TopK, NothingIsAskedForOrNothingIsThere) {
  const auto rows = randomRows<float>(3, 2, 3);
  const auto m = packed(rows, 2, Metric::kDot);
  const auto limit = Limit<float>::none(Metric::kDot);
  EXPECT_TRUE(topKWithin(m, m, {0, 3}, {0, 3}, 0, limit, false, kGoOn).value()[2].empty());
  EXPECT_TRUE(topKWithin(m, m, {0, 3}, {1, 1}, 4, limit, false, kGoOn).value()[2].empty());
  EXPECT_TRUE(topKWithin(m, m, {1, 1}, {0, 3}, 4, limit, false, kGoOn).value().empty());
}

TEST(Pairs, AreAllWithinTheLimitInOrderForEveryKernelAndSplit) {
  const auto rows = randomRows<float>(kRows, kColumns, 4);
  for (const TileKernels<float>* kernels : runnableKernels<float>()) {
    for (const Metric metric : kMetrics) {
      const auto m = packed(rows, kColumns, metric, *kernels);
      const Scores scores = scoresOf(m, m);
      const Limit<float> limit = tenth(metric, scores);
      std::map<std::pair<uint32_t, uint32_t>, float> expected;
      for (uint32_t i = 0; i < kRows; ++i) {
        for (uint32_t j = i + 1; j < kRows; ++j) {
          if (limit.admits(scores[i][j])) expected[{i, j}] = scores[i][j];
        }
      }
      ASSERT_GT(expected.size(), 100U);
      for (const auto& [queryStep, rowStep] :
           {std::pair{kRows, kRows}, std::pair{96UL, 96UL}, std::pair{17UL, 41UL}}) {
        std::map<std::pair<uint32_t, uint32_t>, float> found;
        for (size_t q = 0; q < kRows; q += queryStep) {
          for (size_t r = 0; r < kRows; r += rowStep) {
            const auto part = pairsWithin(m, {q, std::min(q + queryStep, kRows)},
                                          {r, std::min(r + rowStep, kRows)}, limit, kGoOn);
            ASSERT_TRUE(part.ok());
            const PairList<float>& pairs = part.value();
            for (size_t n = 0; n < pairs.first.size(); ++n) {
              const std::pair pair{pairs.first[n], pairs.second[n]};
              ASSERT_TRUE(found.emplace(pair, pairs.scores[n]).second);
              if (n > 0) {
                ASSERT_LT((std::pair{pairs.first[n - 1], pairs.second[n - 1]}), pair);
              }
            }
          }
        }
        ASSERT_EQ(found, expected);
      }
    }
  }
}

TEST(Pairs, AScoreEqualToTheThresholdCounts) {
  // Distances 3, 4 and 5.
  const std::vector<float> rows = {0, 0, 3, 0, 0, 4};
  const auto m = packed(rows, 2, Metric::kEuclidean);
  const auto count = [&](double threshold) {
    const auto limit = Limit<float>::of(Metric::kEuclidean, threshold);
    return pairsWithin(m, {0, 3}, {0, 3}, limit, kGoOn).value().first.size();
  };
  EXPECT_EQ(count(2.999999), 0U);
  EXPECT_EQ(count(3), 1U);
  EXPECT_EQ(count(4), 2U);
  EXPECT_EQ(count(5), 3U);
}

/// Labels by repeated relabelling, the slow way.
std::vector<uint32_t> expectedLabels(const Scores& scores, Limit<float> limit) {
  std::vector<uint32_t> root(scores.size());
  std::iota(root.begin(), root.end(), 0U);
  for (size_t i = 0; i < scores.size(); ++i) {
    for (size_t j = i + 1; j < scores.size(); ++j) {
      if (!limit.admits(scores[i][j]) || root[i] == root[j]) continue;
      const auto [low, high] = std::minmax({root[i], root[j]});
      std::replace(root.begin(), root.end(), uint32_t{high}, uint32_t{low});
    }
  }
  std::map<uint32_t, uint32_t> numbers;
  for (uint32_t& label : root) {
    label = numbers.emplace(label, static_cast<uint32_t>(numbers.size())).first->second;
  }
  return root;
}

TEST(Clusters, AreTheConnectedComponentsWhateverTheThreads) {
  const auto rows = randomRows<float>(400, 6, 5, 40);
  const auto m = packed(rows, 6, Metric::kEuclidean);
  const Scores scores = scoresOf(m, m);
  for (const double threshold : {0.3, 0.8, 1.1, 3.0}) {
    const auto limit = Limit<float>::of(Metric::kEuclidean, threshold);
    for (const size_t threads : {1UL, 2UL, 5UL}) {
      Clusters clusters(400);
      std::vector<std::thread> pool;
      for (size_t t = 0; t < threads; ++t) {
        pool.emplace_back([&, t] {
          for (size_t q = t * 20; q < 400; q += threads * 20) {
            EXPECT_TRUE(clusters.join(m, {q, q + 20}, {0, 400}, limit, kGoOn));
          }
        });
      }
      for (std::thread& thread : pool) thread.join();
      const ClusterLabels result = clusters.labels();
      ASSERT_EQ(result.labels, expectedLabels(scores, limit));
      std::vector<uint32_t> sizes(result.sizes.size());
      for (const uint32_t label : result.labels) ++sizes[label];
      ASSERT_EQ(result.sizes, sizes);
    }
  }
}

TEST(Clusters, OfNoRowsAreNone) {
  const ClusterLabels result = Clusters(0).labels();
  EXPECT_TRUE(result.labels.empty());
  EXPECT_TRUE(result.sizes.empty());
}

TEST(Clusters, AChainIsOneCluster) {
  std::vector<float> rows(1000);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>((i * 37) % 1000);
  const auto m = packed(rows, 1, Metric::kEuclidean);
  Clusters clusters(1000);
  ASSERT_TRUE(
      clusters.join(m, {0, 1000}, {0, 1000}, Limit<float>::of(Metric::kEuclidean, 1), kGoOn));
  EXPECT_EQ(clusters.labels().sizes, std::vector<uint32_t>{1000});
}

}  // namespace
}  // namespace millrace
