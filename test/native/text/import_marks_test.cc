#include "text/import_marks.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::imports {
namespace {

bool isMark(std::string_view text, size_t at, MarkSet set) {
  const char byte = text[at];
  if (std::string_view("\"'`/()[]{}").find(byte) != std::string_view::npos) return true;
  if (byte == ',') return set.commas;
  if (byte == '<') return set.angles;
  const auto next = [&](size_t offset) {
    return at + offset < text.size() ? text[at + offset] : '\0';
  };
  if (byte == 'i' || byte == 'e') return next(2) == 'p' && next(3) == 'o';
  return byte == 'r' && next(2) == 'q' && next(4) == 'i';
}

/// Any bytes, with more of those that matter.
std::string anyText(size_t size) {
  static std::mt19937 random(7);
  constexpr std::string_view kLikely = "\"'`/()[]{},<impoexrqu\n\xe2\x80 a";
  std::string text(size, '\0');
  for (char& byte : text) {
    const uint32_t number = random();
    byte =
        number % 2 == 0 ? static_cast<char>(number >> 8) : kLikely[(number >> 8) % kLikely.size()];
  }
  return text;
}

TEST(ImportMarks, EveryVariantMarksTheSameBytes) {
  constexpr size_t kBlocks = 500;
  const std::string text = anyText(64 * kBlocks + kMarkLookahead);
  for (const InstructionSet variant : {InstructionSet::kBaseline, InstructionSet::kAvx2}) {
    const MarkBlocks mark = markBlocksFor(variant);
    if (!mark || !cpuSupports(variant)) continue;
    for (const MarkSet set : {MarkSet{false, false}, MarkSet{true, false}, MarkSet{false, true}}) {
      std::vector<uint64_t> words(kBlocks);
      mark(text.data(), kBlocks, set, words.data());
      for (size_t i = 0; i < 64 * kBlocks; ++i) {
        ASSERT_EQ((words[i / 64] >> (i % 64) & 1) != 0, isMark(text, i, set))
            << nameOf(variant) << " at " << i << ", byte " << int{text[i]};
      }
    }
  }
}

TEST(ImportMarks, NextFindsThemAllWhereverItStarts) {
  for (const size_t size : {0, 1, 3, 63, 64, 65, 2047, 2048, 2051, 2052, 2053, 5000}) {
    const std::string text = anyText(size);
    Marks marks(text, MarkSet{false, true});
    size_t at = 0;
    for (size_t i = 0; i < size; ++i) {
      if (!isMark(text, i, MarkSet{false, true})) continue;
      ASSERT_EQ(marks.next(at), i) << size;
      at = i + 1;
    }
    EXPECT_EQ(marks.next(at), size);
    EXPECT_EQ(marks.next(size), size);
  }
}

TEST(ImportMarks, TheSetCanChangeOnTheWay) {
  const std::string text = "a,b,(,<c";
  Marks marks(text, MarkSet{});
  EXPECT_EQ(marks.next(0), 4u);
  marks.markCommas(true);
  EXPECT_EQ(marks.next(0), 1u);
  marks.markAngles(true);
  EXPECT_EQ(marks.next(6), 6u);
  marks.markCommas(false);
  marks.markAngles(false);
  EXPECT_EQ(marks.next(5), text.size());
}

}  // namespace
}  // namespace millrace::imports
