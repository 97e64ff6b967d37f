#include "base/block_pool.h"

#include <bit>
#include <cstdlib>
#include <new>

namespace millrace {
namespace {

// Enough for what is on its way to many workers; beyond it memory goes back to the system.
constexpr size_t kMaxKeptBytes = size_t{128} << 20;

size_t classOf(size_t size) {
  return std::bit_width(size == 0 ? size_t{0} : size - 1);
}
size_t capacityOf(size_t classNumber) {
  return size_t{1} << classNumber;
}

}  // namespace

BlockPool& BlockPool::shared() {
  static auto* pool = new BlockPool;  // NOLINT(*-owning-memory): never destroyed
  return *pool;
}

BlockPool::~BlockPool() {
  for (const std::vector<std::byte*>& kept : kept_) {
    for (std::byte* data : kept) std::free(data);
  }
}

Result<Block> BlockPool::take(size_t size) {
  const size_t number = classOf(size);
  if (number >= kClasses) return Error::of(ErrorCode::kOutOfMemory);
  {
    std::lock_guard lock(mutex_);
    std::vector<std::byte*>& kept = kept_[number];
    if (!kept.empty()) {
      std::byte* data = kept.back();
      kept.pop_back();
      keptBytes_ -= capacityOf(number);
      return Block{data, size};
    }
  }
  auto* data = static_cast<std::byte*>(std::malloc(capacityOf(number)));
  if (data == nullptr) return Error::of(ErrorCode::kOutOfMemory);
  return Block{data, size};
}

void BlockPool::give(Block block) noexcept {
  const size_t number = classOf(block.size);
  {
    std::lock_guard lock(mutex_);
    if (keptBytes_ + capacityOf(number) <= kMaxKeptBytes) {
      try {
        kept_[number].push_back(block.data);
        keptBytes_ += capacityOf(number);
        return;
      } catch (const std::bad_alloc&) {  // then it is freed
      }
    }
  }
  std::free(block.data);
}

size_t BlockPool::keptBytes() {
  std::lock_guard lock(mutex_);
  return keptBytes_;
}

BlockTransit& BlockTransit::shared() {
  static auto* transit = new BlockTransit;  // NOLINT(*-owning-memory): never destroyed
  return *transit;
}

uint32_t BlockTransit::send(Block block) {
  std::lock_guard lock(mutex_);
  while (next_ == 0 || blocks_.count(next_) > 0) ++next_;
  blocks_.emplace(next_, block);
  return next_++;
}

std::optional<Block> BlockTransit::receive(uint32_t number) {
  std::lock_guard lock(mutex_);
  const auto found = blocks_.find(number);
  if (found == blocks_.end()) return std::nullopt;
  const Block block = found->second;
  blocks_.erase(found);
  return block;
}

void BlockTransit::drop(uint32_t number) {
  const std::optional<Block> block = receive(number);
  if (block) BlockPool::shared().give(*block);
}

}  // namespace millrace
