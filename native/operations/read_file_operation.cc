#include "operations/read_file_operation.h"

#include <utility>

#include "io/file.h"

namespace millrace {

ResultShape ReadFileOperation::shape() const {
  ResultShape shape;
  shape.bytes = true;
  return shape;
}

Result<void> ReadFileOperation::run(const ItemContext& context, ByteView input,
                                    ItemOutput& output) const {
  Result<Bytes> content =
      readFile(textOf(input), options_.maxBytes, [&] { return context.check(); });
  if (!content) return std::move(content).error();
  output.bytes = std::move(content).value();
  return {};
}

}  // namespace millrace
