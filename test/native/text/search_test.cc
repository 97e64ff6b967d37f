#include "text/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

PatternFlags flagsOf(std::string_view letters) {
  PatternFlags flags;
  flags.ignoreCase = letters.find('i') != letters.npos;
  flags.multiline = letters.find('m') != letters.npos;
  flags.dotAll = letters.find('s') != letters.npos;
  flags.unicode = letters.find('u') != letters.npos;
  return flags;
}

SearchPattern regex(std::string source, std::string_view flags = "u") {
  return {std::move(source), flagsOf(flags), false};
}

const SearchCheck kGoOn = [] { return Result<void>(); };

std::unique_ptr<TextSearch> compiled(const std::vector<SearchPattern>& patterns,
                                     const SearchOptions& options = {}) {
  auto search = TextSearch::compile(patterns, options);
  EXPECT_TRUE(search.ok()) << (search.ok() ? "" : search.error().message);
  return search.ok() ? std::move(search).value() : nullptr;
}

/// "pattern:begin-end", with "[group]" for each group.
std::vector<std::string> found(const std::vector<SearchPattern>& patterns, std::string_view text,
                               const SearchOptions& options = {}) {
  const auto search = compiled(patterns, options);
  if (!search) return {"refused"};
  const SearchMatches result = search->find(text, kGoOn).value();
  std::vector<std::string> list;
  for (const SearchMatch& match : result.matches) {
    std::string entry = std::to_string(match.pattern) + ":" + std::to_string(match.span.begin) +
                        "-" + std::to_string(match.span.end);
    for (size_t i = 0; i < search->captureCount(match.pattern); ++i) {
      const TextSpan span = result.captures[match.captures + i];
      entry += span.begin == TextSpan::kNone
                   ? "[]"
                   : "[" + std::string(text.substr(span.begin, span.end - span.begin)) + "]";
    }
    list.push_back(entry);
  }
  if (result.truncated) list.push_back("more");
  return list;
}

std::string refusal(const SearchPattern& pattern, const SearchOptions& options = {}) {
  const auto search = TextSearch::compile({pattern}, options);
  return search.ok() ? "accepted" : search.error().message;
}

TEST(TextSearch, FindsLiteralsOfSeveralPatternsInTextOrder) {
  EXPECT_THAT(found({regex("foo"), regex("ba[rz]"), regex("o")}, "foo bar baz"),
              ElementsAre("0:0-3", "2:1-2", "2:2-3", "1:4-7", "1:8-11"));
}

TEST(TextSearch, LiteralsAreFoundAtEveryPlaceOfABlock) {
  const auto search = compiled({regex("xyz"), regex("q")});
  for (size_t size = 4; size < 140; ++size) {
    for (size_t at = 0; at + 4 <= size; ++at) {
      std::string text(size, '.');
      text.replace(at, 3, "xyz");
      text[at + 3] = 'q';
      const SearchMatches result = search->find(text, kGoOn).value();
      ASSERT_EQ(result.matches.size(), 2u) << size << " " << at;
      ASSERT_EQ(result.matches[0].span, (TextSpan{at, at + 3}));
      ASSERT_EQ(result.matches[1].span, (TextSpan{at + 3, at + 4}));
    }
  }
}

TEST(TextSearch, TakesTheFirstAlternativeThatFits) {
  EXPECT_THAT(found({regex("ab|abc|a")}, "abc a"), ElementsAre("0:0-2", "0:4-5"));
  EXPECT_THAT(found({regex("(?:ab|abc)$")}, "abc"), ElementsAre("0:0-3"));
  EXPECT_THAT(found({regex("a+?")}, "aaa"), ElementsAre("0:0-1", "0:1-2", "0:2-3"));
}

TEST(TextSearch, EmptyMatchesGoOnByOneCharacter) {
  EXPECT_THAT(found({regex("a*")}, "aab"), ElementsAre("0:0-2", "0:2-2", "0:3-3"));
  EXPECT_THAT(found({regex("")}, "\xc3\xbc"), ElementsAre("0:0-0", "0:2-2"));
  EXPECT_THAT(found({regex("\\B")}, "a\xc3\xbc"), ElementsAre("0:3-3"));
  EXPECT_THAT(found({regex("x?")}, ""), ElementsAre("0:0-0"));
  EXPECT_THAT(found({regex("$", "mu")}, "a\n\nb"), ElementsAre("0:1-1", "0:2-2", "0:4-4"));
}

TEST(TextSearch, AnchorsMeanTheTextOrWithMLines) {
  EXPECT_THAT(found({regex("^a"), regex("a$")}, "a\na"), ElementsAre("0:0-1", "1:2-3"));
  EXPECT_THAT(found({regex("^a", "m"), regex("a$", "m")}, "a\na"),
              ElementsAre("0:0-1", "1:0-1", "0:2-3", "1:2-3"));
  EXPECT_THAT(found({regex("^abc")}, "xabc abc"), IsEmpty());
  EXPECT_THAT(found({regex("abc$")}, "abc abc\n"), IsEmpty());
}

