#include "markup/yaml.h"

#include <gtest/gtest.h>

#include <string>

#include "markup/yaml_simple.h"

namespace millrace {
namespace {

const DataCheckpoint kGo = [] { return Result<void>(); };

std::string json(std::string_view text, const YamlOptions& options = {}) {
  const Result<ParsedData> parsed = parseYaml(text, 0, text.size(), options, kGo);
  return parsed ? parsed.value().json : "error: " + parsed.error().message;
}

/// "line:column reason" of the error.
std::string mistake(std::string_view text, const YamlOptions& options = {}) {
  const Result<ParsedData> parsed = parseYaml(text, 0, text.size(), options, kGo);
  if (parsed) return "no error";
  const auto& place = parsed.error().position;
  if (!place) return std::string(codeOf(parsed.error().code));
  return std::to_string(place->line) + ":" + std::to_string(place->column) + " " +
         parsed.error().message;
}

YamlOptions with(YamlSchema schema) {
  YamlOptions options;
  options.schema = schema;
  return options;
}

TEST(Yaml, ResolvesPlainScalarsByTheCoreSchema) {
  EXPECT_EQ(json("[null, Null, ~, '', true, False, TRUE, yes, no]"),
            R"([null,null,null,"",true,false,true,"yes","no"])");
  EXPECT_EQ(json("[12, -7, +12, 007, 0o14, 0x1F, 1_000, 0b1]"),
            R"([12,-7,12,7,12,31,"1_000","0b1"])");
  EXPECT_EQ(json("[1.5, .5, 5., 1e3, -1.50, 1.e1, 0.0]"), R"([1.5,0.5,5,1000,-1.50,10,0.0])");
  EXPECT_EQ(json("[12345678901234567890123, 0xFFFFFFFFFFFFFFFFFF]"),
            R"([1.2345678901234568e+22,4.722366482869645e+21])");
  EXPECT_EQ(json("[1.2.3, 12:30:45, 2024-01-02, 0x, -, .]"),
            R"(["1.2.3","12:30:45","2024-01-02","0x","-","."])");
}

TEST(Yaml, ResolvesYaml11) {
  const YamlOptions options = with(YamlSchema::kYaml11);
  EXPECT_EQ(json("[yes, No, on, OFF, y, n]", options), "[true,false,true,false,true,false]");
  EXPECT_EQ(json("[014, 1_000, 0b1010, -0x1f, 190:20:30, 190:20:30.5, 0o7]", options),
            R"([12,1000,10,-31,685230,685230.5,"0o7"])");
}

TEST(Yaml, ResolvesTheJsonAndFailsafeSchemas) {
  EXPECT_EQ(json("{\"a\": [1, -0.5e2, true, null, \"x\"]}", with(YamlSchema::kFailsafe)),
            R"({"a":["1","-0.5e2","true","null","x"]})");
  EXPECT_EQ(json("[1, -0.5e2, true, null, \"x\"]", with(YamlSchema::kJson)),
            R"([1,-50,true,null,"x"])");
  EXPECT_EQ(mistake("[1, word]", with(YamlSchema::kJson)),
            "1:5 \"word\" is no value of the JSON schema");
  EXPECT_EQ(mistake("[012]", with(YamlSchema::kJson)),
            "1:2 \"012\" is no value of the JSON schema");
}

TEST(Yaml, KeepsWhatJsonCannotExpressBeside) {
  YamlOptions options;
  options.dates = true;
  const std::string text = "a: [.nan, -.inf]\n'b\"': {c: 2024-01-02, d: 1e999}\n";
  const Result<ParsedData> parsed = parseYaml(text, 0, text.size(), options, kGo);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().json, R"({"a":[null,null],"b\"":{"c":null,"d":null}})");
  EXPECT_EQ(
      parsed.value().specials,
      R"([[["a",0],"nan"],[["a",1],"-inf"],[["b\"","c"],1704153600000],[["b\"","d"],"inf"]])");
}

TEST(Yaml, ReadsTimestamps) {
  const auto ms = [](std::string_view text) {
    int64_t value = 0;
    return parseYamlTimestamp(text, value) ? value : -1;
  };
  EXPECT_EQ(ms("1970-01-02"), 86400000);
  EXPECT_EQ(ms("2001-12-14t21:59:43.10-05:00"), 1008385183100);
  EXPECT_EQ(ms("2001-12-14 21:59:43.1 -5"), 1008385183100);
  EXPECT_EQ(ms("2001-12-15T02:59:43.1Z"), 1008385183100);
  EXPECT_EQ(ms("2000-02-29"), 951782400000);
  for (const char* const none : {"2001-02-29", "2001-13-01", "2001-1-1", "2001-12-14T", "24-01-01",
                                 "2001-12-14T25:00:00Z", "2001-12-14T10:00", "2001-12-14x"}) {
    EXPECT_EQ(ms(none), -1) << none;
  }
}

