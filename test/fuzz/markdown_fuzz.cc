// The first two bytes set options; the rest is the document. All results are valid UTF-8, places
// are where they say, and nothing takes long: libFuzzer's timeout is part of the test.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "markup/markdown.h"
#include "text/utf8.h"

namespace {

using namespace millrace;

MarkdownHtmlOptions optionsFrom(const uint8_t* data) {
  const auto bit = [&](int index) { return (data[index / 8] >> (index % 8) & 1) != 0; };
  MarkdownHtmlOptions options{};
  options.syntax = {bit(0), bit(1), bit(2), bit(3), bit(4) ? 1000U : 5U, 1 << 20, 1 << 20};
  options.rawHtml = static_cast<RawHtml>(data[0] >> 5 & 3);
  options.hardBreaks = bit(8);
  options.headingIds = bit(9);
  options.xhtml = bit(10);
  options.safeUrls = bit(11);
  return options;
}

void require(bool holds) {
  if (!holds) std::abort();
}

/// REQUIRES: `input` is valid UTF-8, so that places count what was given.
void checkPlace(std::string_view input, const MarkdownPlace& place) {
  require(place.byte < input.size());
  require(place.utf16 == utf16UnitsIn(input.substr(0, place.byte)));
  if (!input.starts_with("\xEF\xBB\xBF")) {
    const TextPosition position = positionAt(input, place.byte);
    require(position.line == place.line && position.column == place.column);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const MarkdownHtmlOptions options = optionsFrom(data);
  const std::string input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const bool valid = isValidUtf8(input);
  const MarkdownCheckpoint proceed = [] { return Result<void>(); };

  const Result<std::string> html = markdownToHtml(input, options, proceed);
  if (html) require(isValidUtf8(html.value()) && html.value().find('\0') == std::string::npos);
  const Result<std::string> text = markdownText(input, options.syntax, proceed);
  if (text) require(isValidUtf8(text.value()));
  if (const auto links = markdownLinks(input, options.syntax, proceed); links) {
    for (const MarkdownLink& link : links.value()) {
      require(isValidUtf8(link.url) && isValidUtf8(link.text) && isValidUtf8(link.title));
      if (!valid || !link.place) continue;
      checkPlace(input, *link.place);
      const char first = input[link.place->byte];
      if (link.kind == MarkdownLinkKind::kImage) require(first == '!');
      if (link.kind == MarkdownLinkKind::kLink) require(first == '[');
    }
  }
  if (const auto headings = markdownHeadings(input, options.syntax, proceed); headings) {
    for (const MarkdownHeading& heading : headings.value()) {
      require(isValidUtf8(heading.text) && isValidUtf8(heading.slug));
      if (valid && heading.place) checkPlace(input, *heading.place);
    }
  }
  return 0;
}
