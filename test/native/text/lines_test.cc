#include "text/lines.h"

#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

const auto kGoOn = [] { return Result<void>(); };

std::string joined(std::string_view text, const LinesOptions& options = {}) {
  return linesOf(text, options, kGoOn).value().joined;
}

std::string normal(std::string_view text, const NormalizeOptions& options = {}) {
  return normalizedText(text, options, kGoOn).value();
}

TEST(Lines, EndWithLfCrlfOrCr) {
  EXPECT_EQ(joined("a\nb\r\nc\rd"), "a\nb\nc\nd\n");
  EXPECT_EQ(joined("a\n\r\n\r\r"), "a\n\n\n\n");
  EXPECT_EQ(joined("a\xe2\x80\xa8"
                   "b"),
            "a\xe2\x80\xa8"
            "b\n");
  EXPECT_EQ(joined("a\n"), "a\n");
  EXPECT_EQ(joined("\n"), "\n");
  EXPECT_EQ(joined(""), "");
  EXPECT_EQ(linesOf("a\n\nb", {}, kGoOn).value().count, 3u);
}

TEST(Lines, CanBeTrimmedAndSkipped) {
  LinesOptions options;
  options.trim = true;
  EXPECT_EQ(joined(" \ta\v\n\xc2\xa0"
                   "b\xe3\x80\x80\xef\xbb\xbf\nc",
                   options),
            "a\nb\nc\n");
  options.trim = false;
  options.skipBlank = true;
  EXPECT_EQ(joined(" a\n \n\n\xe2\x80\x89\nb", options), " a\nb\n");
}

TEST(Lines, StopAtTheLimit) {
  LinesOptions options;
  options.maxLines = 2;
  const LineList first = linesOf("a\nb\nc", options, kGoOn).value();
  EXPECT_EQ(first.joined, "a\nb\n");
  EXPECT_TRUE(first.truncated);
  EXPECT_FALSE(linesOf("a\nb\n", options, kGoOn).value().truncated);
  // What is skipped is not what a limit is for.
  options.skipBlank = true;
  EXPECT_FALSE(linesOf("a\n\nb\n\n", options, kGoOn).value().truncated);
}

TEST(Lines, StopWhenAsked) {
  const auto result =
      linesOf("a", {}, []() -> Result<void> { return Error::of(ErrorCode::kCancelled); });
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

TEST(Lines, ManyLoneCarriageReturnsCostOneLook) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "a\r";
  EXPECT_EQ(linesOf(text, {}, kGoOn).value().count, 1'000'000u);
  EXPECT_EQ(normal(text).size(), 2'000'000u);
}

TEST(NormalizedText, HasNoMarkAndOneKindOfLineEnd) {
  EXPECT_EQ(normal("\xef\xbb\xbf"
                   "a\r\nb\rc\n"),
            "a\nb\nc\n");
  EXPECT_EQ(normal("a\r\r\n\n\r"), "a\n\n\n\n");
  EXPECT_EQ(normal("a \n"), "a \n");
  EXPECT_EQ(normal(""), "");
}

TEST(NormalizedText, CanLoseTrailingSpace) {
  NormalizeOptions options;
  options.trimLineEnds = true;
  EXPECT_EQ(normal("a \t\r\n b\xc2\xa0\n  ", options), "a\n b\n");
}

TEST(NormalizedText, CanEndWithOneNewline) {
  NormalizeOptions options;
  options.finalNewline = true;
  EXPECT_EQ(normal("a", options), "a\n");
  EXPECT_EQ(normal("a\r\n\r\n", options), "a\n");
  EXPECT_EQ(normal("", options), "");
  EXPECT_EQ(normal("\n\n", options), "");
}

}  // namespace
}  // namespace millrace
