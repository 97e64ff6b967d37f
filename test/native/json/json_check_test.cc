// What JSON is, as JSON.parse judges it, and what is said of what it is not.
#include "json/json_check.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/utf8.h"

namespace millrace {
namespace {

using std::string_view_literals::operator""sv;

constexpr size_t kDepth = 1024;
const Checkpoint kGoOn = [] { return Result<void>(); };

std::optional<JsonProblem> problemOf(std::string_view text, size_t maxDepth = kDepth) {
  return checkJson(text, maxDepth, kGoOn).value();
}

/// Also where the text ends exactly at the end of its memory.
bool isJson(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  return !problemOf({exact.data(), exact.size()});
}

TEST(JsonCheck, TakesWhatJsonParseTakes) {
  for (const std::string_view text : {"0"sv,
                                      "-0"sv,
                                      "-0.0"sv,
                                      "1e999"sv,
                                      "-1E+0"sv,
                                      "123456789012345678901234567890"sv,
                                      "1.5e-7"sv,
                                      "0e1"sv,
                                      "true"sv,
                                      "false"sv,
                                      "null"sv,
                                      "\"\""sv,
                                      "[]"sv,
                                      "{}"sv,
                                      " \t\r\n[ ] "sv,
                                      R"("\ud800")"sv,
                                      R"("\udc00\ud800")"sv,
                                      R"("\"\\\/\b\f\n\r\t\u0000\uABcd")"sv,
                                      "\"\x7f\""sv,
                                      "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\xE2\x80\xA8\""sv,
                                      R"({"a":1,"a":2})"sv,
                                      R"({"":0})"sv,
                                      R"([1,[2,[3,{"a":[]}]],"x"])"sv,
                                      "[1 ,2\n,3]"sv,
                                      R"({"a" : "b" , "c":null})"sv}) {
    EXPECT_TRUE(isJson(text)) << text;
  }
}

TEST(JsonCheck, RefusesWhatJsonParseRefuses) {
  for (const std::string_view text : {""sv,
                                      " "sv,
                                      "\xEF\xBB\xBF{}"sv,
                                      "nul"sv,
                                      "truex"sv,
                                      "True"sv,
                                      "NaN"sv,
                                      "Infinity"sv,
                                      "+1"sv,
                                      "01"sv,
                                      "-"sv,
                                      "-a"sv,
                                      "1."sv,
                                      ".5"sv,
                                      "1.e1"sv,
                                      "1e"sv,
                                      "1e+"sv,
                                      "0x1"sv,
                                      "1 2"sv,
                                      "--1"sv,
                                      "[1,]"sv,
                                      "[,1]"sv,
                                      "[1,,2]"sv,
                                      "[1 2]"sv,
                                      "["sv,
                                      "]"sv,
                                      "[1"sv,
                                      "[1}"sv,
                                      "{]"sv,
                                      "{\"a\"}"sv,
                                      "{\"a\":}"sv,
                                      "{\"a\":1,}"sv,
                                      "{,}"sv,
                                      "{a:1}"sv,
                                      "{1:1}"sv,
                                      "{\"a\" 1}"sv,
                                      "{\"a\":1 \"b\":2}"sv,
                                      "{'a':1}"sv,
                                      "'a'"sv,
                                      "\""sv,
                                      "\"\\\""sv,
                                      "\"\\x\""sv,
                                      "\"\\u12\""sv,
                                      "\"\\u12g4\""sv,
                                      "\"a\nb\""sv,
                                      "\"\x01\""sv,
                                      "\"\0\""sv,
                                      "\0"sv,
                                      "[\0]"sv,
                                      "1\0"sv,
                                      "[1]\f"sv,
                                      "1\v"sv,
                                      "[1]x"sv,
                                      "[1][2]"sv,
                                      "\"a\"\"b\""sv,
                                      "\"a\"1"sv,
                                      "1\"a\""sv,
                                      "[\"a\":1]"sv,
                                      "{\"a\",1}"sv,
                                      "// x\n1"sv,
                                      "1/**/"sv,
                                      "\xA0[1]"sv,
                                      "[1]\xC2\xA0"sv,
                                      "\"\xFF\""sv,
                                      "\"\xC3\""sv,
                                      "\"\xED\xA0\x80\""sv,
                                      "\"\xC0\x80\""sv,
                                      "\"\xF4\x90\x80\x80\""sv,
                                      "\\"sv,
                                      "[\\\"]"sv,
                                      "\x1A"sv,
                                      "[1\x1A"
                                      "2]"sv,
                                      "\x0C[1]"sv}) {
    EXPECT_FALSE(isJson(text)) << text;
  }
}

TEST(JsonCheck, IsTheSameAtEveryPlaceOfABlockAndAPiece) {
  for (const size_t before :
       {0u, 1u, 31u, 60u, 63u, 64u, 127u, 32700u, 32760u, 32767u, 32768u, 65535u}) {
    const std::string space(before, ' ');
    EXPECT_TRUE(isJson(space + R"(["\\\"\u00e4ä€😀",-1.5e3,true])")) << before;
    EXPECT_TRUE(isJson("[\"" + space + "ä€😀\",1]")) << before;
    EXPECT_TRUE(isJson("[\"" + std::string(before, '\\') + std::string(before % 2, '\\') + "\"]"))
        << before;
    EXPECT_FALSE(isJson(space + "[\"ab\xE2\x82\"]")) << before;
    EXPECT_FALSE(isJson(space + "[1,\"a\":2]")) << before;
    EXPECT_FALSE(isJson(space + "12\"a\"")) << before;
    EXPECT_FALSE(isJson("[\"" + space)) << before;
    EXPECT_FALSE(isJson("[1," + space)) << before;
  }
}

TEST(JsonCheck, GoesThroughLargeTextsInPieces) {
  std::string lines = "[";
  std::string oneLine = "[";
  for (int k = 0; k < 120'000; ++k) {
    const std::string element = R"({"n":"\u00e4 ü )" + std::to_string(k) + "\"}";
    lines += (k ? ",\r\n" : "") + element;
    oneLine += (k ? "," : "") + element;
  }
  for (const std::string* text : {&lines, &oneLine}) {
    EXPECT_TRUE(isJson(*text + "]"));
    EXPECT_TRUE(isJson(*text + "]" + std::string(3 << 20, '\n')));
    EXPECT_FALSE(isJson(*text));
    EXPECT_FALSE(isJson(*text + "]]"));
    EXPECT_FALSE(isJson(*text + ",\"an unclosed string]"));
    const std::optional<JsonProblem> problem = problemOf(*text + ",\"a\nb\"]");
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->offset, text->size() + 3);
  }
}

