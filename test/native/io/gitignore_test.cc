#include "io/gitignore.h"

#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

using Verdict = Gitignore::Verdict;

Gitignore parsed(std::string_view text) {
  Result<Gitignore> rules = Gitignore::parse(text);
  EXPECT_TRUE(rules);
  return std::move(rules).value();
}

bool ignored(std::string_view rules, std::string_view path, bool isDirectory = false) {
  return parsed(rules).judgePath(path, isDirectory) == Verdict::kIgnored;
}

struct Case {
  const char* rules;
  const char* path;
  bool isDirectory;
  bool ignored;
};

class GitignoreCases : public ::testing::TestWithParam<Case> {};

TEST_P(GitignoreCases, Judge) {
  const Case& each = GetParam();
  EXPECT_EQ(ignored(each.rules, each.path, each.isDirectory), each.ignored)
      << each.rules << " against " << each.path;
}

INSTANTIATE_TEST_SUITE_P(
    NamesApplyOnEveryLevel, GitignoreCases,
    ::testing::Values(Case{"a", "a", false, true}, Case{"a", "x/y/a", false, true},
                      Case{"a", "ab", false, false}, Case{"*.o", "x/b.o", false, true},
                      Case{"*.o", "b.o.c", false, false}, Case{"*", "x/.hidden", false, true},
                      Case{"a?c", "abc", false, true}, Case{"[ab].c", "b.c", false, true},
                      Case{"[!ab].c", "b.c", false, false}, Case{"**", "x/y", false, true}));

INSTANTIATE_TEST_SUITE_P(
    PathsAreAnchored, GitignoreCases,
    ::testing::Values(Case{"/a", "a", false, true}, Case{"/a", "x/a", false, false},
                      Case{"a/b", "a/b", false, true}, Case{"a/b", "x/a/b", false, false},
                      Case{"/*.c", "x/b.c", false, false}, Case{"a/*", "a/b", false, true},
                      Case{"a/*", "a/b/c", false, false}, Case{"a/*/c", "a/b/c", false, true}));

INSTANTIATE_TEST_SUITE_P(
    DoubleStars, GitignoreCases,
    ::testing::Values(Case{"**/a", "a", false, true}, Case{"**/a", "x/a", false, true},
                      Case{"**/a/b", "x/a/b", false, true}, Case{"a/**", "a/b/c", false, true},
                      Case{"a/**", "a", true, false}, Case{"a/**/b", "a/b", false, true},
                      Case{"a/**/b", "a/x/y/b", false, true}, Case{"a/**b", "a/xb", false, true},
                      Case{"a/**b", "a/x/b", false, false}));

INSTANTIATE_TEST_SUITE_P(
    DirectoriesOnly, GitignoreCases,
    ::testing::Values(Case{"a/", "a", true, true}, Case{"a/", "a", false, false},
                      Case{"a/", "x/a", true, true}, Case{"/a/", "x/a", true, false},
                      Case{"a/b/", "a/b", true, true}, Case{"a/b/", "a/b", false, false}));

INSTANTIATE_TEST_SUITE_P(TheLastRuleWins, GitignoreCases,
                         ::testing::Values(Case{"*.o\n!b.o", "b.o", false, false},
                                           Case{"!b.o\n*.o", "b.o", false, true},
                                           Case{"/a\n!a", "a", false, false},
                                           Case{"!/a\na", "a", false, true},
                                           Case{"*\n!a/\n!*.c", "a", false, true},
                                           Case{"*\n!a/\n!*.c", "a", true, false},
                                           Case{"*\n!a/\n!*.c", "x.c", false, false}));

INSTANTIATE_TEST_SUITE_P(
    LinesAreReadAsGitReadsThem, GitignoreCases,
    ::testing::Values(Case{"# a\nb", "# a", false, false}, Case{"\\#a", "#a", false, true},
                      Case{"\\!a", "!a", false, true}, Case{"a   ", "a", false, true},
                      Case{"a\\ ", "a ", false, true}, Case{"a\\ ", "a", false, false},
                      Case{"a\\   ", "a ", false, true}, Case{" a", " a", false, true},
                      Case{"a\t", "a", false, false}, Case{"a\r\nb", "a", false, true},
                      Case{"\xef\xbb\xbf"
                           "a",
                           "a", false, true},
                      Case{"\n\n\na", "a", false, true}, Case{"/", "a", true, false},
                      Case{"!", "!", false, false}, Case{"[a", "[a", false, false},
                      Case{"a\\", "a\\", false, false}, Case{"{a,b}", "a", false, false},
                      Case{"{a,b}", "{a,b}", false, true}, Case{"A", "a", false, false},
                      Case{"[b-a]", "b", false, true}, Case{"a//b", "a/b", false, false},
                      Case{"a/./b", "a/b", false, false}));

TEST(Gitignore, NoRuleAtAllIsNoVerdict) {
  EXPECT_EQ(parsed("").judgePath("a", false), Verdict::kNone);
  EXPECT_TRUE(parsed("# only\n\n").empty());
  EXPECT_EQ(parsed("b").judgePath("a", false), Verdict::kNone);
  EXPECT_EQ(parsed("!a").judgePath("a", false), Verdict::kKept);
}

TEST(IgnoreChain, TheInnermostFileWithAMatchingRuleDecides) {
  const auto shared = [](std::string_view text) {
    return std::make_shared<const Gitignore>(parsed(text));
  };
  const IgnoreChain::Shared top = IgnoreChain::extend(nullptr, shared("*.log\n/sub/only\n"));
  const IgnoreChain::Shared plain = IgnoreChain::descend(top, "sub");
  const IgnoreChain::Shared sub = IgnoreChain::extend(plain, shared("!keep.log\n/here\n"));
  EXPECT_TRUE(IgnoreChain::ignores(top, "a.log", false));
  EXPECT_TRUE(IgnoreChain::ignores(plain, "keep.log", false));
  EXPECT_FALSE(IgnoreChain::ignores(sub, "keep.log", false));
  EXPECT_TRUE(IgnoreChain::ignores(sub, "other.log", false));
  EXPECT_TRUE(IgnoreChain::ignores(sub, "only", false));
  EXPECT_FALSE(IgnoreChain::ignores(top, "only", false));
  EXPECT_TRUE(IgnoreChain::ignores(sub, "here", false));
  const IgnoreChain::Shared deeper = IgnoreChain::descend(sub, "deeper");
  EXPECT_FALSE(IgnoreChain::ignores(deeper, "here", false));
  EXPECT_FALSE(IgnoreChain::ignores(deeper, "keep.log", false));
}

TEST(IgnoreChain, NoChainIgnoresNothing) {
  EXPECT_FALSE(IgnoreChain::ignores(nullptr, "a", false));
  EXPECT_EQ(IgnoreChain::descend(nullptr, "a"), nullptr);
  EXPECT_EQ(IgnoreChain::extend(nullptr, std::make_shared<const Gitignore>(parsed("#"))), nullptr);
}

}  // namespace
}  // namespace millrace
