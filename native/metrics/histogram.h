// A histogram of durations in log-linear buckets: every power of two is cut into 128 equal parts,
// so a percentile is off by at most 0.8 %, whatever the magnitude. The layout is that of
// HdrHistogram (Gil Tene, hdrhistogram.org). Not synchronised: one thread records; merge the
// histograms of many.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace millrace {

/// A moment's figures, in the unit that was recorded. All 0 when nothing was.
struct HistogramSnapshot {
  uint64_t count = 0;
  uint64_t min = 0;
  uint64_t max = 0;
  double mean = 0;
  uint64_t p50 = 0;
  uint64_t p95 = 0;
  uint64_t p99 = 0;
};

class Histogram {
 public:
  /// Larger values are counted in the last bucket; as nanoseconds this is more than three days.
  static constexpr uint64_t kMaxTracked = (uint64_t{1} << 48) - 1;

  void record(uint64_t value) {
    ++counts_[bucketOf(value)];
    ++count_;
    sum_ += static_cast<double>(value);
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
  }

  void merge(const Histogram& other) {
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
  }

  /// The value that `percent` of the recorded ones do not exceed; 0 when nothing was recorded.
  /// REQUIRES: 0 <= percent <= 100.
  uint64_t percentile(double percent) const {
    if (count_ == 0) return 0;
    const double exact = percent / 100 * static_cast<double>(count_);
    auto rank = static_cast<uint64_t>(exact);
    if (static_cast<double>(rank) < exact) ++rank;
    rank = std::clamp<uint64_t>(rank, 1, count_);
    uint64_t seen = 0;
    size_t bucket = 0;
    while ((seen += counts_[bucket]) < rank) ++bucket;
    // The recorded extremes are exact, the bucket's middle is not.
    return std::clamp(middleOf(bucket), min_, max_);
  }

  uint64_t count() const { return count_; }

  HistogramSnapshot snapshot() const {
    if (count_ == 0) return {};
    return {count_,         min_,           max_,          sum_ / static_cast<double>(count_),
            percentile(50), percentile(95), percentile(99)};
  }

 private:
  static constexpr unsigned kPartBits = 7;
  static constexpr uint64_t kParts = uint64_t{1} << kPartBits;
  static constexpr unsigned kMaxShift = 48 - kPartBits - 1;

  // Values below 256 have a bucket each; above, the leading eight bits choose it.
  static size_t bucketOf(uint64_t value) {
    value = std::min(value, kMaxTracked);
    if (value < 2 * kParts) return static_cast<size_t>(value);
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kPartBits - 1;
    return static_cast<size_t>(shift * kParts + (value >> shift));
  }
  static uint64_t middleOf(size_t bucket) {
    if (bucket < 2 * kParts) return bucket;
    const uint64_t shift = bucket / kParts - 1;
    const uint64_t low = (bucket - shift * kParts) << shift;
    return low + ((uint64_t{1} << shift) - 1) / 2;
  }

  std::array<uint64_t, (kMaxShift + 2) * kParts> counts_{};
  uint64_t count_ = 0;
  double sum_ = 0;
  uint64_t min_ = std::numeric_limits<uint64_t>::max();
  uint64_t max_ = 0;
};

}  // namespace millrace
