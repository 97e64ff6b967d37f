#include "base/pooled_bytes.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace millrace {

PooledBytes::~PooledBytes() {
  if (block_.data != nullptr) BlockPool::shared().give(block_);
}

void PooledBytes::reserve(size_t capacity) {
  if (capacity <= block_.size) return;
  const Result<Block> taken = BlockPool::shared().take(capacity);
  if (!taken) throw std::bad_alloc();
  if (size_ > 0) std::memcpy(taken.value().data, block_.data, size_);
  if (block_.data != nullptr) BlockPool::shared().give(block_);
  block_ = taken.value();
}

void PooledBytes::append(ByteView bytes) {
  if (bytes.empty()) return;
  if (bytes.size() > block_.size - size_) {
    reserve(std::max(size_ + bytes.size(), 2 * block_.size));
  }
  std::memcpy(block_.data + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

}  // namespace millrace
