#include "operations/text_operations.h"

#include <optional>
#include <string>
#include <utility>

#include "io/file.h"
#include "text/utf8.h"

namespace millrace {
namespace {

ResultShape oneText() {
  ResultShape shape;
  shape.texts = 1;
  return shape;
}

/// Valid UTF-8 without byte order mark: the item itself, or what had to be repaired of it.
class ItemText {
 public:
  explicit ItemText(ByteView item) : text_(textOf(item)) {
    if (!isValidUtf8(text_)) text_ = repaired_.emplace(repairedUtf8(text_));
    text_ = withoutUtf8Bom(text_);
  }
  ItemText(const ItemText&) = delete;
  ItemText& operator=(const ItemText&) = delete;

  std::string_view view() const { return text_; }

 private:
  std::string_view text_;
  std::optional<std::string> repaired_;
};

Result<void> decodeInto(ByteView bytes, const DecodeOptions& options, const ItemContext& context,
                        ItemOutput& output) {
  Result<std::string> text = decodeText(bytes, options, [&] { return context.check(); });
  if (!text) return std::move(text).error();
  output.texts[0] = std::move(text).value();
  return {};
}

}  // namespace

ResultShape ReadTextOperation::shape() const {
  return oneText();
}

Result<void> ReadTextOperation::run(const ItemContext& context, ByteView input,
                                    ItemOutput& output) const {
  // UTF-16 has up to twice the bytes of its UTF-8; the mark belongs to no text.
  const uint64_t mostBytes =
      options_.maxBytes < (UINT64_MAX >> 2) ? options_.maxBytes * 2 + 3 : UINT64_MAX;
  Result<Bytes> content = readFile(textOf(input), mostBytes, [&] { return context.check(); });
  if (!content) return std::move(content).error();
  return decodeInto(content.value().view(), options_, context, output);
}

ResultShape DecodeTextOperation::shape() const {
  return oneText();
}

Result<void> DecodeTextOperation::run(const ItemContext& context, ByteView input,
                                      ItemOutput& output) const {
  return decodeInto(input, options_, context, output);
}

ResultShape LinesOperation::shape() const {
  ResultShape shape;
  shape.numbers = 1;
  shape.texts = 1;
  return shape;
}

Result<void> LinesOperation::run(const ItemContext& context, ByteView input,
                                 ItemOutput& output) const {
  const ItemText text(input);
  Result<LineList> lines = linesOf(text.view(), options_, [&] { return context.check(); });
  if (!lines) return std::move(lines).error();
  output.numbers[0] = static_cast<double>(lines.value().count);
  output.texts[0] = std::move(lines.value().joined);
  return {};
}

ResultShape NormalizeTextOperation::shape() const {
  return oneText();
}

Result<void> NormalizeTextOperation::run(const ItemContext& context, ByteView input,
                                         ItemOutput& output) const {
  const ItemText text(input);
  Result<std::string> normal =
      normalizedText(text.view(), options_, [&] { return context.check(); });
  if (!normal) return std::move(normal).error();
  output.texts[0] = std::move(normal).value();
  return {};
}

}  // namespace millrace
