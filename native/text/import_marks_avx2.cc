// Classification of bytes by their halves: a byte is a mark when the bits that two tables give for
// its low and its high half have one in common.
#include "text/import_marks.h"

#if defined(__AVX2__)
#include <immintrin.h>

namespace millrace::imports {
namespace {

enum HighHalf : char { k2 = 1, k3 = 2, k5 = 4, k6 = 8, k7 = 16 };

struct Halves {
  __m256i low;
  __m256i high;
};

Halves halvesFor(MarkSet set) {
  const char comma = set.commas ? k2 : 0;
  const char angle = set.angles ? k3 : 0;
  const auto twice = [](__m128i table) { return _mm256_broadcastsi128_si256(table); };
  // By low half: 0 `, 2 ", 7 ', 8 (, 9 ), B [ and {, C comma and <, D ] and }, F /.
  const __m128i low = _mm_setr_epi8(k6, 0, k2, 0, 0, 0, 0, k2, k2, k2, 0, k5 | k7,
                                    static_cast<char>(comma | angle), k5 | k7, 0, k2);
  const __m128i high = _mm_setr_epi8(0, 0, k2, k3, 0, k5, k6, k7, 0, 0, 0, 0, 0, 0, 0, 0);
  return {twice(low), twice(high)};
}

/// The bytes of 32 that are marks.
unsigned markHalf(const char* at, const Halves& halves) {
  const auto load = [at](size_t offset) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + offset));
  };
  const auto is = [](__m256i bytes, char wanted) {
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(wanted));
  };
  const __m256i bytes = load(0);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
  // A byte from 0x80 gives 0 in the first table, so characters beyond ASCII are never marks.
  const __m256i common = _mm256_and_si256(_mm256_shuffle_epi8(halves.low, bytes),
                                          _mm256_shuffle_epi8(halves.high, high));
  const auto plain = static_cast<unsigned>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(common, _mm256_setzero_si256())));
  const __m256i third = load(2);
  const __m256i po = _mm256_and_si256(is(third, 'p'), is(load(3), 'o'));
  const __m256i qui = _mm256_and_si256(is(third, 'q'), is(load(4), 'i'));
  const __m256i words =
      _mm256_or_si256(_mm256_and_si256(po, _mm256_or_si256(is(bytes, 'i'), is(bytes, 'e'))),
                      _mm256_and_si256(qui, is(bytes, 'r')));
  return ~plain | static_cast<unsigned>(_mm256_movemask_epi8(words));
}

void markAvx2(const char* text, size_t blocks, MarkSet set, uint64_t* words) {
  const Halves halves = halvesFor(set);
  for (size_t block = 0; block < blocks; ++block, text += 64) {
    words[block] = markHalf(text, halves) | uint64_t{markHalf(text + 32, halves)} << 32;
  }
}

}  // namespace

MarkBlocks markBlocksAvx2() {
  return markAvx2;
}

}  // namespace millrace::imports

#else

namespace millrace::imports {
MarkBlocks markBlocksAvx2() {
  return nullptr;
}
}  // namespace millrace::imports

#endif
