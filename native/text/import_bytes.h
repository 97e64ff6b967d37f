// Finding a few bytes in source text, sixteen at a time where the processor's baseline has vectors.
// Pure functions, thread safe. Private to the import scanner.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#define MILLRACE_IMPORT_SSE2 1
#endif

namespace millrace::imports {

enum ByteClass : uint8_t {
  kWordByte = 1,   // identifiers and numbers; every byte of a character beyond ASCII
  kSpaceByte = 2,  // ASCII white space, line ends included
  kDigitByte = 4,
};

struct ByteClasses {
  uint8_t of[256] = {};
  constexpr ByteClasses() {
    for (int c = 'a'; c <= 'z'; ++c) of[c] = kWordByte;
    for (int c = 'A'; c <= 'Z'; ++c) of[c] = kWordByte;
    for (int c = '0'; c <= '9'; ++c) of[c] = kWordByte | kDigitByte;
    for (int c = 0x80; c <= 0xff; ++c) of[c] = kWordByte;
    of[int{'_'}] = of[int{'$'}] = of[int{'\\'}] = kWordByte;
    for (int c = 9; c <= 13; ++c) of[c] = kSpaceByte;
    of[int{' '}] = kSpaceByte;
  }
};
inline constexpr ByteClasses kByteClasses;

inline bool isWordByte(char byte) {
  return (kByteClasses.of[static_cast<uint8_t>(byte)] & kWordByte) != 0;
}
inline bool isSpaceByte(char byte) {
  return (kByteClasses.of[static_cast<uint8_t>(byte)] & kSpaceByte) != 0;
}
inline bool isDigit(char byte) {
  return (kByteClasses.of[static_cast<uint8_t>(byte)] & kDigitByte) != 0;
}

/// The first of `kWanted` in text[from, to), or `to`.
template <char... kWanted>
size_t findAny(const char* text, size_t from, size_t to) {
#if MILLRACE_IMPORT_SSE2
  for (; from + 16 <= to; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + from));
    __m128i hits = _mm_setzero_si128();
    ((hits = _mm_or_si128(hits, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(kWanted)))), ...);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
    if (mask != 0) return from + static_cast<size_t>(std::countr_zero(mask));
  }
#endif
  for (; from < to; ++from) {
    if (((text[from] == kWanted) || ...)) return from;
  }
  return to;
}

/// How many of text[from, to) are `wanted`.
inline size_t countOf(char wanted, const char* text, size_t from, size_t to) {
  size_t count = 0;
#if MILLRACE_IMPORT_SSE2
  const __m128i pattern = _mm_set1_epi8(wanted);
  for (; from + 16 <= to; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + from));
    const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, pattern));
    count += static_cast<size_t>(std::popcount(static_cast<unsigned>(mask)));
  }
#endif
  for (; from < to; ++from) count += text[from] == wanted;
  return count;
}

}  // namespace millrace::imports
