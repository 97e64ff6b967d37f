// The text that is parsed, made from bytes of any kind, and the way back to places in the input.
// Owned by one call; not synchronised.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "markup/markdown.h"

namespace millrace::markdown {

/// A copy without byte order mark, valid UTF-8, with U+FFFD for every NUL. Behind the text lie
/// zeros: md4c 0.4.8 reads beyond the end of its input.
class Source {
 public:
  /// kTooLarge above `maxBytes`.
  static Result<Source> of(std::string_view input, uint64_t maxBytes);

  std::string_view text() const { return std::string_view(padded_).substr(0, size_); }
  bool hasMark() const { return hasMark_; }
  /// Where in text() a NUL was replaced.
  const std::vector<size_t>& replaced() const { return replaced_; }

 private:
  void replaceNul();

  std::string padded_;
  size_t size_ = 0;
  std::vector<size_t> replaced_;
  bool hasMark_ = false;
};

/// Places of ascending offsets; each byte is looked at once.
class PlaceCursor {
 public:
  explicit PlaceCursor(const Source& source);

  /// REQUIRES: not below the offset of the call before, and not inside of a CRLF.
  const MarkdownPlace& at(size_t offset);

 private:
  const std::string_view text_;
  const std::vector<size_t>& replaced_;
  size_t nextReplaced_ = 0;
  size_t offset_ = 0;
  MarkdownPlace place_;
};

}  // namespace millrace::markdown
