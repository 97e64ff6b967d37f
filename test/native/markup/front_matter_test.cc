#include "markup/front_matter.h"

#include <gtest/gtest.h>

#include <string>

#include "markup/json_scan.h"

namespace millrace {
namespace {

const DataCheckpoint kGo = [] { return Result<void>(); };

struct Seen {
  DataFormat format;
  std::string json;
  std::string block;
  std::string body;
  bool operator==(const Seen&) const = default;
};

Seen seen(std::string_view file, const FrontMatterOptions& options = {}) {
  const Result<FrontMatter> found = parseFrontMatter(file, options, kGo);
  if (!found) return {DataFormat::kNone, "error: " + found.error().message, "", ""};
  const FrontMatter& value = found.value();
  return {value.format, value.data.json,
          std::string(file.substr(value.dataBegin, value.dataEnd - value.dataBegin)),
          std::string(file.substr(value.bodyBegin))};
}

Error mistake(std::string_view file, const FrontMatterOptions& options = {}) {
  Result<FrontMatter> found = parseFrontMatter(file, options, kGo);
  return found ? Error::of(ErrorCode::kInternal, "no error") : std::move(found).error();
}

Seen none(std::string_view body) {
  return {DataFormat::kNone, "{}", "", std::string(body)};
}

TEST(FrontMatter, ReadsYaml) {
  EXPECT_EQ(seen("---\na: 1\n---\nbody\n---\nmore\n"),
            (Seen{DataFormat::kYaml, R"({"a":1})", "a: 1\n", "body\n---\nmore\n"}));
  EXPECT_EQ(seen("---\na: 1\n...\nbody"),
            (Seen{DataFormat::kYaml, R"({"a":1})", "a: 1\n", "body"}));
  EXPECT_EQ(seen("---yaml \na: 1\n---"), (Seen{DataFormat::kYaml, R"({"a":1})", "a: 1\n", ""}));
  EXPECT_EQ(seen("\xef\xbb\xbf---\r\na: 1\r\n---\r\nbody\r\n"),
            (Seen{DataFormat::kYaml, R"({"a":1})", "a: 1\r\n", "body\r\n"}));
}

TEST(FrontMatter, ReadsToml) {
  EXPECT_EQ(seen("+++\na = 1\n+++\nbody"),
            (Seen{DataFormat::kToml, R"({"a":1})", "a = 1\n", "body"}));
  EXPECT_EQ(seen("--- TOML\na = 1\n---\nbody"),
            (Seen{DataFormat::kToml, R"({"a":1})", "a = 1\n", "body"}));
}

TEST(FrontMatter, ReadsJson) {
  EXPECT_EQ(seen("---json\n{\"a\": 1}\n---\nbody"),
            (Seen{DataFormat::kJson, R"({"a": 1})", "{\"a\": 1}\n", "body"}));
  EXPECT_EQ(seen(";;;\n{\"a\": 1}\n;;;\nbody"),
            (Seen{DataFormat::kJson, R"({"a": 1})", "{\"a\": 1}\n", "body"}));
  EXPECT_EQ(seen(";;;\n\"a\": 1\n;;;\nbody"),
            (Seen{DataFormat::kJson, "{\"a\": 1\n}", "\"a\": 1\n", "body"}));
  EXPECT_EQ(seen("{\n  \"a\": [\"}\", 1e5]\n} \n\nbody"),
            (Seen{DataFormat::kJson, "{\n  \"a\": [\"}\", 1e5]\n}", "{\n  \"a\": [\"}\", 1e5]\n}",
                  "\nbody"}));
}

TEST(FrontMatter, LeavesTextsWithoutAlone) {
  for (const char* const text :
       {"", "body", "----\na: 1\n----\n", "--- a title\n---\n", "\n---\na: 1\n---\n",
        "{{ template }}\n", "{% raw %}\n", "--\n", "***\n", "{a: 1}\n---\n"}) {
    EXPECT_EQ(seen(text), none(text)) << text;
  }
  EXPECT_EQ(seen("\xef\xbb\xbf"
                 "body"),
            none("body"));
}

TEST(FrontMatter, SaysWhetherTheBlockIsEmpty) {
  for (const char* const text :
       {"---\n---\n", "---\n# nothing\n\n---\nx", "+++\n+++\n", ";;;\n\n;;;\n", "{ }\n",
        "---json\n{\n}\n---\n", "---\n{}\n---\n"}) {
    const auto found = parseFrontMatter(text, {}, kGo);
    ASSERT_TRUE(found.ok()) << text;
    EXPECT_TRUE(found.value().empty()) << text;
    EXPECT_NE(found.value().format, DataFormat::kNone) << text;
  }
  EXPECT_FALSE(parseFrontMatter("---\na:\n---\n", {}, kGo).value().empty());
}

TEST(FrontMatter, TellsWhereAMistakeIsInTheFile) {
  EXPECT_EQ(mistake("\xef\xbb\xbf---\nok: 1\na: b: c\n---\n").position, (TextPosition{17, 3, 5}));
  EXPECT_EQ(mistake("+++\nok = 1\na = \n+++\n").position->line, 3U);
  EXPECT_EQ(mistake("---json\n{\"a\": 1,}\n---\n").position, (TextPosition{16, 2, 9}));
  EXPECT_EQ(mistake(";;;\n\"a\": x\n;;;\n").position, (TextPosition{9, 2, 6}));
  EXPECT_EQ(mistake("{\"a\": 1} body").message, "text behind the JSON object");
  EXPECT_EQ(mistake("---\n- a\n---\n").message,
            "front matter has to be a mapping of keys to values");
  EXPECT_EQ(mistake("---\n- a\n---\n").position, (TextPosition{4, 2, 1}));
  EXPECT_EQ(mistake("{\"a\": 1").code, ErrorCode::kSyntax);
  EXPECT_EQ(mistake("{\"a\": \"\xff\"}").position->offset, 7U);
}

TEST(FrontMatter, AnUnterminatedBlockIsAnErrorOrBody) {
  const Error error = mistake("---\na: 1\nbody\n");
  EXPECT_EQ(error.code, ErrorCode::kSyntax);
  EXPECT_EQ(error.message, "the front matter that begins here has no closing ---");
  EXPECT_EQ(error.position, (TextPosition{0, 1, 1}));
  FrontMatterOptions options;
  options.unterminatedIsBody = true;
  EXPECT_EQ(seen("---\na: 1\nbody\n", options), none("---\na: 1\nbody\n"));
  EXPECT_EQ(seen("{\"a\": [1", options), none("{\"a\": [1"));
}

TEST(FrontMatter, ReadsOnlyTheFormatsAskedFor) {
  FrontMatterOptions options;
  options.readToml = false;
  options.readJson = false;
  EXPECT_EQ(seen("+++\na = 1\n+++\n", options), none("+++\na = 1\n+++\n"));
  EXPECT_EQ(seen("---toml\na = 1\n---\n", options), none("---toml\na = 1\n---\n"));
  EXPECT_EQ(seen("{\"a\": 1}\n", options), none("{\"a\": 1}\n"));
  EXPECT_EQ(seen("---\na: 1\n---\n", options).json, R"({"a":1})");
}

TEST(FrontMatter, TakesOtherDelimiters) {
  FrontMatterOptions options;
  options.open = "<!--";
  options.close = "-->";
  options.language = DataFormat::kToml;
  EXPECT_EQ(seen("<!--\na = 1\n-->\nbody", options),
            (Seen{DataFormat::kToml, R"({"a":1})", "a = 1\n", "body"}));
  EXPECT_EQ(seen("<!-- yaml\na: 1\n...\n-->\nbody", options).json, R"({"a":1})");
  EXPECT_EQ(seen("---\na: 1\n---\n", options), none("---\na: 1\n---\n"));
}

TEST(JsonScan, JudgesAsJsonParseDoes) {
  const auto accepts = [](std::string_view text) {
    const JsonScan scan = scanJson(text, 0, 100);
    return scan.outcome == JsonScan::kValue && scan.at == text.size();
  };
  for (const char* const text : {"1", "-0", "1.5E+3", "\"\\ud800\"", "[]", "[1, {}]", "null", " 1",
                                 "{\"\": \"\\\"\"}", "1e999", "\"\x7f\""}) {
    EXPECT_TRUE(accepts(text)) << text;
  }
  for (const char* const text :
       {"",         "01",    "+1",     ".5",      "1.",          "1e",    "-",  "[1,]",
        "{\"a\":}", "{a:1}", "\"\n\"", "\"\\x\"", "\"\\u12g4\"", "nul",   "[1", "{\"a\" 1}",
        "'a'",      "[1}",   "\"",     "\"\\",    "tru",         "[1 2]", "{,}"}) {
    EXPECT_FALSE(accepts(text)) << text;
  }
  EXPECT_EQ(scanJson(std::string(200, '['), 0, 100).outcome, JsonScan::kTooDeep);
}

}  // namespace
}  // namespace millrace
