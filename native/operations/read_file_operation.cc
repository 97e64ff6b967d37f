#include "operations/read_file_operation.h"

#include <utility>

#include "io/file.h"

namespace millrace {

ResultShape ReadFileOperation::shape() const {
  ResultShape shape;
  shape.blocks = 1;
  return shape;
}

Result<void> ReadFileOperation::run(const ItemContext& context, ByteView input,
                                    ItemOutput& output) const {
  Result<Bytes> content =
      readFile(textOf(input), options_.maxBytes, [&] { return context.check(); });
  if (!content) return std::move(content).error();
  output.blocks[0] = std::move(content).value();
  return {};
}

}  // namespace millrace
