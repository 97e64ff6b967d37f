#include "operations/hash_operation.h"

#include <algorithm>

namespace millrace {
namespace {
constexpr size_t kPieceBytes = 1024 * 1024;  // between two looks at the deadline
}

ResultShape HashOperation::shape() const {
  ResultShape shape;
  shape.fixedText = 2 * digestBytes(options_.algorithm);
  return shape;
}

Result<void> HashOperation::run(const ItemContext& context, ByteView input,
                                ItemOutput& output) const {
  if (input.size() <= kPieceBytes) {
    writeHex(hashOf(options_.algorithm, input).view(), output.fixedText);
    return {};
  }
  Hasher hasher(options_.algorithm);
  while (!input.empty()) {
    Result<void> go = context.check();
    if (!go) return go;
    const ByteView piece = input.first(std::min(input.size(), kPieceBytes));
    hasher.update(piece);
    input = input.subspan(piece.size());
  }
  writeHex(hasher.finish().view(), output.fixedText);
  return {};
}

}  // namespace millrace
