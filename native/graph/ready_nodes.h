// The nodes of a graph that may start: first in, first out, or by priority. Not synchronised: the
// owner guards it. Allocates at construction only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "graph/graph_shape.h"

namespace millrace {

class ReadyNodes {
 public:
  /// `priorities` has one entry per node, the highest goes first and equal ones in the order of
  /// their numbers; empty for first in, first out.
  ReadyNodes(size_t nodes, std::span<const int32_t> priorities);

  void push(uint32_t node);

  /// The node to start next, or GraphShape::kNone.
  uint32_t take();

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

 private:
  // First in, first out: a list linked by node numbers.
  std::vector<uint32_t> next_;
  uint32_t head_ = GraphShape::kNone;
  uint32_t tail_ = GraphShape::kNone;

  // By priority: nodes are ranked once, and the ready ranks are the set bits of levels_[0]; a bit
  // of the next level says that the word below it is not 0. So the lowest rank is found by one
  // count of trailing zeros per level, four levels for 16 million nodes.
  std::vector<uint32_t> rankOf_;
  std::vector<uint32_t> nodeAt_;
  std::vector<std::vector<uint64_t>> levels_;

  size_t size_ = 0;
};

}  // namespace millrace
