// UTF-8: validation, repair, and the way from byte offsets to what people and JavaScript count.
// Pure functions are thread safe; a cursor belongs to one thread and borrows its text, which has to
// outlive it. Lines end with LF, CRLF or a lone CR; U+2028 is no line end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace millrace {

bool isValidUtf8(std::string_view text);

bool isAscii(std::string_view text);

/// Where the first ill-formed sequence begins; text.size() when there is none.
size_t invalidUtf8At(std::string_view text);

/// The text with U+FFFD for each maximal part of an ill-formed sequence, as the WHATWG Encoding
/// standard (and so TextDecoder) replaces it. Valid text is copied.
std::string repairedUtf8(std::string_view text);

/// Without the byte order mark EF BB BF, if there is one.
std::string_view withoutUtf8Bom(std::string_view text);

/// Characters (code points). Ill-formed text: every byte that continues nothing counts too.
size_t charactersIn(std::string_view text);

/// UTF-16 code units of what the text decodes to. REQUIRES: valid UTF-8.
size_t utf16UnitsIn(std::string_view text);

/// Appends a code point. REQUIRES: a scalar value, that is no surrogate and at most 0x10FFFF.
void appendUtf8(std::string& text, uint32_t character);

/// The place of a byte: `line` and `column` from 1, the column in characters. An offset beyond the
/// end is taken for the end. O(offset): for one error, not for many matches.
TextPosition positionAt(std::string_view text, size_t offset);

/// UTF-16 offsets of ascending byte offsets; each byte is looked at once. A copy goes on by itself.
/// REQUIRES: valid UTF-8.
class Utf16Offsets {
 public:
  explicit Utf16Offsets(std::string_view text) : text_(text), ascii_(isAscii(text)) {}

  /// REQUIRES: byteOffset is at most the text's size and not below that of the call before.
  size_t at(size_t byteOffset);

 private:
  std::string_view text_;
  bool ascii_;
  size_t byte_ = 0;
  size_t unit_ = 0;
};

/// From ascending offsets in repairedUtf8(original) to those in the original. A copy goes on by
/// itself. REQUIRES of at(): the offset lies between characters, and not below that of the call
/// before.
class RepairedOffsets {
 public:
  explicit RepairedOffsets(std::string_view original) : original_(original) {}

  size_t at(size_t repairedOffset);

 private:
  std::string_view original_;
  size_t at_ = 0;
  size_t repaired_ = 0;
};

/// Lines of ascending byte offsets; each byte is looked at once.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text);

  /// Moves to the line that holds `byteOffset`. An offset between CR and LF belongs to the line
  /// they end. REQUIRES: at most the text's size and not below that of the call before.
  void moveTo(size_t byteOffset);

  /// From 1.
  size_t line() const { return line_; }
  /// The byte offset of the line's first byte.
  size_t begin() const { return begin_; }
  /// The byte offset behind the line's last byte, its terminator not included.
  size_t end() const { return end_; }

 private:
  void findEnd();

  const std::string_view text_;
  const bool hasCr_;
  size_t lf_;  // the first LF not before begin_; the text's size when there is none
  size_t line_ = 1;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t next_ = 0;  // where the following line begins; beyond the text's size when there is none
};

}  // namespace millrace
