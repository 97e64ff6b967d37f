#include "markup/toml.h"

#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

const DataCheckpoint kGo = [] { return Result<void>(); };

std::string json(std::string_view text, const TomlOptions& options = {}) {
  const Result<ParsedData> parsed = parseToml(text, 0, text.size(), options, kGo);
  return parsed ? parsed.value().json : "error: " + parsed.error().message;
}

ErrorCode codeOfMistake(std::string_view text, const TomlOptions& options = {}) {
  const Result<ParsedData> parsed = parseToml(text, 0, text.size(), options, kGo);
  return parsed ? ErrorCode::kInternal : parsed.error().code;
}

TEST(Toml, ReadsEveryKindOfValue) {
  EXPECT_EQ(json("a = \"x\\n\\u00e9\"\nb = 'C:\\x'\nc = 1_000\nd = 0xff\ne = 0o17\nf = 0b101\n"
                 "g = 1.5e3\nh = true\ni = [1, [2], \"x\"]\nj = {k = 1, l.m = 2}\n"),
            R"({"a":"x\né","b":"C:\\x","c":1000,"d":255,"e":15,"f":5,"g":1500,"h":true,)"
            R"("i":[1,[2],"x"],"j":{"k":1,"l":{"m":2}}})");
  EXPECT_EQ(json("a = \"\"\"\nx\n  y\"\"\"\nb = '''\nz'''\n"), R"({"a":"x\n  y","b":"z"})");
}

TEST(Toml, ReadsTables) {
  EXPECT_EQ(json("t = 1\n[a]\nb = 1\n[a.c]\nd = 2\n[[p]]\nn = 1\n[[p]]\nn = 2\n[p.q]\nr = 3\n"),
            R"({"a":{"b":1,"c":{"d":2}},"p":[{"n":1},{"n":2,"q":{"r":3}}],"t":1})");
  EXPECT_EQ(json(""), "{}");
}

TEST(Toml, WritesDatesAsTextOrBeside) {
  const std::string text =
      "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00.5-08:00\nc = 1979-05-27T07:32:00\n"
      "d = 1979-05-27\ne = 07:32:00.250\n";
  EXPECT_EQ(json(text), R"({"a":"1979-05-27T07:32:00Z","b":"1979-05-27T07:32:00.5-08:00",)"
                        R"("c":"1979-05-27T07:32:00","d":"1979-05-27","e":"07:32:00.25"})");
  TomlOptions options;
  options.dates = true;
  const Result<ParsedData> parsed = parseToml(text, 0, text.size(), options, kGo);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().specials, R"([[["a"],296638320000],[["b"],296667120500]])");
  EXPECT_NE(parsed.value().json.find(R"("c":"1979-05-27T07:32:00")"), std::string::npos);
}

TEST(Toml, KeepsUnmeasuredNumbersBeside) {
  const std::string text = "a = nan\nb = [-inf]\n";
  const Result<ParsedData> parsed = parseToml(text, 0, text.size(), {}, kGo);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().json, R"({"a":null,"b":[null]})");
  EXPECT_EQ(parsed.value().specials, R"([[["a"],"nan"],[["b",0],"-inf"]])");
}

TEST(Toml, TellsWhereAMistakeIsInTheFile) {
  const std::string file = "+++\nt = \"é\"\nb = = 1\n+++\n";
  const Result<ParsedData> parsed = parseToml(file, 4, file.size() - 4, {}, kGo);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, ErrorCode::kSyntax);
  EXPECT_EQ(parsed.error().position, (TextPosition{17, 3, 5}));
  const std::string large = "a = 1\nb = 9007199254740993\n";
  const Result<ParsedData> lossy = parseToml(large, 0, large.size(), {}, kGo);
  ASSERT_FALSE(lossy.ok());
  EXPECT_EQ(lossy.error().code, ErrorCode::kSyntax);
  EXPECT_EQ(lossy.error().position, (TextPosition{10, 2, 5}));
  EXPECT_EQ(codeOfMistake("a = 1\na = 2\n"), ErrorCode::kSyntax);
  EXPECT_EQ(codeOfMistake("a = \"\xff\"\n"), ErrorCode::kSyntax);
}

// toml++ frees its tables recursively: without a bound these would overflow the stack.
TEST(Toml, BoundsNesting) {
  std::string dotted = "a";
  for (int i = 0; i < 500000; ++i) dotted += ".a";
  EXPECT_EQ(codeOfMistake(dotted + " = 1\n"), ErrorCode::kTooLarge);
  EXPECT_EQ(codeOfMistake("[" + dotted + "]\n"), ErrorCode::kTooLarge);
  EXPECT_EQ(codeOfMistake("a = {" + dotted + " = 1}\n"), ErrorCode::kTooLarge);
  EXPECT_EQ(codeOfMistake("a = " + std::string(500000, '[') + "\n"), ErrorCode::kTooLarge);
  std::string tables;
  for (int i = 0; i < 500000; ++i) tables += "{a.a=";
  EXPECT_EQ(codeOfMistake("a = " + tables + "\n"), ErrorCode::kTooLarge);
  TomlOptions options;
  options.limits.maxDepth = 3;
  EXPECT_EQ(json("a.b = [1.5, 'x.y.z.w.v.u', \"x.y.z.w.v.u\"] # x.y.z.w.v.u\n", options),
            R"({"a":{"b":[1.5,"x.y.z.w.v.u","x.y.z.w.v.u"]}})");
  EXPECT_EQ(codeOfMistake("a.b.c.d = 1\n", options), ErrorCode::kTooLarge);
}

TEST(Toml, StopsAtTheCheckpoint) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "key" + std::to_string(i) + " = 1\n";
  const auto parsed = parseToml(text, 0, text.size(), {},
                                []() -> Result<void> { return Error::of(ErrorCode::kTimeout); });
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(json(text).size(), text.size() + 1);  // `k = 1\n` is `"k":1,`; braces, no last comma
}

}  // namespace
}  // namespace millrace
