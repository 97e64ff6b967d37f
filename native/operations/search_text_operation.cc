// Invariants: matches come by ascending begin, so that begins and lines are followed by cursors
// that see each byte once; an end is counted from its begin.
#include "operations/search_text_operation.h"

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "text/utf8.h"

namespace millrace {
namespace {

/// What a JavaScript string holds, in UTF-16 units.
constexpr size_t kMaxTextUnits = 536'870'888;
constexpr size_t kMaxItemBytes = UINT32_MAX - 1;
constexpr uint32_t kNowhere = UINT32_MAX;

/// From ascending offsets in the searched text to those asked for. A copy goes on by itself.
class Offsets {
 public:
  Offsets(MatchOffsets kind, ByteView item, std::string_view text) {
    if (kind == MatchOffsets::kUtf16) {
      utf16_.emplace(text);
    } else if (text.data() != textOf(item).data()) {
      repaired_.emplace(textOf(item));
    }
  }

  size_t at(size_t offset) {
    if (utf16_) return utf16_->at(offset);
    return repaired_ ? repaired_->at(offset) : offset;
  }

 private:
  std::optional<Utf16Offsets> utf16_;
  std::optional<RepairedOffsets> repaired_;
};

/// The columns and texts of one item's matches.
class Packing {
 public:
  Packing(const SearchMatches& found, const TextSearch& search, const SearchTextOptions& options,
          std::string_view text)
      : found_(found), search_(search), options_(options), text_(text) {}

  Result<Bytes> pack(ByteView item) {
    const size_t count = found_.matches.size();
    columns_.resize(count * (5 + (options_.text ? 1 : 0) + (options_.lines ? 1 : 0)));
    places(item);
    size_t next = 5;
    if (options_.text && !texts(next++ * count)) return tooLong();
    if (options_.lines && !lines(next * count)) return tooLong();
    groups();
    Result<Bytes> block = Bytes::allocate(columns_.size() * sizeof(uint32_t));
    if (block && !columns_.empty()) {
      std::memcpy(block.value().data(), columns_.data(), block.value().size());
    }
    return block;
  }

  std::string takeTexts() { return std::move(texts_); }
  std::string takeLines() { return std::move(lines_); }

 private:
  static Error tooLong() {
    return Error::of(ErrorCode::kTooLarge,
                     "the text of all matches is longer than a string can be");
  }

  void set(size_t column, size_t row, size_t value) {
    columns_[column * found_.matches.size() + row] = static_cast<uint32_t>(value);
  }

  void places(ByteView item) {
    Offsets begins(options_.offsets, item, text_);
    Offsets lineBegins = begins;
    LineCursor lines(text_);
    for (size_t row = 0; row < found_.matches.size(); ++row) {
      const SearchMatch& match = found_.matches[row];
      lines.moveTo(match.span.begin);
      const size_t begin = begins.at(match.span.begin);
      Offsets end = begins;
      set(0, row, match.pattern);
      set(1, row, begin);
      set(2, row, end.at(match.span.end));
      set(3, row, lines.line());
      set(4, row, begin - lineBegins.at(lines.begin()) + 1);
    }
  }

  bool texts(size_t column) {
    size_t units = 0;
    for (const SearchMatch& match : found_.matches) {
      const std::string_view text =
          text_.substr(match.span.begin, match.span.end - match.span.begin);
      units += utf16UnitsIn(text);
      if (units > kMaxTextUnits) return false;
      texts_.append(text);
      columns_[column++] = static_cast<uint32_t>(units);
    }
    return true;
  }

  bool lines(size_t column) {
    LineCursor lines(text_);
    size_t known = 0;  // the line whose text is the last of lines_
    uint32_t count = 0;
    for (const SearchMatch& match : found_.matches) {
      lines.moveTo(match.span.begin);
      if (lines.line() != known) {
        known = lines.line();
        if (count++ > 0) lines_.push_back('\n');
        lines_.append(text_, lines.begin(), lines.end() - lines.begin());
        if (lines_.size() > kMaxTextUnits) return false;
      }
      columns_[column++] = count - 1;
    }
    return true;
  }

  void groups() {
    for (const SearchMatch& match : found_.matches) {
      for (size_t i = 0; i < search_.captureCount(match.pattern); ++i) {
        const TextSpan group = found_.captures[match.captures + i];
        if (group.begin == TextSpan::kNone) {
          columns_.insert(columns_.end(), {kNowhere, kNowhere});
          continue;
        }
        const auto unitsTo = [&](size_t from, size_t to) {
          return static_cast<uint32_t>(utf16UnitsIn(text_.substr(from, to - from)));
        };
        const uint32_t begin = unitsTo(match.span.begin, group.begin);
        columns_.insert(columns_.end(), {begin, begin + unitsTo(group.begin, group.end)});
      }
    }
  }

  const SearchMatches& found_;
  const TextSearch& search_;
  const SearchTextOptions& options_;
  const std::string_view text_;
  std::vector<uint32_t> columns_;
  std::string texts_;
  std::string lines_;
};

}  // namespace

ResultShape SearchTextOperation::shape() const {
  ResultShape shape;
  shape.numbers = 2;
  shape.texts = 2;
  shape.blocks = 1;
  return shape;
}

Result<void> SearchTextOperation::run(const ItemContext& context, ByteView input,
                                      ItemOutput& output) const {
  std::string_view text = textOf(input);
  std::string repaired;
  if (!isValidUtf8(text)) text = repaired = repairedUtf8(text);
  if (text.size() > kMaxItemBytes) {
    return Error::of(ErrorCode::kTooLarge, "more than 4 GiB of text");
  }
  const auto found = search_->find(text, [&] { return context.check(); });
  if (!found) return found.error();
  output.numbers[0] = static_cast<double>(found.value().matches.size());
  output.numbers[1] = found.value().truncated ? 1 : 0;
  if (found.value().matches.empty()) return {};
  Packing packing(found.value(), *search_, options_, text);
  Result<Bytes> columns = packing.pack(input);
  if (!columns) return std::move(columns).error();
  output.blocks[0] = std::move(columns).value();
  output.texts[0] = packing.takeTexts();
  output.texts[1] = packing.takeLines();
  return {};
}

}  // namespace millrace
