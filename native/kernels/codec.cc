#include "kernels/codec.h"

#include <algorithm>
#include <string>

namespace millrace {
namespace {
constexpr size_t kStepBytes = 1024 * 1024;  // between two checkpoints, of input and of output
}

Error corruptAt(std::string_view format, uint64_t offset, std::string_view why) {
  return Error::of(ErrorCode::kCorruptData, std::string(format) + ", at byte " +
                                                std::to_string(offset) + ": " + std::string(why));
}

Result<void> convertWhole(Codec& codec, ByteView input, GrowingBlock& content,
                          const Checkpoint& checkpoint) {
  while (true) {
    // With the block full and no further growth allowed, one spare byte tells content that merely
    // has its end left from more content.
    std::byte spare{};
    const bool full = content.used() == content.maxBytes();
    if (!full) {
      Result<void> grown = content.makeRoom();
      if (!grown) return grown;
    }
    const MutableByteView room = full ? MutableByteView(&spare, 1) : content.room();
    const ByteView piece = input.first(std::min(input.size(), kStepBytes));
    const Result<CodecStep> step = codec.step(piece, room.first(std::min(room.size(), kStepBytes)),
                                              piece.size() == input.size());
    if (!step) return step.error();
    if (full && step.value().produced > 0) return content.tooLarge();
    content.commit(step.value().produced);
    input = input.subspan(step.value().consumed);
    if (step.value().finished) return {};
    Result<void> go = checkpoint();
    if (!go) return go;
  }
}

}  // namespace millrace