TEST(TextSearch, CarriageReturnsEndLinesToo) {
  EXPECT_THAT(found({regex("foo;$", "m")}, "foo;\r\nfoo;\r"), ElementsAre("0:0-4", "0:6-10"));
  EXPECT_THAT(found({regex("^b", "m")}, "a\rb"), ElementsAre("0:2-3"));
  EXPECT_THAT(found({regex("a.c")},
                    "a\rc a\xe2\x80\xa8"
                    "c abc"),
              ElementsAre("0:10-13"));
}

TEST(TextSearch, ClassesAreJavaScripts) {
  EXPECT_THAT(found({regex("\\s")},
                    "a\xc2\xa0"
                    "b\xef\xbb\xbf\v"),
              ElementsAre("0:1-3", "0:4-7", "0:7-8"));
  EXPECT_THAT(found({regex("\\d")}, "1\xd9\xa1"), ElementsAre("0:0-1"));
  EXPECT_THAT(found({regex("\\w+")}, "a_1\xc3\xbc"), ElementsAre("0:0-3"));
  EXPECT_THAT(found({regex("[^]")}, "\n"), ElementsAre("0:0-1"));
  EXPECT_THAT(found({regex("[]")}, "a"), IsEmpty());
  EXPECT_THAT(found({regex("[\\]\\b\\x41\\u0042\\u{43}-]+")}, "]\bABC-"), ElementsAre("0:0-6"));
  EXPECT_THAT(found({regex("\\ud83d\\ude00")}, "\xf0\x9f\x98\x80"), ElementsAre("0:0-4"));
  EXPECT_THAT(found({regex("\\ud83d", "")}, "\xf0\x9f\x98\x80"), IsEmpty());
  EXPECT_THAT(found({regex("[^\\S\\n]")}, "\n\t"), ElementsAre("0:1-2"));
}

TEST(TextSearch, CaseFoldsAsTheFlagsSay) {
  EXPECT_THAT(found({regex("todo", "i")}, "ToDo"), ElementsAre("0:0-4"));
  EXPECT_THAT(found({regex("\xc3\xbc"
                           "ber",
                           "iu")},
                    "\xc3\x9c"
                    "BER"),
              ElementsAre("0:0-5"));
  // The Kelvin sign and the long s fold with u only.
  EXPECT_THAT(found({regex("kilo", "iu")}, "\xe2\x84\xaailo"), ElementsAre("0:0-6"));
  EXPECT_THAT(found({regex("kilo", "i")}, "\xe2\x84\xaailo"), IsEmpty());
  EXPECT_THAT(found({regex("[r-t]+", "iu")}, "\xc5\xbf"), ElementsAre("0:0-2"));
  EXPECT_THAT(found({regex("[r-t]+", "i")}, "S\xc5\xbf"), ElementsAre("0:0-1"));
  EXPECT_THAT(found({regex("[^s]", "i")}, "S\xc5\xbf"), ElementsAre("0:1-3"));
  EXPECT_THAT(found({regex("[^a-z\\s]", "i")}, "sS \xc5\xbf"), ElementsAre("0:3-5"));
  EXPECT_THAT(found({regex("\xc5\xbf", "i")}, "s\xc5\xbf"), ElementsAre("0:1-3"));
  EXPECT_THAT(found({regex("[\\W_]", "i")}, "skSK\xc5\xbf"), ElementsAre("0:4-6"));
  EXPECT_THAT(found({regex("[\xc3\xa0-\xc3\xbf]", "i")}, "\xc3\x9c k"), ElementsAre("0:0-2"));
  EXPECT_THAT(found({regex("\\W", "iu")},
                    "\xe2\x84\xaa"
                    "k"),
              IsEmpty());
}

TEST(TextSearch, GroupsTellWhatTheyMatched) {
  SearchOptions options;
  options.captures = true;
  EXPECT_THAT(found({regex("(?<key>\\w+)=(\\d+)?(x)?")}, "ab=12, c=", options),
              ElementsAre("0:0-5[ab][12][]", "0:7-9[c][][]"));
  const auto search = compiled({regex("(?<key>a)(b)")}, options);
  EXPECT_THAT(search->captureNames(0), ElementsAre("key", ""));
  EXPECT_THAT(found({regex("import\\s+(\\w+)"), regex("(a)|(b)")}, "import  xb", options),
              ElementsAre("0:0-10[xb]", "1:9-10[][b]"));
}

TEST(TextSearch, LiteralPatternsStandForThemselves) {
  SearchOptions word;
  word.wholeWord = true;
  EXPECT_THAT(found({{"a.b(", {}, true}}, "a.b( axb("), ElementsAre("0:0-4"));
  EXPECT_THAT(found({{"foo", {}, true}}, "foo foobar _foo", word), ElementsAre("0:0-3"));
  EXPECT_THAT(found({{"FOO", flagsOf("i"), true}}, "Foo"), ElementsAre("0:0-3"));
}

