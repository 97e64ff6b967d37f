#include "operations/zstd_operations.h"

#include <utility>

namespace millrace {

ResultShape ZstdCompressOperation::shape() const {
  return {.blocks = 1};
}

Result<void> ZstdCompressOperation::run(const ItemContext& context, ByteView input,
                                        ItemOutput& output) const {
  Result<Bytes> frame = compressZstd(input, options_, [&] { return context.check(); });
  if (!frame) return std::move(frame).error();
  output.blocks[0] = std::move(frame).value();
  return {};
}

ResultShape ZstdDecompressOperation::shape() const {
  return {.blocks = 1};
}

Result<void> ZstdDecompressOperation::run(const ItemContext& context, ByteView input,
                                          ItemOutput& output) const {
  Result<Bytes> content =
      decompressZstd(input, maxBytes_, options_, [&] { return context.check(); });
  if (!content) return std::move(content).error();
  output.blocks[0] = std::move(content).value();
  return {};
}

}  // namespace millrace
