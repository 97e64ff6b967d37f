#include "vectors/tiles.h"

#include <gtest/gtest.h>

#include "random_rows.h"

namespace millrace {
namespace {

constexpr Metric kMetrics[] = {Metric::kCosine, Metric::kDot, Metric::kEuclidean};

/// Every score of every query against every row; each must be visited exactly once.
template <typename Scalar>
std::vector<Scalar> allScores(const Matrix<Scalar>& queries, const Matrix<Scalar>& rows,
                              size_t queryStep, size_t rowStep) {
  std::vector<Scalar> scores(queries.rows() * rows.rows());
  std::vector<int> visits(scores.size());
  const Tiles<Scalar> tiles(queries, rows);
  for (size_t q = 0; q < queries.rows(); q += queryStep) {
    for (size_t r = 0; r < rows.rows(); r += rowStep) {
      const RowRange someQueries{q, std::min(q + queryStep, queries.rows())};
      const RowRange someRows{r, std::min(r + rowStep, rows.rows())};
      EXPECT_TRUE(tiles.walk(someQueries, someRows, kGoOn, [&](const ScoreRow<Scalar>& row) {
        for (size_t n = 0; n < row.scores.size(); ++n) {
          const size_t at = row.query * rows.rows() + row.firstRow + n;
          scores[at] = row.scores[n];
          ++visits[at];
        }
      }));
    }
  }
  EXPECT_EQ(visits, std::vector<int>(visits.size(), 1));
  return scores;
}

template <typename Scalar>
class TilesOf : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(TilesOf, Scalars);

template <typename Scalar>
double tolerance(size_t columns) {
  return static_cast<double>(columns) * 4 * std::numeric_limits<Scalar>::epsilon();
}

TYPED_TEST(TilesOf, AgreeWithTheReferenceAtEverySize) {
  for (const TileKernels<TypeParam>* kernels : runnableKernels<TypeParam>()) {
    for (const Metric metric : kMetrics) {
      for (const size_t columns : {1UL, 2UL, 7UL, 64UL, 127UL, 128UL, 129UL, 300UL}) {
        const auto queries = randomRows<TypeParam>(37, columns, 1);
        const auto rows = randomRows<TypeParam>(71, columns, 2);
        const auto scores =
            allScores(packed(queries, columns, metric, *kernels),
                      packed(rows, columns, metric, *kernels), queries.size(), rows.size());
        for (size_t i = 0; i < 37; ++i) {
          for (size_t j = 0; j < 71; ++j) {
            const double expected =
                referenceScore(metric, rowOf(queries, columns, i), rowOf(rows, columns, j));
            ASSERT_NEAR(scores[i * 71 + j], expected,
                        tolerance<TypeParam>(columns) * (1 + std::fabs(expected)))
                << nameOf(kernels->instructionSet) << " " << columns << " (" << i << "," << j
                << ")";
          }
        }
      }
    }
  }
}

TYPED_TEST(TilesOf, AScoreDoesNotDependOnRangesSidesOrPosition) {
  for (const TileKernels<TypeParam>* kernels : runnableKernels<TypeParam>()) {
    for (const Metric metric : kMetrics) {
      const size_t columns = 133;
      const size_t n = 101;
      const auto rows = randomRows<TypeParam>(n, columns, 3);
      const auto matrix = packed(rows, columns, metric, *kernels);
      const auto scores = allScores(matrix, matrix, n, n);
      EXPECT_EQ(scores, allScores(matrix, matrix, 1, 13));
      EXPECT_EQ(scores, allScores(matrix, matrix, 19, 1));
      for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < i; ++j) ASSERT_EQ(scores[i * n + j], scores[j * n + i]);
      }
      // The same rows five places further down.
      std::vector<TypeParam> moved(5 * columns, 1);
      moved.insert(moved.end(), rows.begin(), rows.end());
      const auto shifted = allScores(packed(moved, columns, metric, *kernels),
                                     packed(moved, columns, metric, *kernels), 40, 40);
      for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < n; ++j) {
          ASSERT_EQ(scores[i * n + j], shifted[(i + 5) * (n + 5) + j + 5]);
        }
      }
    }
  }
}

/// The definition of a score with a fused multiply-add, one value at a time.
template <typename Scalar>
Scalar chainedScore(Metric metric, std::span<const Scalar> a, std::span<const Scalar> b) {
  Scalar sum = 0;
  for (size_t k = 0; k < a.size(); k += kChainColumns) {
    Scalar chain = 0;
    for (size_t c = k; c < std::min(k + kChainColumns, a.size()); ++c) {
      const Scalar difference = a[c] - b[c];
      chain = metric == Metric::kDot ? std::fma(a[c], b[c], chain)
                                     : std::fma(difference, difference, chain);
    }
    sum = k == 0 ? chain : sum + chain;
  }
  return metric == Metric::kDot ? sum : std::sqrt(sum);
}