TEST(TextSearch, EveryStrategyFindsTheSame) {
  // The same matches through a prefix, a literal inside, and without any literal.
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "let value" + std::to_string(i) + " = require('m');\n";
  const std::vector<std::string> sources = {"require\\('m'\\)", "(?:r|R)equire\\W+m\\W+",
                                            "[a-z]{7}\\('m'\\)", "\\w{7}[^\\w\\s]+\\w[^\\w\\s;]+"};
  std::vector<size_t> counts;
  for (const std::string& source : sources) counts.push_back(found({regex(source)}, text).size());
  EXPECT_THAT(counts, ElementsAre(2000u, 2000u, 2000u, 2000u));
}

TEST(TextSearch, OnlyTheFirstMatchesAreKept) {
  SearchOptions options;
  options.maxMatches = 3;
  EXPECT_THAT(found({regex("b"), regex("a")}, "aabb", options),
              ElementsAre("1:0-1", "1:1-2", "0:2-3", "more"));
  EXPECT_THAT(found({regex("a")}, "aaa", options), ElementsAre("0:0-1", "0:1-2", "0:2-3"));
  // Enough for the list to be sorted out while it grows, the second pattern being the slow one.
  std::string text(5000, 'b');
  text += std::string(5000, 'a');
  options.captures = true;
  EXPECT_THAT(found({regex("(a)"), regex("()b")}, text, options),
              ElementsAre("1:0-1[]", "1:1-2[]", "1:2-3[]", "more"));
}

TEST(TextSearch, WhatNoAutomatonDecidesIsRefused) {
  EXPECT_THAT(refusal(regex("a(?=b)")), HasSubstr("pattern 0: look-ahead at byte 1"));
  EXPECT_THAT(refusal(regex("(?!b)")), HasSubstr("look-ahead"));
  EXPECT_THAT(refusal(regex("(?<=b)a")), HasSubstr("look-behind"));
  EXPECT_THAT(refusal(regex("(?<!b)a")), HasSubstr("look-behind"));
  EXPECT_THAT(refusal(regex("(a)\\1")), HasSubstr("back-reference"));
  EXPECT_THAT(refusal(regex("(?<n>a)\\k<n>")), HasSubstr("back-reference"));
  EXPECT_THAT(refusal(regex("\\p{L}")), HasSubstr("\\p"));
  EXPECT_THAT(refusal(regex("a{1001}")), HasSubstr("1000"));
  EXPECT_THAT(refusal(regex("(?:|a)+")), HasSubstr("matches nothing"));
  EXPECT_THAT(refusal(regex(std::string(300, '(') + std::string(300, ')'))), HasSubstr("nested"));
  EXPECT_THAT(refusal(regex(std::string(300'000, 'a'))), HasSubstr("longer"));
  EXPECT_THAT(refusal(regex("(?:a{500}){500}")), HasSubstr("pattern 0"));
  for (const char* broken : {"(", ")", "[", "*", "a**", "[b-a]", "\\", "(?<a", "a{2,1}", "(?"}) {
    EXPECT_NE(refusal(regex(broken)), "accepted") << broken;
  }
  SearchOptions captures;
  captures.captures = true;
  EXPECT_THAT(refusal(regex("(?:(a)|b)*"), captures), HasSubstr("group in a repetition"));
  EXPECT_EQ(refusal(regex("(?:(a)|b)*")), "accepted");
}

TEST(TextSearch, AnAutomatonOutOfMemoryLosesNoMatch) {
  SearchOptions options;
  options.patternMemoryBytes = 1 << 16;
  std::string text;
  for (unsigned i = 0, seed = 7; i < 20000; ++i) {
    seed = seed * 1103515245 + 12345;
    text += (seed >> 16) % 3 == 0 ? 'a' : 'b';
  }
  // An exponential number of states: which of the last 12 characters were an a.
  const std::vector<SearchPattern> patterns = {regex("a[ab]{12}b")};
  EXPECT_EQ(found(patterns, text, options), found(patterns, text));
}

TEST(TextSearch, ManyFailedAttemptsDoNotMultiply) {
  // Each "ab" could begin a match, and only the end of the text shows that none does.
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "ab ";
  EXPECT_THAT(found({regex("abx?[^]*?c")}, text), IsEmpty());
  text += 'c';
  EXPECT_THAT(found({regex("abx?[^]*?c")}, text), ElementsAre("0:0-300001"));
}

TEST(TextSearch, StopsWhenAsked) {
  const auto search = compiled({regex("a")});
  int asked = 0;
  const auto result = search->find(std::string(100'000, 'a'), [&]() -> Result<void> {
    if (++asked == 3) return Error::of(ErrorCode::kCancelled);
    return {};
  });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace millrace
