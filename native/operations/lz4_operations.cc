#include "operations/lz4_operations.h"

#include <utility>

#include "kernels/lz4_frame.h"

namespace millrace {
namespace {

ResultShape bytesOnly() {
  ResultShape shape;
  shape.blocks = 1;
  return shape;
}

}  // namespace

ResultShape Lz4CompressOperation::shape() const {
  return bytesOnly();
}

Result<void> Lz4CompressOperation::run(const ItemContext& context, ByteView input,
                                       ItemOutput& output) const {
  Result<Bytes> frame = compressLz4(input, options_.level, [&] { return context.check(); });
  if (!frame) return std::move(frame).error();
  output.blocks[0] = std::move(frame).value();
  return {};
}

ResultShape Lz4DecompressOperation::shape() const {
  return bytesOnly();
}

Result<void> Lz4DecompressOperation::run(const ItemContext& context, ByteView input,
                                         ItemOutput& output) const {
  Result<Bytes> content = decompressLz4(input, options_.maxBytes, [&] { return context.check(); });
  if (!content) return std::move(content).error();
  output.blocks[0] = std::move(content).value();
  return {};
}

}  // namespace millrace
