#include "operations/gzip_operations.h"

#include <utility>

namespace millrace {

ResultShape GzipOperation::shape() const {
  return {.blocks = 1};
}

Result<void> GzipOperation::run(const ItemContext& context, ByteView input,
                                ItemOutput& output) const {
  Result<Bytes> member =
      compressDeflate(input, options_.format, options_.level, [&] { return context.check(); });
  if (!member) return std::move(member).error();
  output.blocks[0] = std::move(member).value();
  return {};
}

ResultShape GunzipOperation::shape() const {
  return {.blocks = 1};
}

Result<void> GunzipOperation::run(const ItemContext& context, ByteView input,
                                  ItemOutput& output) const {
  Result<Bytes> content =
      decompressDeflate(input, options_.format, options_.maxBytes, [&] { return context.check(); });
  if (!content) return std::move(content).error();
  output.blocks[0] = std::move(content).value();
  return {};
}

}  // namespace millrace
