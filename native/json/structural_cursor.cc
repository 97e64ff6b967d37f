// Invariants: [next_, last_) are places of the piece [begin_, end_) that are still ahead. All bytes
// before utf8Begin_ are valid UTF-8; it lags behind end_ by less than one character.
#include "json/structural_cursor.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "text/utf8.h"

namespace millrace {
namespace {

// Small enough for places and text to stay in the second-level cache.
constexpr size_t kPieceBytes = 32 * 1024;
constexpr size_t kCheckpointBytes = 1024 * 1024;

constexpr std::array<int8_t, 256> kNesting = [] {
  std::array<int8_t, 256> steps{};
  steps['{'] = steps['['] = 1;
  steps['}'] = steps[']'] = -1;
  return steps;
}();

bool isSpace(uint8_t byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

bool continuesCharacter(uint8_t byte) {
  return (byte & 0xC0) == 0x80;
}

}  // namespace

struct StructuralCursor::Places {
  std::array<uint32_t, kPieceBytes + kStructuralSlack> list;

  /// Each thread keeps one between cursors; a second cursor at the same time gets its own.
  static std::unique_ptr<Places>& kept() {
    static thread_local std::unique_ptr<Places> places;
    return places;
  }
};

StructuralCursor::StructuralCursor(std::string_view text, const Checkpoint& checkpoint,
                                   StructuralScan scan)
    : bytes_(reinterpret_cast<const uint8_t*>(text.data())),
      size_(text.size()),
      checkpoint_(checkpoint),
      scan_(scan),
      places_(std::move(Places::kept())) {
  if (!places_) places_.reset(new Places);  // not make_unique, which would clear the list
}

StructuralCursor::~StructuralCursor() {
  if (!Places::kept()) Places::kept() = std::move(places_);
}

bool StructuralCursor::refill() {
  while (next_ == last_) {
    if (end_ == size_ || faulty_ || stopped_ || !scanPiece()) {
      finish();
      return false;
    }
  }
  return true;
}

void StructuralCursor::finish() {
  // An unclosed string ends with the text; what the last piece has found is not used up then.
  if (end_ == size_ && state_.inString != 0) faulty_ = true;
  next_ = last_ = nullptr;
  at_ = size_;
  byte_ = 0;
}

bool StructuralCursor::scanPiece() {
  if (sinceCheckpoint_ >= kCheckpointBytes) {
    sinceCheckpoint_ = 0;
    Result<void> goOn = checkpoint_();
    if (!goOn) {
      stopped_ = std::move(goOn).error();
      return false;
    }
  }
  begin_ = end_;
  end_ = begin_ + std::min(kPieceBytes, size_ - begin_);
  sinceCheckpoint_ += end_ - begin_;
  uint32_t* const places = places_->list.data();
  const size_t count = scan_(bytes_, begin_, end_, size_, &state_, places);
  if (state_.flaws != 0 || (end_ == size_ && state_.inString != 0) || !checkUtf8()) {
    faulty_ = true;
    return false;
  }
  next_ = places;
  last_ = places + count;
  return true;
}

bool StructuralCursor::checkUtf8() {
  if (std::exchange(state_.notAscii, 0) == 0 && utf8Begin_ == begin_) {
    utf8Begin_ = end_;
    return true;
  }
  size_t cut = end_;
  if (cut < size_) {
    for (int k = 0; k < 3 && cut > utf8Begin_ && continuesCharacter(bytes_[cut]); ++k) --cut;
    if (continuesCharacter(bytes_[cut])) cut = end_;
  }
  const char* const text = reinterpret_cast<const char*>(bytes_);
  const bool valid = isValidUtf8({text + utf8Begin_, cut - utf8Begin_});
  utf8Begin_ = cut;
  return valid;
}

size_t StructuralCursor::endOfPrevious() const {
  size_t end = at_;
  while (isSpace(bytes_[end - 1])) --end;
  return end;
}

void StructuralCursor::skip(size_t depth) {
  // Depths fit: there are no more brackets than bytes.
  auto open = static_cast<int64_t>(depth);
  open += kNesting[byte_];
  while (open > 0) {
    if (next_ == last_ && !refill()) return;
    const uint8_t* const piece = bytes_ + begin_;
    const uint32_t* next = next_;
    while (next != last_ && open > 0) open += kNesting[piece[*next++]];
    next_ = next;
  }
  advance();
}

}  // namespace millrace
