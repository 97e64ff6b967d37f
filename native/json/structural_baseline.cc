// What every processor of the target architecture runs: SSE2 on x86-64, else a table of bytes.
#include "json/block_masks.h"
#include "json/structural_rows.h"

#if defined(__SSE2__)
#include <emmintrin.h>

namespace millrace {
namespace {

BlockMasks masksOf(const uint8_t* block) {
  BlockMasks masks{};
  for (int quarter = 0; quarter < 4; ++quarter) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * quarter));
    const auto is = [&](char byte) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)); };
    const auto either = [](__m128i one, __m128i other) { return _mm_or_si128(one, other); };
    const auto bitsOf = [&](__m128i found) {
      return uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(found))} << (16 * quarter);
    };
    masks.backslash |= bitsOf(is('\\'));
    masks.quote |= bitsOf(is('"'));
    masks.punctuation |= bitsOf(either(either(either(is('{'), is('}')), either(is('['), is(']'))),
                                       either(is(':'), is(','))));
    masks.space |= bitsOf(either(either(is(' '), is('\n')), either(is('\r'), is('\t'))));
    masks.control |= bitsOf(_mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes));
    masks.notAscii |= bitsOf(bytes);
  }
  return masks;
}

}  // namespace
}  // namespace millrace
#else
namespace millrace {
namespace {

BlockMasks masksOf(const uint8_t* block) {
  BlockMasks masks{};
  for (int k = 0; k < 64; ++k) {
    const uint8_t byte = block[k];
    const uint64_t bit = uint64_t{1} << k;
    if (byte > 127) masks.notAscii |= bit;
    if (byte < 32) masks.control |= bit;
    switch (byte) {
      case '\\':
        masks.backslash |= bit;
        break;
      case '"':
        masks.quote |= bit;
        break;
      case '{':
      case '}':
      case '[':
      case ']':
      case ':':
      case ',':
        masks.punctuation |= bit;
        break;
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        masks.space |= bit;
        break;
      default:
        break;
    }
  }
  return masks;
}

}  // namespace
}  // namespace millrace
#endif

#include "json/structural_variant.h"

namespace millrace {
StructuralScan structuralBaseline() {
  return scanStructurals;
}
}  // namespace millrace
