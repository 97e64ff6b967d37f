// The build compiles this file for AVX2; where it does not, the row is absent.
#include "json/structural_rows.h"

#if defined(__AVX2__)
#include <immintrin.h>

#include "json/block_masks.h"

namespace millrace {
namespace {

uint64_t bitsOf(__m256i low, __m256i high) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
         (uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(high))} << 32);
}

struct Half {
  explicit Half(const uint8_t* block)
      : bytes(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(block))) {}

  __m256i is(char byte) const { return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte)); }

  __m256i punctuation() const {
    // Setting 0x20 makes [ ] into { } and no other byte into either.
    const __m256i folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    const __m256i brackets = _mm256_or_si256(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8('{')),
                                             _mm256_cmpeq_epi8(folded, _mm256_set1_epi8('}')));
    return _mm256_or_si256(brackets, _mm256_or_si256(is(':'), is(',')));
  }

  __m256i space() const {
    // A table by the low four bits; bytes above 127 look up zero and so match nothing but zero,
    // which no entry is.
    const __m256i table = _mm256_setr_epi8(
        ' ', 100, 100, 100, 17, 100, 113, 2, 100, '\t', '\n', 112, 100, '\r', 100, 100,  //
        ' ', 100, 100, 100, 17, 100, 113, 2, 100, '\t', '\n', 112, 100, '\r', 100, 100);
    return _mm256_cmpeq_epi8(bytes, _mm256_shuffle_epi8(table, bytes));
  }

  __m256i control() const {
    return _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1f)), bytes);
  }

  __m256i bytes;
};

BlockMasks masksOf(const uint8_t* block) {
  const Half low(block);
  const Half high(block + 32);
  return {bitsOf(low.is('\\'), high.is('\\')),           bitsOf(low.is('"'), high.is('"')),
          bitsOf(low.punctuation(), high.punctuation()), bitsOf(low.space(), high.space()),
          bitsOf(low.control(), high.control()),         bitsOf(low.bytes, high.bytes)};
}

}  // namespace
}  // namespace millrace

#include "json/structural_variant.h"

namespace millrace {
StructuralScan structuralAvx2() {
  return scanStructurals;
}
}  // namespace millrace
#else
namespace millrace {
StructuralScan structuralAvx2() {
  return nullptr;
}
}  // namespace millrace
#endif
