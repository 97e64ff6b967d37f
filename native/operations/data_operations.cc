#include "operations/data_operations.h"

#include <utility>

#include "text/utf8.h"

namespace millrace {
namespace {

ResultShape dataShape() {
  ResultShape shape;
  shape.texts = 2;
  return shape;
}

size_t markBytes(std::string_view file) {
  return file.size() - withoutUtf8Bom(file).size();
}

Result<void> handOver(Result<ParsedData> parsed, ItemOutput& output) {
  if (!parsed) return std::move(parsed).error();
  output.texts[0] = std::move(parsed.value().json);
  output.texts[1] = std::move(parsed.value().specials);
  return {};
}

}  // namespace

ResultShape ParseYamlOperation::shape() const {
  return dataShape();
}

Result<void> ParseYamlOperation::run(const ItemContext& context, ByteView input,
                                     ItemOutput& output) const {
  const std::string_view file = textOf(input);
  return handOver(parseYaml(file, markBytes(file), file.size(), options_,
                            [&context] { return context.check(); }),
                  output);
}

ResultShape ParseTomlOperation::shape() const {
  return dataShape();
}

Result<void> ParseTomlOperation::run(const ItemContext& context, ByteView input,
                                     ItemOutput& output) const {
  const std::string_view file = textOf(input);
  return handOver(parseToml(file, markBytes(file), file.size(), options_,
                            [&context] { return context.check(); }),
                  output);
}

}  // namespace millrace
