// Large blocks of memory that are used, given back and used again: fresh memory costs a page fault
// for every 4 KiB, several times what copying into warm memory costs. The shared pool is
// process-wide and never destroyed. Thread safe. Sizes are rounded up to powers of two; what is
// kept beyond a bound is freed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace millrace {

/// `size` bytes at `data`, owned by whoever holds it, who gives it to BlockPool::give() in the end.
struct Block {
  std::byte* data;
  size_t size;
};

class BlockPool {
 public:
  static BlockPool& shared();

  BlockPool() = default;
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  /// A block with undefined content, or kOutOfMemory.
  Result<Block> take(size_t size);

  void give(Block block) noexcept;

  /// Bytes that wait to be used again.
  size_t keptBytes();

 private:
  static constexpr size_t kClasses = 48;

  std::mutex mutex_;  // guards everything below
  std::array<std::vector<std::byte*>, kClasses> kept_;
  size_t keptBytes_ = 0;
};

/// Blocks on their way from one isolate to another, each under a number that only its receiver is
/// told. Process-wide, thread safe.
class BlockTransit {
 public:
  static BlockTransit& shared();

  uint32_t send(Block block);

  /// The block, once.
  std::optional<Block> receive(uint32_t number);

  /// Gives the block back to the pool if nobody has received it.
  void drop(uint32_t number);

 private:
  std::mutex mutex_;  // guards everything below
  std::unordered_map<uint32_t, Block> blocks_;
  uint32_t next_ = 1;
};

}  // namespace millrace
