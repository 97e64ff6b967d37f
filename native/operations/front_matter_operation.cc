#include "operations/front_matter_operation.h"

#include <array>
#include <utility>

#include "text/utf8.h"

namespace millrace {
namespace {

// The columns of the numbers.
constexpr size_t kFormat = 0;
constexpr size_t kByteOffsets = 1;
constexpr size_t kUtf16Offsets = 4;
constexpr size_t kBodyLine = 7;
constexpr size_t kBodyIsCut = 8;
constexpr size_t kNumbers = 9;

void writeNumbers(const FrontMatter& found, std::string_view file, std::span<double> numbers) {
  numbers[kFormat] = static_cast<double>(found.format);
  const std::array<size_t, 3> offsets = {found.dataBegin, found.dataEnd, found.bodyBegin};
  Utf16Offsets units(file.substr(0, found.bodyBegin));
  for (size_t i = 0; i < offsets.size(); ++i) {
    numbers[kByteOffsets + i] = static_cast<double>(offsets[i]);
    numbers[kUtf16Offsets + i] = static_cast<double>(units.at(offsets[i]));
  }
  const TextPosition body = positionAt(file.substr(0, found.bodyBegin), found.bodyBegin);
  numbers[kBodyLine] = static_cast<double>(body.line);
}

}  // namespace

ResultShape FrontMatterOperation::shape() const {
  ResultShape shape;
  shape.numbers = kNumbers;
  shape.texts = options_.body ? 3 : 2;
  return shape;
}

Result<void> FrontMatterOperation::run(const ItemContext& context, ByteView input,
                                       ItemOutput& output) const {
  const std::string_view file = textOf(input);
  Result<FrontMatter> parsed =
      parseFrontMatter(file, options_.parsing, [&context] { return context.check(); });
  if (!parsed) return std::move(parsed).error();
  FrontMatter& found = parsed.value();
  writeNumbers(found, file, output.numbers);
  output.texts[0] = std::move(found.data.json);
  output.texts[1] = std::move(found.data.specials);
  output.numbers[kBodyIsCut] = context.inputIsKept ? 1 : 0;
  if (options_.body && !context.inputIsKept)
    output.texts[2] = repairedUtf8(file.substr(found.bodyBegin));
  return {};
}

ByteView FrontMatterOperation::passOn(ByteView input, const ItemOutput& output) const {
  return input.subspan(static_cast<size_t>(output.numbers[kByteOffsets + 2]));
}

}  // namespace millrace