TEST(Yaml, ReadsBlocksQuotesAndFlow) {
  EXPECT_EQ(json("a: |\n  one\n   two\n\n  three\nb: >-\n  one\n  two\n\n  three\n"),
            R"({"a":"one\n two\n\nthree\n","b":"one two\nthree"})");
  EXPECT_EQ(json("a: \"\\u263a\\t\\x41\"\nb: 'it''s'\nc: \"two\n  lines\"\n"),
            R"({"a":"☺\tA","b":"it's","c":"two lines"})");
  EXPECT_EQ(json("{a: [b, {c: d}], e: {}}"), R"({"a":["b",{"c":"d"}],"e":{}})");
  EXPECT_EQ(json("- - a\n  - b\n- ? c\n  : d\n"), R"([["a","b"],{"c":"d"}])");
  EXPECT_EQ(json("text: \"\\0 \\e\""), R"({"text":"\u0000 \u001b"})");
  EXPECT_EQ(json("# nothing\n"), "null");
  EXPECT_EQ(json(""), "null");
}

TEST(Yaml, ExpandsAliasesAndMerges) {
  EXPECT_EQ(json("a: &x {p: 1}\nb: *x\nc: [*x, *x]\n"),
            R"({"a":{"p":1},"b":{"p":1},"c":[{"p":1},{"p":1}]})");
  EXPECT_EQ(json("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n"),
            R"({"a":{"p":1,"q":2},"b":{"p":1,"q":3}})");
  EXPECT_EQ(json("x: &x {p: 1}\ny: &y {p: 2, q: 2}\nz: {r: 0, <<: [*x, *y]}\n"),
            R"({"x":{"p":1},"y":{"p":2,"q":2},"z":{"r":0,"p":1,"q":2}})");
  YamlOptions plain;
  plain.merge = false;
  EXPECT_EQ(json("{<<: {p: 1}}", plain), R"({"<<":{"p":1}})");
  EXPECT_EQ(mistake("{<<: 1}"), "1:6 << takes a mapping or a sequence of mappings");
  EXPECT_EQ(mistake("a: *x"), "1:4 no anchor is named \"x\"");
  EXPECT_EQ(mistake("&x [*x]"), "1:5 the alias \"x\" is inside the collection that it names");
}

TEST(Yaml, MakesKeysTheStringsThatJavaScriptMakes) {
  EXPECT_EQ(json("{1: a, 1.50: b, 0x10: c, ~: d, true: e, 1e21: f, 0.0000001: g, -0: h}"),
            R"({"1":"a","1.5":"b","16":"c","null":"d","true":"e","1e+21":"f","1e-7":"g","0":"h"})");
  EXPECT_EQ(json("__proto__: {a: 1}\nconstructor: 2\n"),
            R"({"__proto__":{"a":1},"constructor":2})");
  EXPECT_EQ(mistake("? [a]\n: b\n"), "1:3 a key is a collection, which JSON cannot express");
}

TEST(Yaml, RefusesDuplicateKeys) {
  EXPECT_EQ(mistake("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n"), "5:3 duplicate key \"c\"");
  EXPECT_EQ(mistake("{1: a, 0x1: b}"), "1:8 duplicate key \"1\"");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(mistake(many + "key42: 2\n"), "101:1 duplicate key \"key42\"");
}

TEST(Yaml, KnowsTags) {
  EXPECT_EQ(json("[!!str 12, !!int '12', !!float 1, !!bool 'true', !!null '', ! 12]"),
            R"(["12",12,1,true,null,"12"])");
  EXPECT_EQ(json("!!binary |\n  aGVs\n  bG8=\n"), R"("aGVsbG8=")");
  EXPECT_EQ(json("!!set {a, b}"), R"({"a":null,"b":null})");
  EXPECT_EQ(mistake("a: !!int x"), "1:4 \"x\" is no !!int");
  EXPECT_EQ(mistake("a: !!binary '*'"), "1:4 \"*\" is no !!binary");
  EXPECT_EQ(mistake("a: !local x"), "1:4 unknown tag \"!local\"");
  EXPECT_EQ(mistake("!!str [a]"),
            "1:1 the tag \"tag:yaml.org,2002:str\" is unknown, or none of a sequence");
  YamlOptions ignoring;
  ignoring.ignoreTags = true;
  EXPECT_EQ(json("[!local 12, !x {a: 1}]", ignoring), R"(["12",{"a":1}])");
}

TEST(Yaml, TellsWhereAMistakeIsInTheFile) {
  const std::string file = "---\ntitle: é\nlist: [a, b\n---\n";
  const Result<ParsedData> parsed = parseYaml(file, 4, file.size() - 4, {}, kGo);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, ErrorCode::kSyntax);
  EXPECT_EQ(
      parsed.error().message,
      "did not find expected ',' or ']', while parsing a flow sequence that begins in line 3");
  EXPECT_EQ(parsed.error().position, (TextPosition{26, 4, 1}));
  EXPECT_EQ(mistake("é: 1\nb: \xff\n"), "2:4 invalid UTF-8");
  EXPECT_EQ(mistake("a: 1\nb: \x01\n"), "2:4 control characters are not allowed");
  EXPECT_EQ(mistake("a: b: c"), "1:5 mapping values are not allowed in this context");
  EXPECT_EQ(mistake("a: 1\n---\nb: 2\n"), "2:1 a second document begins where one is expected");
}

