// Markdown, parsed by md4c: CommonMark and GitHub's extensions, to HTML or to an outline of links,
// headings or text. Pure functions, thread safe. Input may be any bytes: ill-formed UTF-8 is
// repaired, NUL becomes U+FFFD. Every limit is in MarkdownSyntax; beyond one the result is
// kTooLarge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace millrace {

/// Asked about at least once per 64 KiB of output; a failure ends the work with it.
using MarkdownCheckpoint = std::function<Result<void>()>;

inline constexpr uint64_t kMostMarkdownBytes = 512ULL << 20;
inline constexpr uint32_t kMostMarkdownNesting = 1000;

/// Which language it is, and its limits.
struct MarkdownSyntax {
  bool tables;
  bool strikethrough;
  bool taskLists;
  bool autolinks;           ///< bare URLs and e-mail addresses
  uint32_t maxNesting;      ///< quotes and lists in each other; at most kMostMarkdownNesting
  uint64_t maxBytes;        ///< of input; at most kMostMarkdownBytes
  uint64_t maxOutputBytes;  ///< of HTML, or of all texts of an outline
};

enum class RawHtml : uint8_t {
  kAllow,   ///< passed on as it is
  kFilter,  ///< GitHub's: nine tags lose their '<'
  kEscape,  ///< no HTML: what looks like it is text
  kDrop     ///< left out
};

struct MarkdownHtmlOptions {
  MarkdownSyntax syntax;
  RawHtml rawHtml;
  bool hardBreaks;  ///< every line ending within a paragraph is a <br>
  bool headingIds;  ///< GitHub's anchors as ids
  bool xhtml;       ///< <br /> instead of <br>
  bool safeUrls;    ///< destinations that can run script, or name local files, become empty
};

Result<std::string> markdownToHtml(std::string_view input, const MarkdownHtmlOptions& options,
                                   const MarkdownCheckpoint& checkpoint);

/// A place in the source: bytes and UTF-16 units from 0, lines and columns (characters) from 1.
struct MarkdownPlace {
  uint64_t byte = 0;
  uint64_t utf16 = 0;
  uint64_t line = 1;
  uint64_t column = 1;
};

enum class MarkdownLinkKind : uint8_t { kLink, kImage, kAutolink };

struct MarkdownLink {
  MarkdownLinkKind kind = MarkdownLinkKind::kLink;
  bool hasTitle = false;
  std::string url;  ///< escapes and character references resolved, not percent-encoded
  std::string title;
  std::string text;  ///< as a reader sees it; an image's description
  /// Where its '[', '!' or '<', or a bare address, begins. Nothing for some links without a text.
  std::optional<MarkdownPlace> place;
};

struct MarkdownHeading {
  uint8_t level = 1;
  std::string text;
  std::string slug;  ///< GitHub's anchor, unique in the document
  /// Where its '#', or an underlined heading's text, begins. Nothing for one without a text.
  std::optional<MarkdownPlace> place;
};

/// All links and images that are rendered, in the order of the source.
Result<std::vector<MarkdownLink>> markdownLinks(std::string_view input,
                                                const MarkdownSyntax& syntax,
                                                const MarkdownCheckpoint& checkpoint);

Result<std::vector<MarkdownHeading>> markdownHeadings(std::string_view input,
                                                      const MarkdownSyntax& syntax,
                                                      const MarkdownCheckpoint& checkpoint);

/// What a reader sees, without any markup: blocks end with a line feed, cells with a tab. Raw HTML
/// is left out; images are their descriptions.
Result<std::string> markdownText(std::string_view input, const MarkdownSyntax& syntax,
                                 const MarkdownCheckpoint& checkpoint);

}  // namespace millrace
