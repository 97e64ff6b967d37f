#include "vectors/matrix.h"

#include <gmock/gmock.h>

#include <limits>

#include "random_rows.h"
#include "vectors/tiles.h"

namespace millrace {
namespace {

using testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <typename Scalar, typename Source>
double selfScore(const std::vector<Source>& row, Metric metric) {
  auto matrix = Matrix<Scalar>::pack(std::span<const Source>(row), 1, row.size(), metric);
  EXPECT_TRUE(matrix.ok());
  if (!matrix) return std::nan("");
  double score = std::nan("");
  EXPECT_TRUE(Tiles<Scalar>(matrix.value(), matrix.value())
                  .walk({0, 1}, {0, 1}, kGoOn,
                        [&](const ScoreRow<Scalar>& scores) { score = scores.scores[0]; }));
  return score;
}

template <typename Scalar, typename Source>
Error refusal(const std::vector<Source>& values, size_t columns, Metric metric) {
  auto matrix = Matrix<Scalar>::pack(std::span<const Source>(values), values.size() / columns,
                                     columns, metric);
  EXPECT_FALSE(matrix.ok());
  return matrix ? Error{} : matrix.error();
}

TEST(Matrix, NamesRowAndColumnOfWhatIsNotFinite) {
  for (const double value : {std::nan(""), kInfinity, -kInfinity}) {
    std::vector<float> single(5 * 7, 1);
    std::vector<double> wide(5 * 7, 1);
    single[3 * 7 + 6] = static_cast<float>(value);
    wide[3 * 7 + 6] = value;
    const char* name = std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    const std::string expected =
        std::string("row 3, column 6: expected a finite number, received ") + name;
    for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kEuclidean}) {
      EXPECT_EQ((refusal<float, float>(single, 7, metric).message), expected);
      EXPECT_EQ((refusal<float, double>(wide, 7, metric).message), expected);
      EXPECT_EQ((refusal<double, double>(wide, 7, metric).message), expected);
    }
    EXPECT_EQ((refusal<float, float>(single, 7, Metric::kDot).code), ErrorCode::kInvalidArgument);
  }
}

TEST(Matrix, RefusesRowsWhoseScoresCouldOverflow) {
  const std::vector<float> rows = {1, 1, 3e19F, 3e19F};
  EXPECT_THAT((refusal<float, float>(rows, 2, Metric::kDot).message), HasSubstr("row 1"));
  EXPECT_THAT((refusal<float, float>(rows, 2, Metric::kEuclidean).message), HasSubstr("row 1"));
  const std::vector<double> wide = {1, 1, 1e300, 1e300};
  EXPECT_THAT((refusal<float, double>(wide, 2, Metric::kDot).message), HasSubstr("row 1"));
  EXPECT_THAT((refusal<double, double>(wide, 2, Metric::kDot).message), HasSubstr("row 1"));
}

TEST(Matrix, CosineTakesRowsOfAnyLength) {
  EXPECT_NEAR((selfScore<float, float>({3e38F, 3e38F, -3e38F}, Metric::kCosine)), 1, 1e-6);
  EXPECT_NEAR((selfScore<float, float>({1e-45F, 1e-45F}, Metric::kCosine)), 1, 1e-6);
  EXPECT_NEAR((selfScore<float, double>({1e308, -1.7e308}, Metric::kCosine)), 1, 1e-6);
  EXPECT_NEAR((selfScore<double, double>({1.7e308, 1.7e308, 1.7e308}, Metric::kCosine)), 1, 1e-15);
  EXPECT_NEAR((selfScore<double, double>({5e-324, 5e-324}, Metric::kCosine)), 1, 1e-15);
  EXPECT_NEAR((selfScore<double, double>({1e-200, 3e-210}, Metric::kCosine)), 1, 1e-15);
}

TEST(Matrix, TheZeroVectorHasCosineZero) {
  EXPECT_EQ((selfScore<float, float>({0, 0, -0.0F}, Metric::kCosine)), 0);
  EXPECT_EQ((selfScore<double, double>({0, 0}, Metric::kCosine)), 0);
}

TEST(Matrix, LargestDistancesStayFinite) {
  const std::vector<float> rows = {4e18F, -4e18F};
  auto matrix = packed(rows, 1, Metric::kEuclidean);
  ASSERT_TRUE(
      Tiles<float>(matrix, matrix).walk({0, 1}, {1, 2}, kGoOn, [](const ScoreRow<float>& scores) {
        EXPECT_FLOAT_EQ(scores.scores[0], 8e18F);
      }));
}

TEST(Matrix, MayHaveNoRows) {
  auto matrix = Matrix<float>::pack(std::span<const float>(), 0, 4, Metric::kDot);
  ASSERT_TRUE(matrix.ok());
  EXPECT_EQ(matrix.value().rows(), 0U);
}

TEST(Limit, AdmitsExactlyTheScoresWithinTheThreshold) {
  // 0.1 as float lies above 0.1 as double, 0.7 below.
  for (const double threshold : {0.1, 0.7, 1.0, 0.0, -0.1, -0.7, 1e-50, -1e-50}) {
    const auto nearest = static_cast<float>(threshold);
    for (float score :
         {nearest, std::nextafter(nearest, 9.0F), std::nextafter(nearest, -9.0F), 0.0F}) {
      EXPECT_EQ(Limit<float>::of(Metric::kCosine, threshold).admits(score),
                double{score} >= threshold);
      EXPECT_EQ(Limit<float>::of(Metric::kEuclidean, threshold).admits(score),
                double{score} <= threshold);
    }
  }
}

TEST(Limit, ThresholdsBeyondTheRangeAdmitAllOrNothing) {
  const float largest = std::numeric_limits<float>::max();
  for (const double threshold : {1e300, kInfinity}) {
    EXPECT_FALSE(Limit<float>::of(Metric::kDot, threshold).admits(largest));
    EXPECT_TRUE(Limit<float>::of(Metric::kDot, -threshold).admits(-largest));
    EXPECT_TRUE(Limit<float>::of(Metric::kEuclidean, threshold).admits(largest));
    EXPECT_FALSE(Limit<float>::of(Metric::kEuclidean, -threshold).admits(0));
  }
  EXPECT_TRUE(Limit<float>::none(Metric::kDot).admits(-largest));
  EXPECT_TRUE(Limit<float>::none(Metric::kEuclidean).admits(largest));
}

}  // namespace
}  // namespace millrace
