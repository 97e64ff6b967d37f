// Invariants: loads end at most two bytes behind the block, which the bound of the loop allows for.
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

struct Place {
  __m256i low;
  __m256i high;

  __m256i bucketsOf(const uint8_t* text) const {
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
    const __m256i lower = _mm256_and_si256(bytes, nibble);
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
    return _mm256_and_si256(_mm256_shuffle_epi8(low, lower), _mm256_shuffle_epi8(high, upper));
  }
};

}  // namespace

size_t findLiteralBlockAvx2(const LiteralFingerprints& prints, const uint8_t* text, size_t at,
                            size_t size, std::array<uint8_t, kLiteralBlock>& buckets) {
  const Place first{twice(prints.byLowHalf[0]), twice(prints.byHighHalf[0])};
  const Place second{twice(prints.byLowHalf[1]), twice(prints.byHighHalf[1])};
  const Place third{twice(prints.byLowHalf[2]), twice(prints.byHighHalf[2])};
  for (; at + kLiteralBlock + 2 <= size; at += kLiteralBlock) {
    const __m256i found = _mm256_and_si256(
        _mm256_and_si256(first.bucketsOf(text + at), second.bucketsOf(text + at + 1)),
        third.bucketsOf(text + at + 2));
    if (_mm256_testz_si256(found, found) == 0) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(buckets.data()), found);
      return at;
    }
  }
  return at;
}

}  // namespace millrace
#endif
