// Many literals at once: every place where one of a fixed set begins, in one pass over the text.
// Immutable after construction, thread safe. A block of 32 places is looked at with the first three
// bytes of all literals at once (eight buckets, one bit each); what remains is compared byte by
// byte.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// Which buckets a byte allows at each of the first three places, as a table and split into halves
/// of a byte for vector code.
struct LiteralFingerprints {
  std::array<std::array<uint8_t, 256>, 3> byByte{};
  alignas(32) std::array<std::array<uint8_t, 16>, 3> byLowHalf{};
  alignas(32) std::array<std::array<uint8_t, 16>, 3> byHighHalf{};
};

constexpr size_t kLiteralBlock = 32;

/// Finds the next block with a candidate: returns its begin, with the buckets of each of its places
/// in `buckets`; or the first place not looked at, at least size - kLiteralBlock - 1, if there is
/// none.
using LiteralBlockScan = size_t (*)(const LiteralFingerprints& prints, const uint8_t* text,
                                    size_t at, size_t size,
                                    std::array<uint8_t, kLiteralBlock>& buckets);

size_t findLiteralBlockBaseline(const LiteralFingerprints& prints, const uint8_t* text, size_t at,
                                size_t size, std::array<uint8_t, kLiteralBlock>& buckets);
#if defined(__x86_64__) || defined(_M_X64)
size_t findLiteralBlockAvx2(const LiteralFingerprints& prints, const uint8_t* text, size_t at,
                            size_t size, std::array<uint8_t, kLiteralBlock>& buckets);
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
    std::array<uint8_t, kLiteralBlock> buckets{};
    const size_t limit = std::min(text.size(), end + kLiteralBlock + 1);
    while (at + kLiteralBlock + 2 <= limit) {
      at = findBlock_(prints_, reinterpret_cast<const uint8_t*>(text.data()), at, limit, buckets);
      if (at + kLiteralBlock + 2 > limit) break;
      for (size_t i = 0; i < kLiteralBlock; ++i) {
        if (buckets[i] != 0) verify(text, at + i, buckets[i], onHit);
      }
      at += kLiteralBlock;
    }
    if (limit < text.size()) return at;
    for (; at < text.size(); ++at) verify(text, at, 0xff, onHit);
    return at;
  }

  /// Whether the literal stands at `at`.
  static bool matchesAt(const Literal& literal, std::string_view text, size_t at);

  const std::vector<Literal>& literals() const { return literals_; }

 private:
  template <typename OnHit>
  void verify(std::string_view text, size_t at, uint8_t buckets, OnHit& onHit) const {
    const auto print = [&](size_t place) {
      return at + place < text.size()
                 ? prints_.byByte[place][static_cast<uint8_t>(text[at + place])]
                 : uint8_t{0xff};
    };
    uint32_t left = buckets & print(0) & print(1) & print(2);
    for (size_t bucket = 0; left != 0; ++bucket, left >>= 1) {
      if ((left & 1) == 0) continue;
      for (size_t i = bucketBegins_[bucket]; i < bucketBegins_[bucket + 1]; ++i) {
        if (matchesAt(literals_[i], text, at)) onHit(literals_[i], at);
      }
    }
  }

  std::vector<Literal> literals_;  // by bucket
  std::array<size_t, 9> bucketBegins_{};
  LiteralFingerprints prints_;
  LiteralBlockScan findBlock_ = findLiteralBlockBaseline;
};

}  // namespace millrace
