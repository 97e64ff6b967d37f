// A block of bytes that grows geometrically while content of unknown or untrusted size is written
// to it, and never beyond a limit. One owner at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace millrace {

class GrowingBlock {
 public:
  explicit GrowingBlock(uint64_t maxBytes) : maxBytes_(maxBytes) {}

  /// A capacity of at least `bytes`, as far as the limit allows; at least doubles what it changes.
  /// kOutOfMemory.
  Result<void> reserve(uint64_t bytes);

  /// Doubles the capacity when there is no room left. REQUIRES: used() < maxBytes().
  Result<void> makeRoom();

  /// What has not been written yet.
  MutableByteView room() { return block_.span().subspan(used_); }

  /// Counts the first `bytes` of room() as written. REQUIRES: bytes <= room().size().
  void commit(size_t bytes) { used_ += bytes; }

  ByteView written() const { return block_.view().first(used_); }
  size_t used() const { return used_; }
  size_t capacity() const { return block_.size(); }
  uint64_t maxBytes() const { return maxBytes_; }

  /// The failure of content that is larger than the limit.
  Error tooLarge() const;

  /// What has been written, in a block of about that size. Leaves this empty.
  Result<Bytes> finish();

 private:
  const uint64_t maxBytes_;
  Bytes block_;
  size_t used_ = 0;
};

/// Gives back what a block of the worst-case size does not use, once that is a good part of it.
Result<Bytes> fitted(Bytes block, size_t used);

}  // namespace millrace
