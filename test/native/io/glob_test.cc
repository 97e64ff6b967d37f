#include "io/glob.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace millrace {
namespace {

using ::testing::ElementsAre;

constexpr GlobOptions kPlain{/*dot=*/false, /*ignoreCase=*/false};
constexpr GlobOptions kDot{/*dot=*/true, /*ignoreCase=*/false};

GlobSet compiled(const std::vector<std::string>& patterns, const GlobOptions& options = kPlain) {
  Result<GlobSet> set = GlobSet::compile(patterns, options);
  EXPECT_TRUE(set) << (set ? "" : set.error().message);
  return std::move(set).value();
}

bool matches(const std::string& pattern, std::string_view path, const GlobOptions& options = kPlain,
             bool isDirectory = false) {
  return compiled({pattern}, options).matches(path, isDirectory);
}

struct Case {
  const char* pattern;
  const char* path;
  bool expected;
};

class GlobCases : public ::testing::TestWithParam<Case> {};

TEST_P(GlobCases, Match) {
  const Case& each = GetParam();
  EXPECT_EQ(matches(each.pattern, each.path), each.expected)
      << each.pattern << " against " << each.path;
}

INSTANTIATE_TEST_SUITE_P(Literals, GlobCases,
                         ::testing::Values(Case{"a", "a", true}, Case{"a", "b", false},
                                           Case{"a", "aa", false}, Case{"a/b", "a/b", true},
                                           Case{"a/b", "a//b", false}, Case{"a//b", "a/b", true},
                                           Case{"./a", "a", true}, Case{"a", "x/a", false},
                                           Case{"ä", "ä", true}, Case{"ä", "Ã¤", false}));

INSTANTIATE_TEST_SUITE_P(Wildcards, GlobCases,
                         ::testing::Values(Case{"*", "abc", true}, Case{"*", "a/b", false},
                                           Case{"*", "", true}, Case{"*.ts", "a.ts", true},
                                           Case{"*.ts", "a.tsx", false}, Case{"a*c", "ac", true},
                                           Case{"a*c", "abbbc", true}, Case{"a*c", "ab/c", false},
                                           Case{"a**c", "abc", true}, Case{"a**c", "a/c", false},
                                           Case{"***", "abc", true}, Case{"***", "a/b", true},
                                           Case{"?", "a", true}, Case{"?", "ä", true},
                                           Case{"?", "𝄞", true}, Case{"?", "", false},
                                           Case{"?", "ab", false}, Case{"a?b", "a/b", false},
                                           Case{"*a*a*b", "aaab", true},
                                           Case{"*a*a*b", "ab", false}));

INSTANTIATE_TEST_SUITE_P(
    Globstar, GlobCases,
    ::testing::Values(Case{"**", "a", true}, Case{"**", "a/b/c", true}, Case{"**/a", "a", true},
                      Case{"**/a", "x/a", true}, Case{"**/a", "x/y/a", true},
                      Case{"**/a", "xa", false}, Case{"**/a", "x/ba", false},
                      Case{"a/**", "a/b", true}, Case{"a/**", "a/b/c", true},
                      Case{"a/**", "a", false}, Case{"a/**/b", "a/b", true},
                      Case{"a/**/b", "a/x/b", true}, Case{"a/**/b", "a/x/y/b", true},
                      Case{"a/**/b", "a/xb", false}, Case{"**/**/a", "x/a", true},
                      Case{"**/a/**", "x/a/y", true}, Case{"**/a/**", "x/a", false},
                      Case{"**/*.ts", "a.ts", true}, Case{"**/*.ts", "x/y/a.ts", true},
                      Case{"**/a/**/b", "q/a/r/s/b", true}, Case{"**/x/**/x", "x/x", true},
                      Case{"**/x/**/x", "x", false}));

INSTANTIATE_TEST_SUITE_P(
    Classes, GlobCases,
    ::testing::Values(Case{"[abc]", "b", true}, Case{"[abc]", "d", false}, Case{"[a-c]", "c", true},
                      Case{"[a-c]x", "bx", true}, Case{"[!a-c]", "d", true},
                      Case{"[!a-c]", "a", false}, Case{"[^a]", "b", true}, Case{"[]a]", "]", true},
                      Case{"[a-]", "-", true}, Case{"[-a]", "-", true}, Case{"[\\]]", "]", true},
                      Case{"[z-a]", "m", false}, Case{"[[:digit:]]", "7", true},
                      Case{"[[:digit:]]", "x", false}, Case{"[[:alpha:]_]", "_", true},
                      Case{"[ä-ö]", "ö", true}, Case{"[ä-ö]", "o", false}, Case{"[!a]", "ä", true},
                      Case{"a[/]b", "a/b", false}, Case{"[!a]b", "/b", false},
                      Case{"[a", "[a", true}, Case{"a[", "a[", true}, Case{"[]", "[]", true}));

INSTANTIATE_TEST_SUITE_P(
    Braces, GlobCases,
    ::testing::Values(
        Case{"{a,b}", "a", true}, Case{"{a,b}", "b", true}, Case{"{a,b}", "c", false},
        Case{"*.{ts,tsx}", "x.tsx", true}, Case{"{a,b{c,d}}", "bd", true},
        Case{"{a,b{c,d}}", "b", false}, Case{"x{1..3}", "x2", true}, Case{"x{1..3}", "x4", false},
        Case{"x{3..1}", "x2", true}, Case{"x{08..10}", "x09", true}, Case{"x{08..10}", "x9", false},
        Case{"x{0..10..5}", "x5", true}, Case{"x{0..10..5}", "x6", false},
        Case{"x{-1..1}", "x-1", true}, Case{"{a..c}", "b", true},
        Case{"{src,test}/**/*.{js,ts}", "test/a/b.ts", true}, Case{"{**/,}a", "a", true},
        Case{"{a/**,b}", "a/x/y", true}, Case{"{a}", "{a}", true}, Case{"{}", "{}", true},
        Case{"{a", "{a", true}, Case{"a}", "a}", true}, Case{"{x{a,b}}", "{xa}", true},
        Case{"{{a,b}", "{b", true}, Case{"\\{a,b}", "{a,b}", true}, Case{"{a\\,b,c}", "a,b", true},
        Case{"a{,b}", "a", true}, Case{"a{,b}", "ab", true}));

INSTANTIATE_TEST_SUITE_P(Escapes, GlobCases,
                         ::testing::Values(Case{"\\*", "*", true}, Case{"\\*", "a", false},
                                           Case{"\\?", "?", true}, Case{"\\[a]", "[a]", true},
                                           Case{"\\!a", "!a", true}, Case{"\\a", "a", true},
                                           Case{"a\\", "a\\", true}, Case{"\\\\", "\\", true}));

INSTANTIATE_TEST_SUITE_P(HiddenNames, GlobCases,
                         ::testing::Values(Case{"*", ".a", false}, Case{".*", ".a", true},
                                           Case{"?a", ".a", false}, Case{"[.]a", ".a", false},
                                           Case{"*.ts", ".ts", false}, Case{"**", ".a/b", false},
                                           Case{"**", "a/.b", false}, Case{"**/.b", "a/.b", true},
                                           Case{"**/.a/**", "x/.a/y", true},
                                           Case{"**/.a/**", "x/.a/.y", false},
                                           Case{"a*.b", "a.b", true}, Case{"a/*.b", "a/.b", false},
                                           Case{".a/*", ".a/b", true},
                                           Case{"{.a,b}/*", ".a/b", true}));

TEST(Glob, DotLetsWildcardsMatchHiddenNames) {
  EXPECT_TRUE(matches("*", ".a", kDot));
  EXPECT_TRUE(matches("**", "a/.b/c", kDot));
  EXPECT_TRUE(matches("*.ts", ".ts", kDot));
  EXPECT_TRUE(matches("?a", ".a", kDot));
  EXPECT_TRUE(matches("**/a", ".x/a", kDot));
}

TEST(Glob, IgnoreCaseFoldsAsciiLettersOnly) {
  const GlobOptions options{false, true};
  EXPECT_TRUE(matches("README.md", "readme.MD", options));
  EXPECT_TRUE(matches("[a-c]", "B", options));
  EXPECT_FALSE(matches("[!a-c]", "B", options));
  EXPECT_FALSE(matches("ä", "Ä", options));
  EXPECT_FALSE(matches("README.md", "readme.MD"));
}

TEST(Glob, TheLastPatternThatMatchesDecides) {
  const GlobSet set = compiled({"**/*.ts", "!**/*.d.ts", "keep.d.ts"});
  EXPECT_TRUE(set.matches("a.ts", false));
  EXPECT_FALSE(set.matches("a.d.ts", false));
  EXPECT_TRUE(set.matches("keep.d.ts", false));
  EXPECT_FALSE(set.matches("a.js", false));
}

TEST(Glob, AListOfNegatedPatternsStartsFromEverything) {
  const GlobSet set = compiled({"!*.md", "!x/**"});
  EXPECT_TRUE(set.matches("a.ts", false));
  EXPECT_FALSE(set.matches("a.md", false));
  EXPECT_FALSE(set.matches("x/y", false));
  EXPECT_TRUE(set.matches(".hidden", false));
  EXPECT_TRUE(compiled({}).matches("a/b", false));
  EXPECT_TRUE(compiled({}).matches("a/.b", false));
}

TEST(Glob, ATrailingSlashAsksForADirectory) {
  EXPECT_TRUE(matches("a/", "a", kPlain, true));
  EXPECT_FALSE(matches("a/", "a", kPlain, false));
  EXPECT_TRUE(matches("**/", "a/b", kPlain, true));
  EXPECT_FALSE(matches("**/", "a/b", kPlain, false));
}

TEST(Glob, TellsWhetherSomethingBelowADirectoryCanMatch) {
  const GlobSet set = compiled({"src/**/*.ts", "test/*.ts", "!src/gen/**", "src/gen/keep/*.ts"});
  EXPECT_TRUE(set.canMatchBelow(""));
  EXPECT_TRUE(set.canMatchBelow("src"));
  EXPECT_TRUE(set.canMatchBelow("src/a/b"));
  EXPECT_TRUE(set.canMatchBelow("test"));
  EXPECT_FALSE(set.canMatchBelow("test/sub"));
  EXPECT_FALSE(set.canMatchBelow("docs"));
  EXPECT_TRUE(set.canMatchBelow("src/gen"));  // for keep, which comes later
  EXPECT_FALSE(set.canMatchBelow("src/gen/other"));
  EXPECT_FALSE(compiled({"**", "!a/**"}).canMatchBelow("a"));
  EXPECT_FALSE(compiled({"**"}).canMatchBelow(".git"));
  EXPECT_TRUE(compiled({"**"}, kDot).canMatchBelow(".git"));
}

TEST(Glob, PruningNeverContradictsMatching) {
  // Every path over a small alphabet up to depth 3: if it matches, all directories above may.
  const std::vector<std::vector<std::string>> lists = {
      {"a/**/b"}, {"**/b/*"},    {"*/a"},     {"**", "!a/**"}, {"**", "!**/a/**", "b/a/**"},
      {"!b/**"},  {"{a,b}/?/*"}, {"[!a]/**"}, {"**/a", "!a"}};
  const std::vector<std::string> names = {"a", "b", "c"};
  for (const auto& patterns : lists) {
    const GlobSet set = compiled(patterns);
    for (const auto& first : names) {
      for (const auto& second : names) {
        for (const auto& third : names) {
          const std::string directory = first + "/" + second;
          if (!set.matches(directory + "/" + third, false)) continue;
          EXPECT_TRUE(set.canMatchBelow(directory)) << patterns[0] << " " << directory;
          EXPECT_TRUE(set.canMatchBelow(first)) << patterns[0] << " " << first;
        }
      }
    }
  }
}

TEST(Glob, LongListsOfPatternsMatchAsShortOnesDo) {
  std::vector<std::string> patterns;
  for (int i = 0; i < 200; ++i) patterns.push_back("dir/**/name" + std::to_string(i) + "/*.ext");
  const GlobSet set = compiled(patterns);
  for (int i = 0; i < 200; i += 7) {
    const std::string name("name" + std::to_string(i));
    EXPECT_TRUE(set.matches("dir/" + name + "/file.ext", false)) << i;
    EXPECT_TRUE(set.matches("dir/x/y/" + name + "/file.ext", false)) << i;
    EXPECT_FALSE(set.matches("dir/x/" + name + "x/file.ext", false)) << i;
    EXPECT_TRUE(set.canMatchBelow("dir/x")) << i;
    EXPECT_FALSE(set.canMatchBelow("dirx")) << i;
  }
}

TEST(Glob, APatternLongerThanAMachineWordMatches) {
  const std::string longName(150, 'n');
  EXPECT_TRUE(matches("**/" + longName + "*/**/" + longName, "a/" + longName + "x/b/" + longName));
  EXPECT_FALSE(
      matches("**/" + longName + "*/**/" + longName, "a/" + longName + "x/b/" + longName + "n"));
}

TEST(Glob, StarsDoNotMakeItExponential) {
  // A backtracking matcher needs longer than the universe for this one.
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "*b", std::string(5000, 'a')));
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "a/";
  EXPECT_FALSE(matches("**/a/**/a/**/a/**/a/**/a/**/a/**/b", deep + "c"));
}

