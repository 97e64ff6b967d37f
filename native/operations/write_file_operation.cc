#include "operations/write_file_operation.h"

namespace millrace {

ResultShape WriteFileOperation::shape() const {
  ResultShape shape;
  shape.numbers = 2;
  return shape;
}

Result<void> WriteFileOperation::run(const ItemContext& context, ByteView,
                                     ItemOutput& output) const {
  const ByteView content = context.parts[1];
  const Result<bool> created =
      writeFile(textOf(context.parts[0]), content, options_, [&] { return context.check(); });
  if (!created) return created.error();
  output.numbers[0] = static_cast<double>(content.size());
  output.numbers[1] = created.value() ? 1 : 0;
  return {};
}

}  // namespace millrace
