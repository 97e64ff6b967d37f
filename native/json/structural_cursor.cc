// Invariants: [next_, last_) are places of the piece [begin_, end_) that are still ahead. A piece
// ends behind a line feed or with the text. No string holds a line feed, so a piece that ends
// within a string has met a broken one, and each piece can be scanned without the ones before it.
#include "json/structural_cursor.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "text/simdjson_implementation.h"

namespace millrace {
namespace {

constexpr size_t kPieceBytes = 1024 * 1024;
/// simdjson counts places in 32 bits.
constexpr size_t kMostPieceBytes = simdjson::SIMDJSON_MAXSIZE_BYTES;
/// A thread keeps room for pieces up to this size, four bytes for each byte, of which a scan
/// touches as much as there are tokens.
constexpr size_t kKeptPieceBytes = 2 * kPieceBytes;
constexpr size_t kLeastCapacity = 32 * 1024;

constexpr std::array<int8_t, 256> kNesting = [] {
  std::array<int8_t, 256> steps{};
  steps['{'] = steps['['] = 1;
  steps['}'] = steps[']'] = -1;
  return steps;
}();

bool isSpace(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

bool isHexDigit(char byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/// The bytes behind a backslash that belong to it; 0 when JSON has no such escape.
size_t escapeSize(std::string_view behind) {
  if (behind.empty()) return 0;
  switch (behind[0]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return 1;
    case 'u':
      return behind.size() >= 5 && std::all_of(&behind[1], &behind[1] + 4, isHexDigit) ? 5 : 0;
    default:
      return 0;
  }
}

}  // namespace

bool escapesAreGood(std::string_view text) {
  for (;;) {
    const size_t backslash = text.find('\\');
    if (backslash == std::string_view::npos) return true;
    text.remove_prefix(backslash + 1);
    const size_t size = escapeSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

/// simdjson's first stage: it lists where tokens begin, and checks UTF-8 and strings meanwhile.
class StructuralCursor::Scanner {
 public:
  /// Each thread keeps one between cursors; a second cursor at the same time gets its own.
  static std::unique_ptr<Scanner>& kept() {
    static thread_local std::unique_ptr<Scanner> scanner;
    return scanner;
  }

  bool isSmall() const { return capacity_ <= kKeptPieceBytes; }

  bool reserve(size_t bytes) {
    if (bytes <= capacity_) return true;
    const size_t wanted = std::min(std::bit_ceil(std::max(bytes, kLeastCapacity)), kMostPieceBytes);
    capacity_ = 0;
    stage_.reset();
    // The depth is of simdjson's later stages, which are not used.
    if (simdjsonImplementation().create_dom_parser_implementation(wanted, 1, stage_)) {
      return false;
    }
    capacity_ = wanted;
    return true;
  }

  /// The places of `piece`, or nothing when it is not UTF-8 or a string in it is none.
  /// REQUIRES: reserve() of its size.
  bool scan(std::string_view piece) {
    const simdjson::error_code code = stage_->stage1(reinterpret_cast<const uint8_t*>(piece.data()),
                                                     piece.size(), simdjson::stage1_mode::regular);
    count_ = code == simdjson::EMPTY ? 0 : stage_->n_structural_indexes;
    return code == simdjson::SUCCESS || code == simdjson::EMPTY;
  }

  const uint32_t* begin() const { return stage_->structural_indexes.get(); }
  const uint32_t* end() const { return begin() + count_; }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
  size_t capacity_ = 0;
  size_t count_ = 0;
};

StructuralCursor::StructuralCursor(std::string_view text, Escapes escapes,
                                   const Checkpoint& checkpoint)
    : text_(text),
      escapes_(escapes),
      checkpoint_(checkpoint),
      scanner_(std::move(Scanner::kept())) {
  if (!scanner_) scanner_ = std::make_unique<Scanner>();
}

StructuralCursor::~StructuralCursor() {
  if (!Scanner::kept() && scanner_->isSmall()) Scanner::kept() = std::move(scanner_);
}

bool StructuralCursor::refill() {
  while (next_ == last_) {
    if (end_ == text_.size() || faulty_ || stopped_ || !scanPiece()) {
      finish();
      return false;
    }
  }
  return true;
}

void StructuralCursor::finish() {
  next_ = last_ = nullptr;
  at_ = text_.size();
  byte_ = 0;
}

size_t StructuralCursor::endOfPiece() const {
  if (text_.size() - end_ <= kPieceBytes) return text_.size();
  const size_t before = text_.substr(end_, kPieceBytes).rfind('\n');
  if (before != std::string_view::npos) return end_ + before + 1;
  const size_t behind = text_.find('\n', end_ + kPieceBytes);
  return behind == std::string_view::npos ? text_.size() : behind + 1;
}

bool StructuralCursor::scanPiece() {
  if (end_ != 0) {
    Result<void> goOn = checkpoint_();
    if (!goOn) {
      stopped_ = std::move(goOn).error();
      return false;
    }
  }
  begin_ = end_;
  end_ = endOfPiece();
  const std::string_view piece = text_.substr(begin_, end_ - begin_);
  if (piece.size() > kMostPieceBytes) {
    stopped_ = Error::of(ErrorCode::kTooLarge, "a line of JSON is larger than 4 GiB");
    return false;
  }
  if (!scanner_->reserve(piece.size())) {
    stopped_ = Error::of(ErrorCode::kOutOfMemory);
    return false;
  }
  faulty_ = !scanner_->scan(piece) || (escapes_ == Escapes::kCheck && !escapesAreGood(piece));
  next_ = scanner_->begin();
  last_ = scanner_->end();
  return !faulty_;
}

size_t StructuralCursor::endOfPrevious() const {
  size_t end = at_;
  while (isSpace(text_[end - 1])) --end;
  return end;
}

void StructuralCursor::skip(size_t depth) {
  // Depths fit: there are no more brackets than bytes.
  auto open = static_cast<int64_t>(depth) + kNesting[byte_];
  while (open > 0) {
    if (next_ == last_ && !refill()) return;
    const char* const piece = text_.data() + begin_;
    const uint32_t* next = next_;
    while (next != last_ && open > 0) open += kNesting[static_cast<uint8_t>(piece[*next++])];
    next_ = next;
  }
  advance();
}

}  // namespace millrace
