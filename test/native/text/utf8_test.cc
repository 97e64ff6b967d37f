#include "text/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace millrace {
namespace {

using namespace std::string_literals;

TEST(Utf8, KnowsValidText) {
  for (const std::string& text : {""s, "plain"s, "gr\xc3\xbc\xc3\x9f"s, "\xf0\x9f\x98\x80"s,
                                  "\xed\x9f\xbf\xee\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "\0"s}) {
    EXPECT_TRUE(isValidUtf8(text));
    EXPECT_EQ(invalidUtf8At(text), text.size());
    EXPECT_EQ(repairedUtf8(text), text);
  }
}

TEST(Utf8, ReplacesMaximalPartsAsTheEncodingStandardDoes) {
  const std::string r = "\xef\xbf\xbd";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x80", r},
      {"a\xc0\xaf", "a" + r + r},                   // overlong
      {"\xe0\x80\xaf", r + r + r},                  // overlong
      {"\xed\xa0\x80", r + r + r},                  // surrogate
      {"\xf4\x90\x80\x80", r + r + r + r},          // beyond 10FFFF
      {"\xf8\x88\x80\x80\x80", r + r + r + r + r},  // five bytes
      {"\xe2\x82", r},                              // cut off
      {"\xe2\x82"
       "a",
       r + "a"},
      {"\xf0\x9f\x98"
       "a",
       r + "a"},
      {"\xf0\x9f\xc3\xbc", r + "\xc3\xbc"},
      {"\xc3", r},
      {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", r + r + r + r + "A"},  // the Unicode standard's own
  };
  for (const auto& [broken, repaired] : cases) {
    EXPECT_EQ(repairedUtf8(broken), repaired);
    EXPECT_TRUE(isValidUtf8(repairedUtf8(broken)));
    EXPECT_LT(invalidUtf8At(broken), broken.size());
  }
  EXPECT_EQ(invalidUtf8At("\xc3\xbc"
                          "ab\xff"
                          "c"),
            4u);
}

TEST(Utf8, AsciiIsCheckedToTheLastByte) {
  for (size_t size = 1; size < 70; ++size) {
    std::string text(size, 'x');
    EXPECT_TRUE(isAscii(text));
    text.back() = '\x80';
    EXPECT_FALSE(isAscii(text));
    EXPECT_TRUE(isAscii(text.substr(0, size - 1)));
  }
}

TEST(Utf8, CountsCharactersAndUnits) {
  std::string text;
  size_t units = 0;
  const std::vector<std::pair<uint32_t, size_t>> characters = {
      {'a', 1},   {0x7f, 1},   {0x80, 1},    {0x7ff, 1},
      {0x800, 1}, {0xffff, 1}, {0x10000, 2}, {0x10ffff, 2}};
  for (size_t i = 0; i < 100; ++i) {
    const auto& [character, size] = characters[(i * 5 + i / 8) % characters.size()];
    EXPECT_EQ(charactersIn(text), i);
    EXPECT_EQ(utf16UnitsIn(text), units);
    appendUtf8(text, character);
    units += size;
  }
  EXPECT_TRUE(isValidUtf8(text));
  Utf16Offsets offsets(text);
  EXPECT_EQ(offsets.at(0), 0u);
  EXPECT_EQ(offsets.at(text.size()), units);
}

TEST(Utf8, Utf16OffsetsAscend) {
  const std::string text = "a\xc3\xbc\xf0\x9f\x98\x80z";
  Utf16Offsets offsets(text);
  EXPECT_EQ(offsets.at(1), 1u);
  EXPECT_EQ(offsets.at(1), 1u);
  EXPECT_EQ(offsets.at(3), 2u);
  EXPECT_EQ(offsets.at(7), 4u);
  EXPECT_EQ(offsets.at(8), 5u);
}

TEST(Utf8, RepairedOffsetsLeadBackToTheOriginal) {
  const std::string original =
      "a\xff"
      "b\xe2\x82"
      "c\xc3\xbc";  // repaired: a ? b ? c and a letter
  RepairedOffsets offsets(original);
  EXPECT_EQ(offsets.at(1), 1u);
  RepairedOffsets ahead = offsets;
  EXPECT_EQ(ahead.at(11), original.size());
  EXPECT_EQ(offsets.at(4), 2u);
  EXPECT_EQ(offsets.at(8), 5u);
  EXPECT_EQ(offsets.at(9), 6u);
}

using Place = std::pair<uint64_t, uint64_t>;

TEST(Utf8, PositionsCountLinesAndCharacters) {
  const std::string text =
      "a\xc3\xbc"
      "c\nd\r\ne\rf";
  const auto at = [&](size_t offset) {
    const TextPosition position = positionAt(text, offset);
    return Place(position.line, position.column);
  };
  EXPECT_EQ(at(0), Place(1, 1));
  EXPECT_EQ(at(1), Place(1, 2));
  EXPECT_EQ(at(2), Place(1, 2));  // inside the character
  EXPECT_EQ(at(3), Place(1, 3));
  EXPECT_EQ(at(4), Place(1, 4));  // the LF itself
  EXPECT_EQ(at(5), Place(2, 1));
  EXPECT_EQ(at(7), Place(2, 3));  // between CR and LF
  EXPECT_EQ(at(8), Place(3, 1));
  EXPECT_EQ(at(10), Place(4, 1));
  EXPECT_EQ(at(11), Place(4, 2));
  EXPECT_EQ(positionAt(text, 1000).offset, text.size());
  EXPECT_EQ(positionAt("", 0).line, 1u);
}

TEST(LineCursor, SeesWhatSplittingSees) {
  // Every text of up to six characters out of these, against a plain definition.
  const std::string alphabet = "a\r\n";
  for (size_t code = 0; code < 729; ++code) {
    std::string text;
    for (size_t rest = code, i = 0; i < 6; ++i, rest /= 3) text += alphabet[rest % 3];
    LineCursor cursor(text);
    size_t line = 1;
    size_t begin = 0;
    for (size_t at = 0; at <= text.size(); ++at) {
      const bool afterLf = at > 0 && text[at - 1] == '\n';
      const bool afterCr =
          at > 0 && text[at - 1] == '\r' && (at == text.size() || text[at] != '\n');
      if (afterLf || afterCr) {
        ++line;
        begin = at;
      }
      cursor.moveTo(at);
      ASSERT_EQ(cursor.line(), line) << code << " at " << at;
      ASSERT_EQ(cursor.begin(), begin) << code << " at " << at;
      ASSERT_EQ(cursor.end(), std::min(text.find_first_of("\r\n", begin), text.size()));
    }
  }
}

TEST(LineCursor, ManyLoneCarriageReturnsCostOneLook) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "a\r";
  LineCursor cursor(text);
  cursor.moveTo(text.size());
  EXPECT_EQ(cursor.line(), 1'000'001u);
}

}  // namespace
}  // namespace millrace
