// Invariants: loads end kPrintBytes - 1 bytes behind the block, which the bound of the loop allows
// for.
#include "text/literal_scan.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>

namespace millrace {
namespace {

/// A table of 16 bytes in both halves of a register, as the shuffle wants it.
__m256i twice(const std::array<uint8_t, 16>& table) {
  return _mm256_broadcastsi128_si256(
      _mm_load_si128(reinterpret_cast<const __m128i*>(table.data())));
}

/// The bytes of a block, seen from one of the first places, as indices of the tables.
struct Bytes {
  explicit Bytes(const uint8_t* text) {
    const __m256i half = _mm256_set1_epi8(15);
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
    low = _mm256_and_si256(bytes, half);
    high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
  }

  __m256i low;
  __m256i high;
};

/// The tables of one place for one half of the buckets.
struct Tables {
  Tables(const LiteralFingerprints& prints, size_t half, size_t place)
      : low(twice(prints.byLowHalf[half][place])), high(twice(prints.byHighHalf[half][place])) {}

  __m256i bucketsOf(const Bytes& bytes) const {
    return _mm256_and_si256(_mm256_shuffle_epi8(low, bytes.low),
                            _mm256_shuffle_epi8(high, bytes.high));
  }

  __m256i low;
  __m256i high;
};

struct Half {
  Half(const LiteralFingerprints& prints, size_t half)
      : first(prints, half, 0),
        second(prints, half, 1),
        third(prints, half, 2),
        fourth(prints, half, 3) {}

  __m256i bucketsOf(const Bytes& a, const Bytes& b, const Bytes& c, const Bytes& d) const {
    return _mm256_and_si256(_mm256_and_si256(first.bucketsOf(a), second.bucketsOf(b)),
                            _mm256_and_si256(third.bucketsOf(c), fourth.bucketsOf(d)));
  }

  Tables first;
  Tables second;
  Tables third;
  Tables fourth;
};

}  // namespace

size_t findLiteralBlockAvx2(const LiteralFingerprints& prints, const uint8_t* text, size_t at,
                            size_t size, uint32_t& places) {
  static_assert(kPrintBytes == 4);
  const Half lower(prints, 0);
  const Half upper(prints, 1);
  places = 0;
  for (; at + kLiteralReach <= size; at += kLiteralBlock) {
    const Bytes a(text + at);
    const Bytes b(text + at + 1);
    const Bytes c(text + at + 2);
    const Bytes d(text + at + 3);
    const __m256i found = _mm256_or_si256(lower.bucketsOf(a, b, c, d), upper.bucketsOf(a, b, c, d));
    if (_mm256_testz_si256(found, found) != 0) continue;
    const __m256i empty = _mm256_cmpeq_epi8(found, _mm256_setzero_si256());
    places = ~static_cast<uint32_t>(_mm256_movemask_epi8(empty));
    return at;
  }
  return at;
}

}  // namespace millrace
#endif
