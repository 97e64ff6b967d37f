// Goes through the tokens of a JSON text in order: punctuation, strings, and everything else that
// is not white space. The text is scanned a piece at a time, so memory stays the same for any size
// and what is never reached is never looked at. Belongs to one thread; borrows text and checkpoint.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "json/structural_rows.h"

namespace millrace {

/// Asked about once per megabyte; an error ends the work with that error.
using Checkpoint = std::function<Result<void>()>;

class StructuralCursor {
 public:
  /// Stands before the first token. `scan` is a row of the table.
  StructuralCursor(std::string_view text, const Checkpoint& checkpoint,
                   StructuralScan scan = structuralScan());
  ~StructuralCursor();
  StructuralCursor(const StructuralCursor&) = delete;
  StructuralCursor& operator=(const StructuralCursor&) = delete;

  /// To the next token, or to the end.
  void advance() {
    if (next_ == last_ && !refill()) return;
    at_ = begin_ + *next_++;
    byte_ = bytes_[at_];
  }

  /// The offset of the token; the text's size at the end.
  size_t at() const { return at_; }

  /// The token's first byte; 0 at the end.
  uint8_t byte() const { return byte_; }

  /// True behind the last token, and from the first fault on.
  bool atEnd() const { return at_ == size_; }

  /// Where the token before this one ends: behind the last byte that is not white space.
  /// REQUIRES: there is one.
  size_t endOfPrevious() const;

  /// To the token behind the bracket that closes the `depth` innermost ones, counting brackets of
  /// either kind alike; to the end when there is none.
  void skip(size_t depth);

  /// True once the text turned out not to be UTF-8, or a string not to be one.
  bool faulty() const { return faulty_; }

  /// What the checkpoint said when it ended the work.
  const std::optional<Error>& stopped() const { return stopped_; }

 private:
  struct Places;

  bool refill();
  bool scanPiece();
  bool checkUtf8();
  void finish();

  const uint8_t* const bytes_;
  const size_t size_;
  const Checkpoint& checkpoint_;
  const StructuralScan scan_;
  std::unique_ptr<Places> places_;
  const uint32_t* next_ = nullptr;
  const uint32_t* last_ = nullptr;
  size_t begin_ = 0;  // of the piece that the places are counted from
  size_t end_ = 0;    // of that piece
  size_t at_ = 0;
  uint8_t byte_ = 0;
  StructuralState state_{};
  size_t utf8Begin_ = 0;  // what is before is known to be UTF-8
  size_t sinceCheckpoint_ = 0;
  bool faulty_ = false;
  std::optional<Error> stopped_;
};

}  // namespace millrace
