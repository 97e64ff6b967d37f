// Searches the item, UTF-8, for many patterns (text/search.h). Bytes that are not UTF-8 count as
// what TextDecoder makes of them. Thread safe, immutable.
//
// Result: number 0 is the count n of matches, number 1 whether there are more; block 0 has columns
// of n uint32: pattern, begin, end, line, column; with `text` where its text ends in text 0; with
// `lines` the number of its line's text among those in text 1, joined by LF; then, with `groups`,
// begin and end of each group of each match within the match's text, in UTF-16 units (0xffffffff
// for none).
#pragma once

#include <memory>

#include "operations/operation.h"
#include "text/search.h"

namespace millrace {

enum class MatchOffsets : uint8_t { kUtf16, kBytes };

struct SearchTextOptions {
  MatchOffsets offsets = MatchOffsets::kUtf16;  ///< what begin, end and column count
  bool text = true;                             ///< the text of each match; groups need it
  bool lines = false;                           ///< the text of each match's line
};

class SearchTextOperation final : public Operation {
 public:
  SearchTextOperation(std::shared_ptr<const TextSearch> search, const SearchTextOptions& options)
      : search_(std::move(search)), options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  /// The text: matches say something about it, they do not replace it.
  ByteView passOn(ByteView input, const ItemOutput&) const override { return input; }

 private:
  const std::shared_ptr<const TextSearch> search_;
  const SearchTextOptions options_;
};

}  // namespace millrace
