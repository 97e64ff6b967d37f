#include "metrics/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace millrace {
namespace {

TEST(Histogram, SaysNothingWhenEmpty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(50), 0u);
  const HistogramSnapshot snapshot = histogram.snapshot();
  EXPECT_EQ(snapshot.count, 0u);
  EXPECT_EQ(snapshot.min, 0u);
  EXPECT_EQ(snapshot.max, 0u);
  EXPECT_EQ(snapshot.mean, 0.0);
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (uint64_t value = 1; value <= 100; ++value) histogram.record(value);
  EXPECT_EQ(histogram.percentile(0), 1u);
  EXPECT_EQ(histogram.percentile(1), 1u);
  EXPECT_EQ(histogram.percentile(50), 50u);
  EXPECT_EQ(histogram.percentile(99), 99u);
  EXPECT_EQ(histogram.percentile(99.5), 100u);
  EXPECT_EQ(histogram.percentile(100), 100u);
  EXPECT_DOUBLE_EQ(histogram.snapshot().mean, 50.5);
}

TEST(Histogram, ASingleValueIsItsOwnPercentile) {
  for (const uint64_t value : {0ull, 255ull, 256ull, 1'000'003ull, 123'456'789'012ull}) {
    Histogram histogram;
    histogram.record(value);
    EXPECT_EQ(histogram.percentile(0), value);
    EXPECT_EQ(histogram.percentile(100), value);
  }
}

TEST(Histogram, PercentilesAreWithinOnePercentAtEveryMagnitude) {
  std::mt19937_64 random(7);
  for (const double scale : {10.0, 1e3, 1e6, 1e9, 1e11}) {
    Histogram histogram;
    std::vector<uint64_t> values;
    std::lognormal_distribution<double> distribution(0, 1.5);
    for (int i = 0; i < 20'001; ++i) {
      values.push_back(static_cast<uint64_t>(scale * distribution(random)));
      histogram.record(values.back());
    }
    std::sort(values.begin(), values.end());
    for (const double percent : {0.0, 1.0, 25.0, 50.0, 90.0, 95.0, 99.0, 99.9, 100.0}) {
      const auto rank = static_cast<size_t>(std::ceil(percent / 100 * 20'001));
      const auto exact = static_cast<double>(values[std::max<size_t>(rank, 1) - 1]);
      EXPECT_NEAR(static_cast<double>(histogram.percentile(percent)), exact, exact * 0.01);
    }
  }
}

TEST(Histogram, BeyondTheTrackedRangeTheMaximumStaysExact) {
  Histogram histogram;
  histogram.record(1);
  histogram.record(~uint64_t{0});
  EXPECT_EQ(histogram.snapshot().max, ~uint64_t{0});
  EXPECT_GE(histogram.percentile(100), Histogram::kMaxTracked / 100 * 99);
}

TEST(Histogram, MergingEqualsRecordingTogether) {
  Histogram whole;
  Histogram even;
  Histogram odd;
  for (uint64_t i = 0; i < 5000; ++i) {
    whole.record(i * i);
    (i % 2 == 0 ? even : odd).record(i * i);
  }
  even.merge(odd);
  even.merge(Histogram());
  EXPECT_EQ(even.snapshot().count, 5000u);
  EXPECT_EQ(even.snapshot().min, 0u);
  EXPECT_EQ(even.snapshot().max, 4999u * 4999u);
  for (const double percent : {5.0, 50.0, 95.0, 99.0}) {
    EXPECT_EQ(even.percentile(percent), whole.percentile(percent));
  }
}

}  // namespace
}  // namespace millrace
