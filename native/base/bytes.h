// Views of bytes and an owning block of uninitialised bytes whose allocation can fail without a
// throw. Not synchronised: one owner at a time.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace millrace {

using ByteView = std::span<const std::byte>;
using MutableByteView = std::span<std::byte>;

inline ByteView bytesOf(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view textOf(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// An owning block. The memory comes from malloc, so release() may be freed with std::free.
class Bytes {
 public:
  Bytes() = default;

  /// `size` uninitialised bytes, or kOutOfMemory.
  static Result<Bytes> allocate(size_t size) {
    Bytes block;
    if (size == 0) return block;
    block.data_.reset(static_cast<std::byte*>(std::malloc(size)));
    if (!block.data_) return Error::of(ErrorCode::kOutOfMemory);
    block.size_ = size;
    return block;
  }

  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  ByteView view() const { return {data_.get(), size_}; }
  MutableByteView span() { return {data_.get(), size_}; }

  /// Forgets the tail beyond `size`. REQUIRES: size <= this->size().
  void truncate(size_t size) { size_ = size; }

  /// Hands the block over to the caller, who frees it with std::free.
  std::byte* release() {
    size_ = 0;
    return data_.release();
  }

 private:
  struct Free {
    void operator()(std::byte* block) const { std::free(block); }
  };
  std::unique_ptr<std::byte, Free> data_;
  size_t size_ = 0;
};

}  // namespace millrace
