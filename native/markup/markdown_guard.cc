// An upper bound of md4c's work in nanoseconds, from what was measured to be quadratic in 0.4.8:
// - labels of brackets within brackets are looked up in full once the document has definitions:
//   2 ns for each byte of each label;
// - a link's closer searches the lines of its paragraph: 0.6 ns a line; a definition 0.15 ns;
// - each line visits all quotes and lists that are open: 0.6 ns; each marker the rest of its line.
// A region is a run of lines that may be one paragraph. It ends only where md4c must begin another
// block, or reads no inline content at all, so that the bound holds whatever surrounds the lines.
#include "markup/markdown_guard.h"

#include <algorithm>
#include <cstdint>

#include "markup/markdown_characters.h"

namespace millrace::markdown {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr double kLabelNs = 2;
constexpr double kLinkNs = 0.6;
constexpr double kDefinitionNs = 0.15;
constexpr double kContainerNs = 0.6;
constexpr double kMarkerNs = 0.5;
constexpr double kFreeNs = 1e9;
constexpr double kFreeNsPerByte = 500;

bool isSpace(char c) {
  return c == ' ' || c == '\t';
}

/// Quote and list markers at a line's front, and the columns of white space among them.
struct Prefix {
  uint64_t markers = 0;
  uint64_t columns = 0;
  size_t indent = 0;  ///< bytes before the first marker
  size_t end = 0;     ///< where the content begins
};

/// Bytes of a list marker that is followed by white space or the line's end; 0 for none.
size_t listMarker(std::string_view line) {
  size_t length = 1;
  if (isDigit(line[0])) {
    while (length < line.size() && length < 10 && isDigit(line[length])) ++length;
    if (length == line.size() || (line[length] != '.' && line[length] != ')')) return 0;
    ++length;
  } else if (line[0] != '-' && line[0] != '+' && line[0] != '*') {
    return 0;
  }
  return length == line.size() || isSpace(line[length]) ? length : 0;
}

Prefix prefixOf(std::string_view line) {
  Prefix prefix;
  size_t at = 0;
  while (at < line.size()) {
    if (isSpace(line[at])) {
      prefix.columns += line[at] == '\t' ? 4 : 1;
      ++at;
      if (prefix.markers == 0) prefix.indent = at;
      continue;
    }
    const size_t length = line[at] == '>' ? 1 : listMarker(line.substr(at));
    if (length == 0) break;
    ++prefix.markers;
    at += length;
  }
  prefix.end = at;
  return prefix;
}

class WorkBound {
 public:
  explicit WorkBound(std::string_view text) : hasDefinitions_(text.find("]:") != kNone) {}

  void addLine(std::string_view line) {
    const Prefix prefix = prefixOf(line);
    if (isFenced(line, prefix)) return;
    addContainers(prefix, line.size());
    if (prefix.end == line.size() && prefix.markers == 0) {
      endRegion();
      inTable_ = false;
      return;
    }
    if (beginsBlock(line, prefix) || isTableRow(line)) endRegion();
    addBrackets(line);
  }

  /// A line that lone CRs, or the CR of a CRLF, may end earlier.
  void addLines(std::string_view lines) {
    for (size_t cr = lines.find('\r'); cr != kNone && cr + 1 < lines.size();
         cr = lines.find('\r')) {
      addLine(lines.substr(0, cr));
      lines.remove_prefix(cr + 1);
    }
    if (lines.ends_with('\r')) lines.remove_suffix(1);
    addLine(lines);
  }

  double finish() {
    endRegion();
    return ns_;
  }

 private:
  /// Fenced code has no inline content. Only fences at a line's very front are believed, and none
  /// after anything that may have begun a block of HTML, or a fence within another block: there a
  /// fence may mean the opposite of what it seems to.
  bool isFenced(std::string_view line, const Prefix& prefix) {
    if (fence_ != 0) {
      const size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
      const size_t end = std::min(line.find_first_not_of(fence_, begin), line.size());
      if (end - begin >= fenceLength_ && line.find_first_not_of(" \t", end) == kNone) {
        fence_ = 0;
        fencesTrusted_ = begin == 0 && line.find('\t') == kNone;
      }
      return true;
    }
    const std::string_view content = line.substr(prefix.end);
    if (content.starts_with('<')) fencesTrusted_ = false;
    if (!content.starts_with("```") && !content.starts_with("~~~")) return false;
    const size_t length = std::min(content.find_first_not_of(content[0]), content.size());
    if (content[0] == '`' && content.find('`', length) != kNone) return false;
    fencesTrusted_ = fencesTrusted_ && prefix.end == 0;
    if (!fencesTrusted_) return false;
    endRegion();
    inTable_ = false;
    depth_ = 0;
    fence_ = content[0];
    fenceLength_ = length;
    return true;
  }

