// Every row of the structural scan against a plain reading of the same bytes.
#include "json/structural_rows.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {
namespace {

struct Found {
  std::vector<uint32_t> places;
  bool inString = false;
  bool flawed = false;
};

bool isHex(char c) {
  return std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
}

/// What the header says, one byte after the other.
Found plainly(std::string_view text) {
  Found found;
  bool inScalar = false;
  for (size_t k = 0; k < text.size(); ++k) {
    const char c = text[k];
    if (found.inString) {
      if (static_cast<unsigned char>(c) < 0x20) found.flawed = true;
      if (c == '"') found.inString = false;
      if (c != '\\') continue;
      if (++k == text.size()) break;
      if (static_cast<unsigned char>(text[k]) < 0x20) found.flawed = true;
      if (std::string_view("\"\\/bfnrtu").find(text[k]) == std::string_view::npos) {
        found.flawed = true;
      }
      if (text[k] == 'u') {
        for (size_t digit = 1; digit <= 4; ++digit) {
          if (k + digit >= text.size() || !isHex(text[k + digit])) found.flawed = true;
        }
      }
      continue;
    }
    const bool isPunctuation = std::string_view("{}[]:,").find(c) != std::string_view::npos;
    const bool isSpace = std::string_view(" \t\r\n").find(c) != std::string_view::npos;
    if (isPunctuation || (!isSpace && !inScalar)) found.places.push_back(static_cast<uint32_t>(k));
    if (c == '"') found.inString = true;
    inScalar = !isPunctuation && !isSpace && c != '"';
  }
  return found;
}

Found byRow(StructuralScan row, std::string_view text, size_t pieceBytes) {
  Found found;
  StructuralState state{};
  std::vector<uint32_t> places(pieceBytes + kStructuralSlack);
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t begin = 0; begin < text.size(); begin += pieceBytes) {
    const size_t end = std::min(begin + pieceBytes, text.size());
    const size_t count = row(bytes, begin, end, text.size(), &state, places.data());
    for (size_t k = 0; k < count; ++k) {
      found.places.push_back(static_cast<uint32_t>(begin + places[k]));
    }
  }
  found.inString = state.inString != 0;
  found.flawed = state.flaws != 0;
  return found;
}

class StructuralRows : public testing::TestWithParam<InstructionSet> {
 protected:
  void compare(std::string_view text) {
    const StructuralScan row = structuralFor(GetParam());
    if (!row || !cpuSupports(GetParam())) return;
    const Found wanted = plainly(text);
    for (const size_t pieceBytes : {size_t{64}, size_t{192}, size_t{4096}}) {
      const Found found = byRow(row, text, pieceBytes);
      ASSERT_EQ(found.places, wanted.places) << text;
      ASSERT_EQ(found.inString, wanted.inString) << text;
      ASSERT_EQ(found.flawed, wanted.flawed) << text;
    }
  }
};

TEST_P(StructuralRows, FindTokensWhereverTheyLie) {
  for (size_t shift = 0; shift < 130; ++shift) {
    compare(std::string(shift, ' ') +
            R"({"a\"b\\":[1,-2.5e3,true],"c":"\u00e4x\\\\","d":{}} x"y"z)");
    compare("\"" + std::string(shift, '\\') + "\"[1]");
    compare("\"" + std::string(shift, 'x') + "\\u12G4\"");
  }
}

TEST_P(StructuralRows, AgreeWithAPlainReadingOfRandomText) {
  std::mt19937 random(7);
  constexpr std::string_view kAlphabet = "{}[]:,\"\"\"\\ntu0 1\t\nxe\x01\xC3\xA4";
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 300, ' ');
    bool inString = false;
    for (size_t k = 0; k < text.size(); ++k) {
      char c = kAlphabet[random() % kAlphabet.size()];
      if (c == '\\' && !inString) c = ' ';
      if (c == '"') inString = !inString;
      text[k] = c;
      if (c == '\\' && k + 1 < text.size()) text[++k] = kAlphabet[random() % kAlphabet.size()];
    }
    compare(text);
  }
}

TEST_P(StructuralRows, TellOfBytesThatAreNotAscii) {
  const StructuralScan row = structuralFor(GetParam());
  if (!row || !cpuSupports(GetParam())) return;
  for (const std::string_view text : {"\"abc\"", "\"ab\xC3\xA4\""}) {
    StructuralState state{};
    std::vector<uint32_t> places(64 + kStructuralSlack);
    row(reinterpret_cast<const uint8_t*>(text.data()), 0, text.size(), text.size(), &state,
        places.data());
    EXPECT_EQ(state.notAscii != 0, text.size() == 6) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(AllSets, StructuralRows,
                         testing::Values(InstructionSet::kBaseline, InstructionSet::kAvx2,
                                         InstructionSet::kAvx512),
                         [](const auto& info) { return std::string(nameOf(info.param)); });

}  // namespace
}  // namespace millrace
