// The specifications' own examples. What md4c 0.4.8 answers differently is listed by number: an
// example that leaves the list, or joins it, fails the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "markup/markdown.h"

namespace millrace {
namespace {

constexpr uint64_t kMegabyte = 1 << 20;

struct Example {
  int64_t number;
  std::string extension;
  std::string markdown;
  std::string html;
};

std::vector<Example> examplesOf(const char* file) {
  std::filesystem::path root = __FILE__;
  for (int i = 0; i < 4; ++i) root = root.parent_path();
  const std::string path = (root / "test/fixtures/commonmark" / file).string();
  simdjson::dom::parser parser;
  std::vector<Example> examples;
  for (const simdjson::dom::element each : simdjson::dom::array(parser.load(path))) {
    std::string_view extension;
    if (each["extension"].get(extension) != simdjson::SUCCESS) extension = {};
    examples.push_back({int64_t(each["example"]), std::string(extension),
                        std::string(std::string_view(each["markdown"])),
                        std::string(std::string_view(each["html"]))});
  }
  return examples;
}

std::string convert(const Example& example, bool github) {
  MarkdownHtmlOptions options{};
  options.syntax = {github, github, github, github, 100, kMegabyte, kMegabyte};
  options.xhtml = !github;
  options.rawHtml = example.extension == "tagfilter" ? RawHtml::kFilter : RawHtml::kAllow;
  const Result<std::string> html =
      markdownToHtml(example.markdown, options, [] { return Result<void>(); });
  return html ? html.value() : "failed: " + html.error().message;
}

/// White space between tags, and how void elements are closed, mean nothing.
std::string normalized(std::string_view html) {
  std::string result;
  for (size_t at = 0; at < html.size(); ++at) {
    if (html.substr(at).starts_with(" />")) continue;
    if (html[at] == '\n' && (result.ends_with('>') || html.substr(at + 1).starts_with('<')))
      continue;
    result += html[at] == '/' && html.substr(at).starts_with("/>") ? ' ' : html[at];
  }
  return result;
}

std::vector<int64_t> differing(const char* file, bool github) {
  std::vector<int64_t> numbers;
  for (const Example& example : examplesOf(file)) {
    const std::string html = convert(example, github);
    const bool equal = github ? normalized(html) == normalized(example.html) : html == example.html;
    if (equal) continue;
    numbers.push_back(example.number);
  }
  return numbers;
}

// 171: <textarea> begins no block of HTML that may contain blank lines.
TEST(MarkdownSpecification, CommonMarkExamples) {
  EXPECT_THAT(differing("commonmark-0.30.json", false), testing::ElementsAre(171));
}

// 203: a head row with more cells than the delimiter row is a table nevertheless.
TEST(MarkdownSpecification, GithubExtensionExamples) {
  EXPECT_THAT(differing("gfm-0.29-extensions.json", true), testing::ElementsAre(203));
}

}  // namespace
}  // namespace millrace
