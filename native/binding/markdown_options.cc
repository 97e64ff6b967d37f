#include <array>

#include "binding/operation_factories.h"
#include "operations/markdown_operations.h"

namespace millrace::binding {
namespace {

using Made = std::shared_ptr<const Operation>;

MarkdownSyntax syntaxOf(const OptionReader& given) {
  return {given.flag("tables"),
          given.flag("strikethrough"),
          given.flag("taskLists"),
          given.flag("autolinks"),
          static_cast<uint32_t>(given.size("maxNesting")),
          given.size("maxBytes"),
          given.size("maxOutputBytes")};
}

MarkdownOutlineOptions outlineOf(const OptionReader& given) {
  return {syntaxOf(given), given.text("offsets") == "bytes"};
}

Made makeHtml(const OptionReader& given) {
  MarkdownHtmlOptions options{};
  options.syntax = syntaxOf(given);
  options.rawHtml = given.choice<RawHtml, 4>("html", {"allow", "filter", "escape", "drop"});
  options.hardBreaks = given.flag("hardBreaks");
  options.headingIds = given.flag("headingIds");
  options.xhtml = given.flag("xhtml");
  options.safeUrls = given.flag("safeUrls");
  return std::make_shared<MarkdownToHtmlOperation>(options);
}

Made makeText(const OptionReader& given) {
  return std::make_shared<MarkdownTextOperation>(syntaxOf(given));
}

Made makeLinks(const OptionReader& given) {
  return std::make_shared<MarkdownLinksOperation>(outlineOf(given));
}

Made makeHeadings(const OptionReader& given) {
  return std::make_shared<MarkdownHeadingsOperation>(outlineOf(given));
}

constexpr std::array<OperationFactory, 4> kFactories = {{
    {"markdownToHtml", makeHtml},
    {"markdownText", makeText},
    {"markdownLinks", makeLinks},
    {"markdownHeadings", makeHeadings},
}};

}  // namespace

std::span<const OperationFactory> markdownFactories() {
  return kFactories;
}

}  // namespace millrace::binding
