// The build compiles this file for AVX-512; where it does not, the row is absent.
#include "json/structural_rows.h"

#if defined(__AVX512BW__)
#include <immintrin.h>

#include "json/block_masks.h"

namespace millrace {
namespace {

uint64_t equal(__m512i bytes, char byte) {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte));
}

BlockMasks masksOf(const uint8_t* block) {
  const __m512i bytes = _mm512_loadu_si512(block);
  // Setting 0x20 makes [ ] into { } and no other byte into either.
  const __m512i folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
  return {equal(bytes, '\\'),
          equal(bytes, '"'),
          equal(folded, '{') | equal(folded, '}') | equal(bytes, ':') | equal(bytes, ','),
          equal(bytes, ' ') | equal(bytes, '\n') | equal(bytes, '\r') | equal(bytes, '\t'),
          _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)),
          _mm512_movepi8_mask(bytes)};
}

}  // namespace
}  // namespace millrace

#include "json/structural_variant.h"

namespace millrace {
StructuralScan structuralAvx512() {
  return scanStructurals;
}
}  // namespace millrace
#else
namespace millrace {
StructuralScan structuralAvx512() {
  return nullptr;
}
}  // namespace millrace
#endif
