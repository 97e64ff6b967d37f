// Invariants: counting never reads beyond the text; ill-formed text is never trusted for lengths.
#include "text/utf8.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "text/simdjson_implementation.h"

namespace millrace {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

uint8_t byteAt(std::string_view text, size_t at) {
  return static_cast<uint8_t>(text[at]);
}

uint64_t wordAt(std::string_view text, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

bool isContinuation(uint8_t byte) {
  return (byte & 0xc0) == 0x80;
}

/// Which second bytes a lead allows (Unicode, table 3-7: no overlong form, surrogate or value
/// beyond 10FFFF).
bool allowsSecond(uint8_t lead, uint8_t second) {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf;
    case 0xed:
      return second >= 0x80 && second <= 0x9f;
    case 0xf0:
      return second >= 0x90 && second <= 0xbf;
    case 0xf4:
      return second >= 0x80 && second <= 0x8f;
    default:
      return isContinuation(second);
  }
}

struct Sequence {
  size_t size;  // of the character, or of the maximal part of an ill-formed one; at least 1
  bool valid;
};

/// REQUIRES: `at` is inside the text.
Sequence sequenceAt(std::string_view text, size_t at) {
  const uint8_t lead = byteAt(text, at);
  if (lead < 0x80) return {1, true};
  if (lead < 0xc2 || lead > 0xf4) return {1, false};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (at + 1 >= text.size() || !allowsSecond(lead, byteAt(text, at + 1))) return {1, false};
  for (size_t i = 2; i < size; ++i) {
    if (at + i >= text.size() || !isContinuation(byteAt(text, at + i))) return {i, false};
  }
  return {size, true};
}

/// Continuation bytes in a word: bit 7 set and bit 6 clear.
size_t continuationsIn(uint64_t word) {
  return static_cast<size_t>(std::popcount((word & kHighBits) & ~(word << 1 & kHighBits)));
}

/// Leads of four-byte characters in a word of valid UTF-8: the four upper bits set.
size_t fourByteLeadsIn(uint64_t word) {
  return static_cast<size_t>(
      std::popcount(word & (word << 1) & (word << 2) & (word << 3) & kHighBits));
}

}  // namespace

bool isValidUtf8(std::string_view text) {
  return text.empty() || simdjsonImplementation().validate_utf8(text.data(), text.size());
}

bool isAscii(std::string_view text) {
  size_t at = 0;
  for (; at + 32 <= text.size(); at += 32) {
    const uint64_t seen =
        wordAt(text, at) | wordAt(text, at + 8) | wordAt(text, at + 16) | wordAt(text, at + 24);
    if ((seen & kHighBits) != 0) return false;
  }
  for (; at < text.size(); ++at) {
    if (byteAt(text, at) >= 0x80) return false;
  }
  return true;
}

size_t invalidUtf8At(std::string_view text) {
  if (isValidUtf8(text)) return text.size();
  size_t at = 0;
  while (at < text.size()) {
    const Sequence sequence = sequenceAt(text, at);
    if (!sequence.valid) return at;
    at += sequence.size;
  }
  return at;
}

std::string repairedUtf8(std::string_view text) {
  if (isValidUtf8(text)) return std::string(text);
  std::string valid;
  valid.reserve(text.size() + text.size() / 8);
  size_t kept = 0;
  for (size_t at = 0; at < text.size();) {
    const Sequence sequence = sequenceAt(text, at);
    if (!sequence.valid) {
      valid.append(text, kept, at - kept).append(kReplacement);
      kept = at + sequence.size;
    }
    at += sequence.size;
  }
  return valid.append(text, kept);
}

std::string_view withoutUtf8Bom(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

size_t charactersIn(std::string_view text) {
  size_t count = text.size();
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) count -= continuationsIn(wordAt(text, at));
  for (; at < text.size(); ++at) count -= isContinuation(byteAt(text, at)) ? 1 : 0;
  return count;
}

size_t utf16UnitsIn(std::string_view text) {
  size_t count = text.size();
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    const uint64_t word = wordAt(text, at);
    if ((word & kHighBits) != 0) count += fourByteLeadsIn(word) - continuationsIn(word);
  }
  for (; at < text.size(); ++at) {
    const uint8_t byte = byteAt(text, at);
    if (isContinuation(byte)) --count;
    if (byte >= 0xf0) ++count;
  }
  return count;
}

void appendUtf8(std::string& text, uint32_t character) {
  const auto tail = [&](unsigned shift) {
    text.push_back(static_cast<char>(0x80 | ((character >> shift) & 0x3f)));
  };
  if (character < 0x80) {
    text.push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    text.push_back(static_cast<char>(0xc0 | character >> 6));
    tail(0);
  } else if (character < 0x10000) {
    text.push_back(static_cast<char>(0xe0 | character >> 12));
    tail(6);
    tail(0);
  } else {
    text.push_back(static_cast<char>(0xf0 | character >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

TextPosition positionAt(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  LineCursor lines(text.substr(0, offset + 1));
  lines.moveTo(offset);
  TextPosition position;
  position.offset = offset;
  position.line = lines.line();
  // A byte inside a character is in that character's column.
  size_t begin = offset;
  while (begin > lines.begin() && begin < text.size() && isContinuation(byteAt(text, begin))) {
    --begin;
  }
  position.column = charactersIn(text.substr(lines.begin(), begin - lines.begin())) + 1;
  return position;
}

size_t Utf16Offsets::at(size_t byteOffset) {
  if (ascii_) return byteOffset;
  unit_ += utf16UnitsIn(text_.substr(byte_, byteOffset - byte_));
  byte_ = byteOffset;
  return unit_;
}

size_t RepairedOffsets::at(size_t repairedOffset) {
  while (repaired_ < repairedOffset) {
    const Sequence sequence = sequenceAt(original_, at_);
    repaired_ += sequence.valid ? sequence.size : kReplacement.size();
    at_ += sequence.size;
  }
  return at_;
}

LineCursor::LineCursor(std::string_view text)
    : text_(text),
      hasCr_(text.find('\r') != std::string_view::npos),
      lf_(std::min(text.find('\n'), text.size())) {
  findEnd();
}

void LineCursor::moveTo(size_t byteOffset) {
  while (byteOffset >= next_) {
    ++line_;
    begin_ = next_;
    findEnd();
  }
}

void LineCursor::findEnd() {
  // The next LF is looked for once, however many lone CRs come before it.
  if (lf_ < begin_) lf_ = std::min(text_.find('\n', begin_), text_.size());
  end_ = lf_;
  if (hasCr_) end_ = begin_ + std::min(text_.substr(begin_, lf_ - begin_).find('\r'), lf_ - begin_);
  const bool crlf = end_ < lf_ && end_ + 1 == lf_ && lf_ < text_.size();
  next_ = end_ + (crlf ? 2 : 1);
}

}  // namespace millrace