TEST(Glob, BytesThatAreNotUtf8AreCharactersOfTheirOwn) {
  EXPECT_TRUE(matches("a?b",
                      "a\xff"
                      "b"));
  EXPECT_TRUE(matches("*", "\xff\xfe"));
  EXPECT_TRUE(matches("\xff", "\xff"));
  EXPECT_FALSE(matches("\xff", "\xfe"));
  EXPECT_FALSE(matches("?",
                       "\xc3"
                       "\xff"));
}

TEST(Glob, RefusesWhatCannotBeMeant) {
  const auto refused = [](const std::string& pattern) {
    const Result<GlobSet> set = GlobSet::compile(std::vector<std::string>{pattern}, kPlain);
    EXPECT_FALSE(set) << pattern;
    return set ? std::string() : set.error().message;
  };
  refused("");
  refused("!");
  refused("./");
  EXPECT_NE(refused("{1..5000}").find("{1..5000}"), std::string::npos);
  refused("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}");
  refused("{1..9000000000000000}");
  refused(std::string(70'000, 'x'));
}

TEST(ExpandBraces, GivesTheAlternativesInOrder) {
  EXPECT_THAT(expandBraces("a{b,c}d{1..2}", 10).value(),
              ElementsAre("abd1", "abd2", "acd1", "acd2"));
  EXPECT_THAT(expandBraces("{a..e..2}", 10).value(), ElementsAre("a", "c", "e"));
  EXPECT_THAT(expandBraces("plain", 10).value(), ElementsAre("plain"));
  EXPECT_THAT(expandBraces("{-02..1}", 10).value(), ElementsAre("-02", "-01", "000", "001"));
}

TEST(ExpandBraces, DeepNestingCostsNoStack) {
  const std::string deep = std::string(20'000, '{') + "a,b" + std::string(20'000, '}');
  EXPECT_EQ(expandBraces(deep, 10).value().size(), 2u);
}

}  // namespace
}  // namespace millrace
