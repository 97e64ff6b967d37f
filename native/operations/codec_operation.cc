// Invariant: waiting_ is empty unless hasMore_.
#include "operations/codec_operation.h"

#include <algorithm>
#include <utility>

#include "kernels/growing_block.h"

namespace millrace {
namespace {
constexpr size_t kBlockBytes = 256 * 1024;
constexpr size_t kStepBytes = 64 * 1024;  // of input between two looks at the deadline
}  // namespace

/// Converts until `room` is full or nothing is left to do. Returns what it has written.
Result<size_t> CodecOperation::fill(const ItemContext& context, ByteView& input,
                                    MutableByteView room) const {
  size_t used = 0;
  while (used < room.size() && !finished_) {
    Result<void> go = context.check();
    if (!go) return std::move(go).error();
    const ByteView piece = input.first(std::min(input.size(), kStepBytes));
    const bool isLast = hasEnded_ && piece.size() == input.size();
    const Result<CodecStep> step = codec_->step(piece, room.subspan(used), isLast);
    if (!step) return step.error();
    used += step.value().produced;
    input = input.subspan(step.value().consumed);
    finished_ = step.value().finished;
    if (used < room.size() && input.empty() && !isLast) break;
    if (used < room.size() && step.value().consumed + step.value().produced == 0 && !finished_) {
      return Error::of(ErrorCode::kInternal, "a codec does not come to its end");
    }
  }
  return used;
}

Result<void> CodecOperation::runLocked(const ItemContext& context, ByteView input,
                                       ItemOutput& output) const {
  if (finished_) return Error::of(ErrorCode::kClosed, "the stream has ended");
  if (input.empty() && !hasMore_) hasEnded_ = true;
  std::string joined;
  if (!waiting_.empty()) {
    joined = std::exchange(waiting_, {});
    joined.append(textOf(input));
    input = bytesOf(joined);
  }
  Result<Bytes> block = Bytes::allocate(kBlockBytes);
  if (!block) return std::move(block).error();
  const Result<size_t> used = fill(context, input, block.value().span());
  if (!used) return used.error();
  producedBytes_ += used.value();
  if (producedBytes_ > maxBytes_) {
    return Error::of(ErrorCode::kTooLarge, "the decompressed content is larger than maxBytes (" +
                                               std::to_string(maxBytes_) + ")");
  }
  hasMore_ = used.value() == kBlockBytes && !finished_;
  waiting_ = textOf(input);
  output.numbers[0] = hasMore_ ? 1 : 0;
  Result<Bytes> result = fitted(std::move(block).value(), used.value());
  if (!result) return std::move(result).error();
  output.blocks[0] = std::move(result).value();
  return {};
}

Result<void> CodecOperation::run(const ItemContext& context, ByteView input,
                                 ItemOutput& output) const {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return Error::of(ErrorCode::kInternal, "one stream, two threads");
  if (failure_) return *failure_;
  Result<void> done = runLocked(context, input, output);
  if (!done) failure_ = done.error();
  return done;
}

}  // namespace millrace
