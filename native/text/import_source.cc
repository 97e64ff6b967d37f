// Comments are kept in ascending order and never overlap. Looking back reads only what lies between
// the place and the end of the token before it, so that looking back from every token is linear.
#include "text/import_source.h"

#include <algorithm>

#include "text/import_bytes.h"

namespace millrace::imports {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";
constexpr size_t kLongestKeyword = 10;  // instanceof

bool isUnicodeSpace(std::string_view bytes) {
  if (bytes == "\xc2\xa0") return true;
  if (bytes.size() != 3) return false;
  if (bytes == kBom || bytes == "\xe1\x9a\x80" || bytes == "\xe3\x80\x80") return true;
  if (bytes == "\xe2\x81\x9f") return true;
  if (!bytes.starts_with("\xe2\x80")) return false;
  const auto last = static_cast<uint8_t>(bytes[2]);
  return last <= 0x8a || last == 0xa8 || last == 0xa9 || last == 0xaf;
}

}  // namespace

size_t unicodeSpaceAt(std::string_view text, size_t place) {
  if (isUnicodeSpace(text.substr(place, 2))) return 2;
  return isUnicodeSpace(text.substr(place, 3)) ? 3 : 0;
}

SourceText::SourceText(std::string_view text) : text_(text) {
  if (text.starts_with(kBom)) begin_ = kBom.size();
  if (text.substr(begin_).starts_with("#!")) {
    begin_ = findAny<'\n', '\r'>(text.data(), begin_, text.size());
  }
}

void SourceText::addComment(size_t start, size_t end) {
  if (!comments_.empty() && start < comments_.back().end) return;
  comments_.push_back({static_cast<uint32_t>(start), static_cast<uint32_t>(end)});
}

/// The width of the white space that ends at `end`, one character; 0 for none.
size_t SourceText::spaceEnding(size_t end) const {
  const char byte = text_[end - 1];
  if (isSpaceByte(byte)) return 1;
  if (static_cast<uint8_t>(byte) < 0x80) return 0;
  if (end - begin_ >= 2 && isUnicodeSpace(text_.substr(end - 2, 2))) return 2;
  return end - begin_ >= 3 && isUnicodeSpace(text_.substr(end - 3, 3)) ? 3 : 0;
}

/// The start of the comment that ends at `end`, or `end` when none does.
size_t SourceText::commentStart(size_t end) const {
  auto found = comments_.end();
  if (comments_.empty()) return end;
  if (comments_.back().end <= end) {
    --found;
  } else {
    found = std::lower_bound(comments_.begin(), comments_.end(), end,
                             [](const Span& span, size_t wanted) { return span.end < wanted; });
  }
  return found != comments_.end() && found->end == end ? found->start : end;
}

size_t SourceText::tokenEnd(size_t place) const {
  while (place > begin_) {
    if (const size_t space = spaceEnding(place); space > 0) {
      place -= space;
      continue;
    }
    const size_t start = commentStart(place);
    if (start == place) return place;
    place = start;
  }
  return begin_;
}

std::string_view SourceText::wordEnding(size_t end) const {
  size_t start = end;
  while (start > begin_ && isWordByte(text_[start - 1]) && spaceEnding(start) == 0) --start;
  return text_.substr(start, end - start);
}

std::string_view SourceText::keywordEnding(size_t end) const {
  size_t start = end;
  while (start > begin_ && isWordByte(text_[start - 1]) && spaceEnding(start) == 0) {
    --start;
    if (end - start > kLongestKeyword) return {};
  }
  return text_.substr(start, end - start);
}

bool SourceText::isProperty(size_t wordStart) const {
  if (before(wordStart) == '#') return true;
  const size_t end = tokenEnd(wordStart);
  return before(end) == '.' && before(end - 1) != '.';
}

std::string_view SourceText::wordAt(size_t start) const {
  size_t end = start;
  while (isWordByte(at(end)) &&
         (static_cast<uint8_t>(at(end)) < 0x80 || unicodeSpaceAt(text_, end) == 0)) {
    ++end;
  }
  return text_.substr(std::min(start, text_.size()), end - start);
}

size_t SourceText::commentEnd(size_t start) const {
  size_t place = start + 2;
  if (text_[start + 1] == '/') {
    for (;; ++place) {
      place = findAny<'\n', '\r', '\xe2'>(text_.data(), place, text_.size());
      if (at(place) != '\xe2') return place;
      const std::string_view character = text_.substr(place, 3);
      if (character == "\xe2\x80\xa8" || character == "\xe2\x80\xa9") return place;
    }
  }
  for (;; ++place) {
    place = findAny<'*'>(text_.data(), std::min(place, text_.size()), text_.size());
    if (place >= text_.size()) return text_.size() + 1;
    if (at(place + 1) == '/') return place + 2;
  }
}

size_t SourceText::skipSpace(size_t place) const {
  while (place < text_.size()) {
    const char byte = text_[place];
    if (isSpaceByte(byte)) {
      ++place;
    } else if (isCommentAt(place)) {
      const size_t end = commentEnd(place);
      if (end > text_.size()) return place;
      place = end;
    } else if (static_cast<uint8_t>(byte) >= 0x80) {
      const size_t space = unicodeSpaceAt(text_, place);
      if (space == 0) return place;
      place += space;
    } else {
      return place;
    }
  }
  return place;
}

bool SourceText::hasLineBreak(size_t from, size_t to) const {
  return findAny<'\n', '\r'>(text_.data(), from, to) < to;
}

}  // namespace millrace::imports
