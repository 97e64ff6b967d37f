// Goes through the tokens of a JSON text in order: punctuation, strings, and everything else that
// is not white space. simdjson finds them, with the instructions that the processor has, in pieces
// of about a megabyte cut at line ends, so that of a text of many lines little is held at a time
// and what is never reached is never looked at. Belongs to one thread; borrows text and checkpoint.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace millrace {

/// Asked about once per piece; an error ends the work with that error.
using Checkpoint = std::function<Result<void>()>;

/// Whether a backslash is only where JSON allows one, with what JSON allows behind it. REQUIRES:
/// `text` begins outside of strings or at the beginning of one, and ends so.
bool escapesAreGood(std::string_view text);

class StructuralCursor {
 public:
  /// What to check of strings besides that they end, hold no control characters and are UTF-8.
  enum class Escapes : uint8_t { kCheck, kIgnore };

  /// Stands before the first token.
  StructuralCursor(std::string_view text, Escapes escapes, const Checkpoint& checkpoint);
  ~StructuralCursor();
  StructuralCursor(const StructuralCursor&) = delete;
  StructuralCursor& operator=(const StructuralCursor&) = delete;

  /// To the next token, or to the end.
  void advance() {
    if (next_ == last_ && !refill()) return;
    at_ = begin_ + *next_++;
    byte_ = static_cast<uint8_t>(text_[at_]);
  }

  /// The offset of the token; the text's size at the end.
  size_t at() const { return at_; }

  /// The token's first byte; 0 at the end.
  uint8_t byte() const { return byte_; }

  /// True behind the last token, and from the first fault on.
  bool atEnd() const { return at_ == text_.size(); }

  /// Where the token before this one ends: behind the last byte that is not white space.
  /// REQUIRES: there is one.
  size_t endOfPrevious() const;

  /// To the token behind the bracket that closes the `depth` innermost ones, counting brackets of
  /// either kind alike; to the end when there is none.
  void skip(size_t depth);

  /// True once the text turned out not to be UTF-8, or a string not to be one.
  bool faulty() const { return faulty_; }

  /// What ended the work besides the text: the checkpoint, memory, or kTooLarge for a piece beyond
  /// 4 GiB.
  const std::optional<Error>& stopped() const { return stopped_; }

 private:
  class Scanner;

  bool refill();
  void finish();
  size_t endOfPiece() const;
  bool scanPiece();

  const std::string_view text_;
  const Escapes escapes_;
  const Checkpoint& checkpoint_;
  std::unique_ptr<Scanner> scanner_;
  const uint32_t* next_ = nullptr;
  const uint32_t* last_ = nullptr;
  size_t begin_ = 0;  // of the piece that the places are counted from
  size_t end_ = 0;    // of that piece
  size_t at_ = 0;
  uint8_t byte_ = 0;
  bool faulty_ = false;
  std::optional<Error> stopped_;
};

}  // namespace millrace
