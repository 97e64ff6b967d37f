// Invariant: used_ <= block_.size() <= maxBytes_.
#include "kernels/growing_block.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace millrace {
namespace {
constexpr uint64_t kFirstCapacity = 64 * 1024;
}

Result<void> GrowingBlock::reserve(uint64_t bytes) {
  bytes = std::min(bytes, maxBytes_);
  if (bytes <= block_.size()) return {};
  // Content in many small parts, each of a known size, must not be copied for every one of them.
  bytes = std::min(std::max(bytes, uint64_t{block_.size()} * 2), maxBytes_);
  Result<Bytes> larger = Bytes::allocate(bytes);
  if (!larger) return std::move(larger).error();
  if (used_ > 0) std::memcpy(larger.value().data(), block_.data(), used_);
  block_ = std::move(larger).value();
  return {};
}

Result<void> GrowingBlock::makeRoom() {
  if (used_ < block_.size()) return {};
  return reserve(std::max(kFirstCapacity, uint64_t{used_} + 1));
}

Error GrowingBlock::tooLarge() const {
  return Error::of(ErrorCode::kTooLarge, "the decompressed content is larger than maxBytes (" +
                                             std::to_string(maxBytes_) + ")");
}

Result<Bytes> GrowingBlock::finish() {
  const size_t used = std::exchange(used_, 0);
  return fitted(std::exchange(block_, {}), used);
}

Result<Bytes> fitted(Bytes block, size_t used) {
  if (used >= block.size() - block.size() / 4) {
    block.truncate(used);
    return block;
  }
  Result<Bytes> exact = Bytes::allocate(used);
  if (exact && used > 0) std::memcpy(exact.value().data(), block.data(), used);
  return exact;
}

}  // namespace millrace
