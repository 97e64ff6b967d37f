#include "operations/hash_stream_operation.h"

#include <algorithm>

namespace millrace {
namespace {
constexpr size_t kPieceBytes = 1024 * 1024;  // between two looks at the deadline
}

Result<void> HashStreamOperation::run(const ItemContext& context, ByteView input,
                                      ItemOutput& output) const {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return Error::of(ErrorCode::kInternal, "one stream, two threads");
  if (input.empty()) {
    writeHex(hasher_.digest().view(), output.fixedText);
    return {};
  }
  while (!input.empty()) {
    Result<void> go = context.check();
    if (!go) return go;
    const ByteView piece = input.first(std::min(input.size(), kPieceBytes));
    hasher_.update(piece);
    input = input.subspan(piece.size());
  }
  return {};
}

}  // namespace millrace
