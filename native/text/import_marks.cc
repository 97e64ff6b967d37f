// Bits behind the text's end are never set: the last blocks are padded with zeros, which are no
// marks. All variants give the same bits.
#include "text/import_marks.h"

#include <algorithm>
#include <cstring>

#include "text/import_bytes.h"

namespace millrace::imports {
namespace {

#if MILLRACE_IMPORT_SSE2

/// `at` + 4 bytes are read behind the sixteen.
unsigned markSixteen(const char* at, MarkSet set) {
  const auto load = [at](size_t offset) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + offset));
  };
  const auto is = [](__m128i bytes, char wanted) {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted));
  };
  const __m128i bytes = load(0);
  // ( and ), then [ and {, ] and } differ in one bit each.
  const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
  __m128i marks = is(_mm_or_si128(bytes, _mm_set1_epi8(1)), ')');
  marks = _mm_or_si128(marks, _mm_or_si128(is(lower, '{'), is(lower, '}')));
  marks = _mm_or_si128(marks, _mm_or_si128(is(bytes, '"'), is(bytes, '\'')));
  marks = _mm_or_si128(marks, _mm_or_si128(is(bytes, '`'), is(bytes, '/')));
  if (set.commas) marks = _mm_or_si128(marks, is(bytes, ','));
  if (set.angles) marks = _mm_or_si128(marks, is(bytes, '<'));
  const __m128i third = load(2);
  const __m128i po = _mm_and_si128(is(third, 'p'), is(load(3), 'o'));
  const __m128i qui = _mm_and_si128(is(third, 'q'), is(load(4), 'i'));
  marks = _mm_or_si128(marks, _mm_and_si128(po, _mm_or_si128(is(bytes, 'i'), is(bytes, 'e'))));
  marks = _mm_or_si128(marks, _mm_and_si128(qui, is(bytes, 'r')));
  return static_cast<unsigned>(_mm_movemask_epi8(marks));
}

void markBaseline(const char* text, size_t blocks, MarkSet set, uint64_t* words) {
  for (size_t block = 0; block < blocks; ++block, text += 64) {
    words[block] = markSixteen(text, set) | uint64_t{markSixteen(text + 16, set)} << 16 |
                   uint64_t{markSixteen(text + 32, set)} << 32 |
                   uint64_t{markSixteen(text + 48, set)} << 48;
  }
}

#else

bool isMark(const char* at, MarkSet set) {
  switch (*at) {
    case '"':
    case '\'':
    case '`':
    case '/':
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
      return true;
    case ',':
      return set.commas;
    case '<':
      return set.angles;
    case 'i':
    case 'e':
      return at[2] == 'p' && at[3] == 'o';
    case 'r':
      return at[2] == 'q' && at[4] == 'i';
    default:
      return false;
  }
}

void markBaseline(const char* text, size_t blocks, MarkSet set, uint64_t* words) {
  for (size_t block = 0; block < blocks; ++block, text += 64) {
    words[block] = 0;
    for (size_t i = 0; i < 64; ++i) words[block] |= uint64_t{isMark(text + i, set)} << i;
  }
}

#endif

}  // namespace

MarkBlocks markBlocksFor(InstructionSet set) {
  if (set == InstructionSet::kBaseline) return markBaseline;
  return set == InstructionSet::kAvx2 ? markBlocksAvx2() : nullptr;
}

MarkBlocks markBlocks() {
  static const MarkBlocks fastest = [] {
    const MarkBlocks avx2 = markBlocksAvx2();
    return avx2 && cpuSupports(InstructionSet::kAvx2) ? avx2 : markBaseline;
  }();
  return fastest;
}

void Marks::load(size_t from) {
  const size_t rest = text_.size() - from;
  begin_ = from;
  if (rest >= 64 * kBlocks + kMarkLookahead) {
    count_ = kBlocks;
    mark_(text_.data() + from, count_, set_, words_.data());
  } else {
    std::array<char, 64 * (kBlocks + 1) + kMarkLookahead> padded{};
    const size_t bytes = std::min(rest, padded.size() - kMarkLookahead);
    std::memcpy(padded.data(), text_.data() + from, std::min(rest, padded.size()));
    count_ = std::min(kBlocks, (bytes + 63) / 64);
    mark_(padded.data(), count_, set_, words_.data());
  }
  end_ = std::min(begin_ + 64 * count_, text_.size());
}

}  // namespace millrace::imports