TEST(JsonCheck, SaysWhereAndWhy) {
  const std::vector<std::tuple<std::string_view, size_t, std::string_view>> cases = {
      {"", 0, "expected a value, found the end of the input"},
      {"\xEF\xBB\xBF{}", 0, "expected a value, found a byte order mark"},
      {"[1,2", 4, "expected ',' or ']' behind an element, found the end of the input"},
      {"[1,]", 3, "expected a value behind ',', found ']'"},
      {"[}", 1, "expected a value or ']', found '}'"},
      {"{\"a\":1,}", 7, "expected a member's name in double quotes, found '}'"},
      {"{a:1}", 1, "expected a member's name in double quotes or '}', found 'a'"},
      {"{'a':1}", 1, "expected a member's name in double quotes or '}', found a single quote"},
      {"{\"a\" 1}", 5, "expected ':' behind a member's name, found '1'"},
      {"{\"a\":1 \"b\":2}", 7, "expected ',' or '}' behind a member, found '\"'"},
      {"{\"a\":\xE2\x82\xAC}", 5, "expected a value, found '\xE2\x82\xAC'"},
      {"tru", 3, "expected true, found the end of the input"},
      {"nulL", 3, "expected null, found 'L'"},
      {"01", 1, "a number may not begin with 0 and another digit"},
      {"-x", 1, "expected a digit, found 'x'"},
      {"1.", 2, "expected a digit behind the decimal point, found the end of the input"},
      {"1e+]", 3, "expected a digit of the exponent, found ']'"},
      {"[1]]", 3, "expected the end of the input, found ']'"},
      {"\"a\nb\"", 2, "a string holds the control character U+000A, which has to be escaped"},
      {"\"a\\qb\"", 3, "a string has no escape \\ with 'q'"},
      {"\"\\u12x4\"", 5, "expected four hexadecimal digits behind \\u, found 'x'"},
      {"[\"abc", 5, "the input ends within the string that begins at byte 1"},
      {"\"ab\xFFzz\"", 3, "a string holds bytes that are not UTF-8"},
      {"[1\xD4\x8B\x8D\x8A", 2, "expected ',' or ']' behind an element, found '\xD4\x8B'"},
      {"[\xFF]", 1, "expected a value or ']', found bytes that are not UTF-8"},
  };
  for (const auto& [text, offset, reason] : cases) {
    const std::optional<JsonProblem> problem = problemOf(text);
    ASSERT_TRUE(problem) << text;
    EXPECT_EQ(problem->code, ErrorCode::kSyntax);
    EXPECT_EQ(problem->offset, offset) << text;
    EXPECT_EQ(problem->reason, reason) << text;
    EXPECT_TRUE(isValidUtf8(problem->reason)) << text;
  }
}

TEST(JsonCheck, CountsLinesAndCharacters) {
  constexpr std::string_view kText = "{\n  \"\xC3\xA4\": x}";
  const Error error = problemOf(kText)->asError(kText);
  EXPECT_EQ(error.code, ErrorCode::kSyntax);
  EXPECT_EQ(error.position, (TextPosition{10, 2, 8}));
}

TEST(JsonCheck, NestsAsDeepAsItMay) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_FALSE(problemOf(nested(kDepth)));
  const std::optional<JsonProblem> problem = problemOf(nested(kDepth + 1));
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->code, ErrorCode::kTooLarge);
  EXPECT_EQ(problem->offset, kDepth);
  EXPECT_EQ(problem->reason, "nested deeper than 1024 levels");
  EXPECT_FALSE(problemOf("[{\"a\":1}]", 2));
  EXPECT_TRUE(problemOf("[{\"a\":[]}]", 2));
  // Far more levels than a stack of calls would take.
  EXPECT_FALSE(problemOf(nested(5'000'000), 5'000'000));
}

TEST(JsonCheck, StopsWhenTheCheckpointSaysSo) {
  const Checkpoint stop = [] { return Result<void>(Error::of(ErrorCode::kCancelled)); };
  const std::string text = "[" + std::string(3 << 20, '\n') + "]";
  Result<std::optional<JsonProblem>> result = checkJson(text, kDepth, stop);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  Result<std::optional<JsonProblem>> found =
      findProblem("\"" + std::string(3 << 20, 'x'), kDepth, stop);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace millrace