  /// Lines without markers may continue lazily whatever is open.
  void addContainers(const Prefix& prefix, size_t size) {
    const bool blank = prefix.end == size && prefix.markers == 0;
    const uint64_t most = prefix.columns / 2 + prefix.markers;
    if (prefix.markers > 0) {
      depth_ = std::min(depth_ + prefix.markers, most);
    } else if (!blank && lines_ == 0) {
      depth_ = std::min(depth_, most);
    }
    ns_ += kContainerNs * static_cast<double>(depth_);
    ns_ += kMarkerNs * static_cast<double>(prefix.markers) * static_cast<double>(size);
  }

  /// Headings and bullets that are not empty begin anew wherever they are.
  static bool beginsBlock(std::string_view line, const Prefix& prefix) {
    if (prefix.indent > 3 || line[prefix.indent == 0 ? 0 : prefix.indent - 1] == '\t') return false;
    const std::string_view rest = line.substr(prefix.indent);
    const char first = rest.front();
    if (first == '#') {
      const size_t level = std::min(rest.find_first_not_of('#'), rest.size());
      return level <= 6 && (level == rest.size() || isSpace(rest[level]));
    }
    const bool bullet = first == '-' || first == '+' || first == '*';
    return bullet && prefix.markers > 0 && rest.find_first_not_of(" \t", 1) != kNone;
  }

  /// Rows of a table are read one by one. A table is believed only in its strictest form, and not
  /// behind anything that could end a block of HTML or code that it may be inside of.
  bool isTableRow(std::string_view line) {
    const bool piped = line.size() > 2 && line.front() == '|' && line.back() == '|';
    if (lines_ == 0) {
      headPipes_ = piped ? static_cast<size_t>(std::count(line.begin(), line.end(), '|')) : 0;
    } else if (lines_ == 1 && headPipes_ > 0 && !inTable_) {
      inTable_ = piped && isDelimiterRow(line);
      return false;
    }
    if (line.find('>') != std::string_view::npos || line.find("```") != std::string_view::npos ||
        line.find("~~~") != kNone) {
      inTable_ = false;
    }
    return inTable_ && piped;
  }

  bool isDelimiterRow(std::string_view line) const {
    if (line.find_first_not_of("|-: ") != kNone) return false;
    if (static_cast<size_t>(std::count(line.begin(), line.end(), '|')) != headPipes_) return false;
    for (size_t at = 0; at + 1 < line.size();) {
      const size_t end = line.find('|', at + 1);
      const std::string_view cell = line.substr(at + 1, end - at - 1);
      const size_t first = cell.find_first_not_of(" :");
      if (first == kNone || cell.substr(first).find("---") != 0) return false;
      if (cell.find_first_of(": ", first) < cell.find_last_of('-')) return false;
      at = end;
    }
    return true;
  }

  void addBrackets(std::string_view line) {
    ++lines_;
    bytes_ += line.size() + 1;
    openers_ += static_cast<uint64_t>(std::count(line.begin(), line.end(), '['));
    for (size_t at = line.find(']'); at != kNone; at = line.find(']', at + 1)) {
      ++closers_;
      const char next = at + 1 < line.size() ? line[at + 1] : '\n';
      if (next == '(' || next == '[') ++links_;
      if (next == ':') ++definitions_;
    }
  }

  void endRegion() {
    const auto lines = static_cast<double>(lines_);
    const auto pairs = static_cast<double>(std::min(openers_, closers_));
    if (hasDefinitions_) ns_ += kLabelNs * pairs * static_cast<double>(bytes_);
    ns_ += kLinkNs * static_cast<double>(links_) * lines;
    ns_ += kDefinitionNs * static_cast<double>(definitions_) * lines;
    lines_ = bytes_ = openers_ = closers_ = links_ = definitions_ = 0;
  }

  const bool hasDefinitions_;
  bool fencesTrusted_ = true;
  char fence_ = 0;  ///< of the fenced code that the line is in
  size_t fenceLength_ = 0;
  double ns_ = 0;
  uint64_t depth_ = 0;
  bool inTable_ = false;
  size_t headPipes_ = 0;
  // Of the region.
  uint64_t lines_ = 0;
  uint64_t bytes_ = 0;
  uint64_t openers_ = 0;
  uint64_t closers_ = 0;
  uint64_t links_ = 0;
  uint64_t definitions_ = 0;
};

}  // namespace

Result<void> checkWork(std::string_view text) {
  WorkBound bound(text);
  const bool hasCr = text.find('\r') != kNone;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (hasCr) {
      bound.addLines(text.substr(begin, end - begin));
    } else {
      bound.addLine(text.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  if (bound.finish() <= kFreeNs + kFreeNsPerByte * static_cast<double>(text.size())) return {};
  return Error::of(ErrorCode::kTooLarge,
                   "too many brackets or list markers in one paragraph to parse in linear time");
}

}  // namespace millrace::markdown
