// Many literals at once: every place where one of a fixed set begins, in one pass over the text.
// Immutable after construction, thread safe. A block of 32 places is looked at with the first four
// bytes of all literals at once (sixteen buckets, one bit each); what remains is compared byte by
// byte.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

constexpr size_t kLiteralBlock = 32;
constexpr size_t kPrintBytes = 4;
constexpr size_t kLiteralBuckets = 16;
/// Bytes from the begin of a block that are read.
constexpr size_t kLiteralReach = kLiteralBlock + kPrintBytes - 1;

/// Which buckets a byte allows at each of the first places, as a table and, for vector code, split
/// into halves of the byte and of the buckets.
struct LiteralFingerprints {
  using Halves = std::array<std::array<std::array<uint8_t, 16>, kPrintBytes>, 2>;

  std::array<std::array<uint16_t, 256>, kPrintBytes> byByte{};
  alignas(32) Halves byLowHalf{};  // [half of the buckets][place][low half of the byte]
  alignas(32) Halves byHighHalf{};
};

/// Finds the next block with a candidate: returns its begin and sets a bit of `places` for each
/// place that is one; or, with no bit set, the first place not looked at, above size -
/// kLiteralReach.
using LiteralBlockScan = size_t (*)(const LiteralFingerprints& prints, const uint8_t* text,
                                    size_t at, size_t size, uint32_t& places);

size_t findLiteralBlockBaseline(const LiteralFingerprints& prints, const uint8_t* text, size_t at,
                                size_t size, uint32_t& places);
#if defined(__x86_64__) || defined(_M_X64)
size_t findLiteralBlockAvx2(const LiteralFingerprints& prints, const uint8_t* text, size_t at,
                            size_t size, uint32_t& places);
#endif

class LiteralScan {
 public:
  struct Literal {
    std::string bytes;        ///< not empty; in lower case when foldsAscii
    bool foldsAscii = false;  ///< ASCII letters match in either case
    uint32_t owner = 0;
  };

  LiteralScan() = default;
  explicit LiteralScan(std::vector<Literal> literals);

  bool empty() const { return literals_.empty(); }

  /// Calls onHit(literal, place) for each that begins in [at, end), by ascending place; literals
  /// that begin at one place come in no particular order. Returns where to go on, up to a block
  /// beyond `end`.
  template <typename OnHit>
  size_t scan(std::string_view text, size_t at, size_t end, OnHit&& onHit) const {
    if (empty()) return text.size();
    const size_t limit = std::min(text.size(), end + kLiteralReach - 1);
    while (at + kLiteralReach <= limit) {
      uint32_t places = 0;
      at = findBlock_(prints_, reinterpret_cast<const uint8_t*>(text.data()), at, limit, places);
      if (places == 0) break;
      for (; places != 0; places &= places - 1) {
        verify(text, at + static_cast<size_t>(std::countr_zero(places)), onHit);
      }
      at += kLiteralBlock;
    }
    if (limit < text.size()) return at;
    for (; at < text.size(); ++at) verify(text, at, onHit);
    return at;
  }

  /// Whether the literal stands at `at`.
  static bool matchesAt(const Literal& literal, std::string_view text, size_t at);

  const std::vector<Literal>& literals() const { return literals_; }

 private:
  template <typename OnHit>
  void verify(std::string_view text, size_t at, OnHit& onHit) const {
    uint32_t buckets = 0xffff;
    const size_t known = std::min(kPrintBytes, text.size() - at);
    for (size_t place = 0; place < known; ++place) {
      buckets &= prints_.byByte[place][static_cast<uint8_t>(text[at + place])];
    }
    for (; buckets != 0; buckets &= buckets - 1) {
      const auto bucket = static_cast<size_t>(std::countr_zero(buckets));
      for (size_t i = bucketBegins_[bucket]; i < bucketBegins_[bucket + 1]; ++i) {
        if (matchesAt(literals_[i], text, at)) onHit(literals_[i], at);
      }
    }
  }

  std::vector<Literal> literals_;  // by bucket
  std::array<size_t, kLiteralBuckets + 1> bucketBegins_{};
  LiteralFingerprints prints_;
  LiteralBlockScan findBlock_ = findLiteralBlockBaseline;
};

}  // namespace millrace
