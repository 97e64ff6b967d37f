// Invariants: either next_ is used or the ranks are, never both. A bit of levels_[k + 1] is set
// exactly when the word of levels_[k] that it stands for is not 0.
#include "graph/ready_nodes.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace millrace {
namespace {
constexpr size_t kWordBits = 64;
}

ReadyNodes::ReadyNodes(size_t nodes, std::span<const int32_t> priorities) {
  if (priorities.empty()) {
    next_.assign(nodes, GraphShape::kNone);
    return;
  }
  nodeAt_.resize(nodes);
  std::iota(nodeAt_.begin(), nodeAt_.end(), 0u);
  std::stable_sort(nodeAt_.begin(), nodeAt_.end(),
                   [&](uint32_t a, uint32_t b) { return priorities[a] > priorities[b]; });
  rankOf_.resize(nodes);
  for (uint32_t rank = 0; rank < nodes; ++rank) rankOf_[nodeAt_[rank]] = rank;
  for (size_t bits = nodes; levels_.empty() || levels_.back().size() > 1;) {
    bits = (bits + kWordBits - 1) / kWordBits;
    levels_.emplace_back(bits, 0);
  }
}

void ReadyNodes::push(uint32_t node) {
  ++size_;
  if (levels_.empty()) {
    next_[node] = GraphShape::kNone;
    (tail_ == GraphShape::kNone ? head_ : next_[tail_]) = node;
    tail_ = node;
    return;
  }
  size_t bit = rankOf_[node];
  for (auto& level : levels_) {
    level[bit / kWordBits] |= uint64_t{1} << (bit % kWordBits);
    bit /= kWordBits;
  }
}

uint32_t ReadyNodes::take() {
  if (size_ == 0) return GraphShape::kNone;
  --size_;
  if (levels_.empty()) {
    const uint32_t node = head_;
    head_ = next_[node];
    if (head_ == GraphShape::kNone) tail_ = GraphShape::kNone;
    return node;
  }
  size_t bit = 0;
  for (size_t k = levels_.size(); k-- > 0;) {
    bit = bit * kWordBits + static_cast<size_t>(std::countr_zero(levels_[k][bit]));
  }
  const size_t rank = bit;
  for (auto& level : levels_) {
    uint64_t& word = level[bit / kWordBits];
    word &= ~(uint64_t{1} << (bit % kWordBits));
    if (word != 0) break;
    bit /= kWordBits;
  }
  return nodeAt_[rank];
}

}  // namespace millrace
