// Bytes that grow at their end, in a block of the shared pool: what carries the items of one batch
// after the other stays warm. Not synchronised; owned by whoever holds it.
#pragma once

#include <string_view>
#include <utility>

#include "base/block_pool.h"
#include "base/bytes.h"

namespace millrace {

class PooledBytes {
 public:
  PooledBytes() = default;
  explicit PooledBytes(std::string_view text) { append(bytesOf(text)); }
  PooledBytes(PooledBytes&& other) noexcept
      : block_(std::exchange(other.block_, Block{nullptr, 0})),
        size_(std::exchange(other.size_, 0)) {}
  PooledBytes& operator=(PooledBytes&&) = delete;
  PooledBytes(const PooledBytes&) = delete;
  PooledBytes& operator=(const PooledBytes&) = delete;
  ~PooledBytes();

  /// Makes room for `capacity` bytes in all. Throws std::bad_alloc.
  void reserve(size_t capacity);

  /// Throws std::bad_alloc. REQUIRES: `bytes` are not of this.
  void append(ByteView bytes);

  size_t size() const { return size_; }
  ByteView view() const { return {block_.data, size_}; }

 private:
  Block block_{nullptr, 0};
  size_t size_ = 0;
};

}  // namespace millrace
