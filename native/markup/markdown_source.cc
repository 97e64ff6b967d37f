#include "markup/markdown_source.h"

#include <utility>

#include "text/utf8.h"

namespace millrace::markdown {
namespace {

constexpr size_t kPadding = 64;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

}  // namespace

Result<Source> Source::of(std::string_view input, uint64_t maxBytes) {
  if (input.size() > maxBytes) {
    return Error::of(ErrorCode::kTooLarge, "the text has " + std::to_string(input.size()) +
                                               " bytes; the limit is " + std::to_string(maxBytes));
  }
  Source source;
  const std::string_view text = withoutUtf8Bom(input);
  source.hasMark_ = text.size() != input.size();
  source.padded_.reserve(text.size() + kPadding);
  if (isValidUtf8(text)) {
    source.padded_.assign(text);
  } else {
    source.padded_ = repairedUtf8(text);
  }
  if (source.padded_.find('\0') != std::string::npos) source.replaceNul();
  source.size_ = source.padded_.size();
  source.padded_.append(kPadding, '\0');
  return source;
}

void Source::replaceNul() {
  std::string result;
  for (size_t done = 0; true;) {
    const size_t nul = padded_.find('\0', done);
    result.append(padded_, done, nul - done);
    if (nul == std::string::npos) break;
    replaced_.push_back(result.size());
    result.append(kReplacement);
    done = nul + 1;
  }
  padded_ = std::move(result);
}

PlaceCursor::PlaceCursor(const Source& source)
    : text_(source.text()), replaced_(source.replaced()) {
  if (!source.hasMark()) return;
  place_.byte = 3;
  place_.utf16 = 1;
}

const MarkdownPlace& PlaceCursor::at(size_t offset) {
  const std::string_view passed = text_.substr(offset_, offset - offset_);
  place_.byte += passed.size();
  place_.utf16 += utf16UnitsIn(passed);
  for (; nextReplaced_ < replaced_.size() && replaced_[nextReplaced_] < offset; ++nextReplaced_) {
    place_.byte -= kReplacement.size() - 1;
  }
  size_t lineBegin = 0;
  for (size_t end = passed.find_first_of("\r\n"); end != std::string_view::npos;
       end = passed.find_first_of("\r\n", lineBegin)) {
    lineBegin = end + (passed.substr(end).starts_with("\r\n") ? 2 : 1);
    ++place_.line;
    place_.column = 1;
  }
  place_.column += charactersIn(passed.substr(lineBegin));
  offset_ = offset;
  return place_;
}

}  // namespace millrace::markdown