TYPED_TEST(TilesOf, ScoresAreTheSameBitsWhereverMultiplyAddIsFused) {
  for (const TileKernels<TypeParam>* kernels : runnableKernels<TypeParam>()) {
    if (kernels->instructionSet == InstructionSet::kBaseline) continue;
    for (const Metric metric : {Metric::kDot, Metric::kEuclidean}) {
      const size_t columns = 389;
      const auto rows = randomRows<TypeParam>(33, columns, 4);
      const auto matrix = packed(rows, columns, metric, *kernels);
      const auto scores = allScores(matrix, matrix, 33, 33);
      for (size_t i = 0; i < 33; ++i) {
        for (size_t j = 0; j < 33; ++j) {
          ASSERT_EQ(scores[i * 33 + j],
                    chainedScore(metric, rowOf(rows, columns, i), rowOf(rows, columns, j)));
        }
      }
    }
  }
}

TYPED_TEST(TilesOf, EqualRowsScoreOneAndHaveNoDistance) {
  for (const TileKernels<TypeParam>* kernels : runnableKernels<TypeParam>()) {
    std::vector<TypeParam> rows = randomRows<TypeParam>(1, 50, 5);
    for (int copy = 0; copy < 39; ++copy) rows.insert(rows.end(), rows.begin(), rows.begin() + 50);
    const auto cosine = packed(rows, 50, Metric::kCosine, *kernels);
    for (const TypeParam score : allScores(cosine, cosine, 40, 40)) {
      ASSERT_LE(score, 1);
      ASSERT_GE(score, 1 - 4 * std::numeric_limits<TypeParam>::epsilon());
    }
    const auto euclidean = packed(rows, 50, Metric::kEuclidean, *kernels);
    for (const TypeParam score : allScores(euclidean, euclidean, 40, 40)) ASSERT_EQ(score, 0);
  }
}

TYPED_TEST(TilesOf, TheUpperWalkVisitsEveryPairOnce) {
  for (const TileKernels<TypeParam>* kernels : runnableKernels<TypeParam>()) {
    const auto rows = randomRows<TypeParam>(77, 3, 6);
    const auto matrix = packed(rows, 3, Metric::kDot, *kernels);
    std::vector<int> visits(size_t{77} * 77);
    const Tiles<TypeParam> tiles(matrix, matrix);
    for (size_t q = 0; q < 77; q += 11) {
      ASSERT_TRUE(tiles.walkUpper({q, q + 11}, {0, 77}, kGoOn, [&](const ScoreRow<TypeParam>& row) {
        for (size_t n = 0; n < row.scores.size(); ++n) {
          if (row.firstRow + n > row.query) ++visits[row.query * 77 + row.firstRow + n];
        }
      }));
    }
    for (size_t i = 0; i < 77; ++i) {
      for (size_t j = 0; j < 77; ++j) ASSERT_EQ(visits[i * 77 + j], i < j ? 1 : 0);
    }
  }
}

TYPED_TEST(TilesOf, SelectFindsWhatTheLimitAdmits) {
  for (const TileKernels<TypeParam>* kernels : runnableKernels<TypeParam>()) {
    const auto scores = randomRows<TypeParam>(1, 31, 7);
    for (size_t begin = 0; begin < scores.size(); ++begin) {
      for (size_t end = begin; end <= scores.size(); ++end) {
        const TypeParam limit = scores[begin + (end - begin) / 2 % scores.size()];
        std::vector<uint32_t> least;
        std::vector<uint32_t> most;
        for (size_t n = begin; n < end; ++n) {
          if (scores[n] >= limit) least.push_back(static_cast<uint32_t>(n - begin));
          if (scores[n] <= limit) most.push_back(static_cast<uint32_t>(n - begin));
        }
        uint32_t found[kMaxPanelRows];
        size_t count = kernels->selectAtLeast(scores.data() + begin, end - begin, limit, found);
        ASSERT_EQ(std::vector<uint32_t>(found, found + count), least);
        count = kernels->selectAtMost(scores.data() + begin, end - begin, limit, found);
        ASSERT_EQ(std::vector<uint32_t>(found, found + count), most);
      }
    }
  }
}

TEST(Tiles, ACheckpointThatFailsEndsTheWalk) {
  const auto rows = randomRows<float>(300, 5, 8);
  const auto matrix = packed(rows, 5, Metric::kCosine);
  int asked = 0;
  const Checkpoint third = [&asked]() -> Result<void> {
    if (++asked == 3) return Error::of(ErrorCode::kCancelled);
    return {};
  };
  const Result<void> outcome =
      Tiles<float>(matrix, matrix).walk({0, 300}, {0, 300}, third, [](const ScoreRow<float>&) {});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(asked, 3);
}

TEST(Tiles, BlocksOfQueriesFitTheCacheAndThePanels) {
  for (const size_t columns : {1UL, 64UL, 384UL, 768UL, 1536UL, 100000UL}) {
    const size_t block = queriesPerBlock(columns, sizeof(float));
    EXPECT_GE(block, kPanelMultiple);
    EXPECT_EQ(block % kPanelMultiple, 0U);
    if (block > kPanelMultiple) {
      EXPECT_LE(block * columns * sizeof(float), 384U * 1024);
    }
  }
}

}  // namespace
}  // namespace millrace