TEST(Yaml, BoundsDepth) {
  YamlOptions options;
  options.limits.maxDepth = 5;
  EXPECT_EQ(json("[[[[[1]]]]]", options), "[[[[[1]]]]]");
  EXPECT_EQ(mistake("[[[[[[1]]]]]]", options),
            "1:6 collections are nested deeper than maxDepth (5)");
  // Depth that only aliases add up to.
  EXPECT_EQ(mistake("a: &a [[[1]]]\nb: [[[*a]]]\n", options), "ERR_TOO_LARGE");
  EXPECT_EQ(mistake(std::string(100000, '[')),
            "1:101 collections are nested deeper than maxDepth (100)");
  std::string nested;
  for (int i = 0; i < 2000; ++i) nested += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  EXPECT_NE(mistake(nested).find("maxDepth"), std::string::npos);
}

TEST(Yaml, BoundsWhatAliasesExpandTo) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char each = 'b'; each <= 'i'; ++each) {
    bomb += std::string(1, each) + ": &" + each + " [";
    for (int i = 0; i < 9; ++i)
      bomb += std::string(i > 0 ? ", *" : "*") + static_cast<char>(each - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(mistake(bomb), "ERR_TOO_LARGE");
  std::string merges = "a: &a {p: 1}\nb: {<<: [";
  for (int i = 0; i < 1000; ++i) merges += "*a,";
  YamlOptions options;
  options.maxAliasNodes = 500;
  EXPECT_NE(mistake(merges + "]}\n", options).find("maxAliasNodes (500)"), std::string::npos);
  YamlOptions small;
  small.limits.maxBytes = 20;
  EXPECT_EQ(json("a: 123456789012", small), R"({"a":123456789012})");
  EXPECT_EQ(mistake("a: 1234567890123456789", small), "ERR_TOO_LARGE");
}

TEST(Yaml, BoundsTagDirectives) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "%TAG !h" + std::to_string(i) + "! tag:x,\n";
  EXPECT_EQ(mistake(text + "---\na\n"), "ERR_TOO_LARGE");
}

TEST(Yaml, StopsAtTheCheckpoint) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "- &a" + std::to_string(i) + " x\n";
  const Result<ParsedData> parsed = parseYaml(
      text, 0, text.size(), {}, []() -> Result<void> { return Error::of(ErrorCode::kCancelled); });
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, ErrorCode::kCancelled);
}

// What a page's front matter looks like has to take the fast way, with libyaml's result.
TEST(SimpleYaml, ReadsPlainDocumentsAsLibyamlDoes) {
  const std::string documents[] = {
      "title: \"A: \\\"quoted\\\" title\"\ndate: 2024-03-05T10:20:30Z\ndraft: false # not yet\n"
      "tags:\n  - node\n  - 'it''s'\ncategories: [guides, \"a, b\", 1.5]\nseo:\n  title: x\n"
      "  robots: {}\n  empty: []\nnothing:\nsummary: >-\n  one\n  two\n\n  three\n"
      "code: |\n  a\n    b\n\n  c\nweight: 12\n",
      "- a: 1\n  b: 2\n- plain\n-\n  - nested\n- c:\n  - d\n",
      "a:\n- b\n- c\nd: http://x/y?z=1#w\n",
      "a: 1\r\nb: two words\r\n\r\n# comment\r\nc: é—ü\r\n",
  };
  for (const std::string& document : documents) {
    const auto simple = parseSimpleYaml(document, {}, kGo);
    ASSERT_TRUE(simple.has_value()) << document;
    const Result<ParsedData> full = parseAnyYaml(document, 0, document.size(), {}, kGo);
    ASSERT_TRUE(full.ok()) << document;
    EXPECT_EQ(simple->json, full.value().json);
  }
}

TEST(SimpleYaml, LeavesWhatItIsNotSureOf) {
  for (const char* const document : {"a: b: c",
                                     "a: &x b",
                                     "a: *x",
                                     "a: !!str b",
                                     "a: \"two\n  lines\"",
                                     "a: b\n  c",
                                     "a\t: b",
                                     "a: |2\n   x\n",
                                     "a: |+\n  x\n\n",
                                     "a: >\n  x\n   y\n",
                                     "? a\n: b\n",
                                     "<<: {}",
                                     "a: {b: c}",
                                     "a: [[b]]",
                                     "--- \na: 1\n",
                                     "a: 1\na: 2\n",
                                     "1: a",
                                     "yes a\n",
                                     "a: 'b",
                                     "a: [b",
                                     "a: - b",
                                     "a: @b",
                                     "a: %b",
                                     "a: \"\\x41\"",
                                     "a: [b: c]",
                                     "a: 1\n b: 2\n",
                                     "a:\n  b: 1\n c: 2\n"}) {
    EXPECT_FALSE(parseSimpleYaml(document, {}, kGo).has_value()) << document;
  }
}

}  // namespace
}  // namespace millrace
