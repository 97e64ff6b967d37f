// Invariants: every line is looked at once; white space is found from both ends without going
// beyond the line.
#include "text/lines.h"

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace millrace {
namespace {

constexpr size_t kCheckBytes = 1 << 20;

/// Bytes of the white-space character (JavaScript's) that `text` begins with; 0 for none.
size_t spaceAtBegin(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0u; };
  const unsigned lead = byte(0);
  if (lead == ' ' || (lead >= '\t' && lead <= '\r')) return 1;
  if (lead == 0xc2) return byte(1) == 0xa0 ? 2 : 0;
  if (lead < 0xe1 || lead > 0xef || text.size() < 3) return 0;
  const unsigned character = (lead & 15) << 12 | (byte(1) & 63) << 6 | (byte(2) & 63);
  const bool space = character == 0x1680 || (character >= 0x2000 && character <= 0x200a) ||
                     character == 0x2028 || character == 0x2029 || character == 0x202f ||
                     character == 0x205f || character == 0x3000 || character == 0xfeff;
  return space ? 3 : 0;
}

size_t spaceAtEnd(std::string_view text) {
  for (size_t size = 1; size <= 3 && size <= text.size(); ++size) {
    if (spaceAtBegin(text.substr(text.size() - size)) == size) return size;
  }
  return 0;
}

std::string_view withoutSpaceAtEnd(std::string_view text) {
  while (const size_t size = spaceAtEnd(text)) text.remove_suffix(size);
  return text;
}

std::string_view trimmed(std::string_view text) {
  text = withoutSpaceAtEnd(text);
  while (const size_t size = spaceAtBegin(text)) text.remove_prefix(size);
  return text;
}

/// Takes lines from the front of a text; the next LF is looked for once, however many CRs precede
/// it.
class LineTaker {
 public:
  explicit LineTaker(std::string_view text)
      : text_(text), lf_(text.find('\n')), hasCr_(text.find('\r') != std::string_view::npos) {}

  bool atEnd() const { return at_ >= text_.size(); }
  size_t at() const { return at_; }
  /// Whether the line taken last had a terminator.
  bool terminated() const { return terminated_; }

  std::string_view take() {
    if (lf_ != std::string_view::npos && lf_ < at_) lf_ = text_.find('\n', at_);
    size_t end = std::min(lf_, text_.size());
    if (hasCr_) end = at_ + std::min(text_.substr(at_, end - at_).find('\r'), end - at_);
    const std::string_view line = text_.substr(at_, end - at_);
    terminated_ = end < text_.size();
    at_ = end + (text_.substr(end, 2) == "\r\n" ? 2 : 1);
    return line;
  }

 private:
  const std::string_view text_;
  size_t lf_;
  const bool hasCr_;
  size_t at_ = 0;
  bool terminated_ = false;
};

}  // namespace

Result<LineList> linesOf(std::string_view text, const LinesOptions& options,
                         const std::function<Result<void>()>& check) {
  LineList list;
  list.joined.reserve(text.size() + 1);
  size_t nextCheck = 0;
  for (LineTaker lines(text); !lines.atEnd();) {
    if (lines.at() >= nextCheck) {
      if (const Result<void> checked = check(); !checked) return checked.error();
      nextCheck = lines.at() + kCheckBytes;
    }
    std::string_view line = lines.take();
    if (options.trim) line = trimmed(line);
    if (options.skipBlank && trimmed(line).empty()) continue;
    if (list.count == options.maxLines) {
      list.truncated = true;
      break;
    }
    ++list.count;
    list.joined.append(line).push_back('\n');
  }
  return list;
}

Result<std::string> normalizedText(std::string_view text, const NormalizeOptions& options,
                                   const std::function<Result<void>()>& check) {
  text = withoutUtf8Bom(text);
  std::string result;
  result.reserve(text.size() + 1);
  size_t nextCheck = 0;
  for (LineTaker lines(text); !lines.atEnd();) {
    if (lines.at() >= nextCheck) {
      if (const Result<void> checked = check(); !checked) return checked.error();
      nextCheck = lines.at() + kCheckBytes;
    }
    const std::string_view line = lines.take();
    result.append(options.trimLineEnds ? withoutSpaceAtEnd(line) : line);
    if (lines.terminated()) result.push_back('\n');
  }
  if (options.finalNewline && !result.empty()) {
    const size_t last = result.find_last_not_of('\n');
    result.resize(last == std::string::npos ? 0 : last + 1);
    if (!result.empty()) result.push_back('\n');
  }
  return result;
}

}  // namespace millrace
