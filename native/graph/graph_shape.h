// The shape of a dependency graph: which nodes wait for which. Immutable once built, so threads
// share it freely. Nodes are the numbers from 0 to nodes() - 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace millrace {

/// `node` waits for `dependency`.
struct GraphEdge {
  uint32_t node;
  uint32_t dependency;
};

class GraphShape {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  /// kDependencyUnknown for an edge that names no node, kTooLarge beyond 2^32 - 2 nodes or edges.
  /// A cycle is accepted: see findCycle(). An edge given twice counts once or twice, to no effect.
  static Result<GraphShape> build(size_t nodes, std::span<const GraphEdge> edges);

  size_t nodes() const { return dependencyCounts_.size(); }

  /// The nodes that wait for `node`, in the order of the edges.
  std::span<const uint32_t> dependantsOf(uint32_t node) const {
    return std::span(dependants_).subspan(offsets_[node], offsets_[node + 1] - offsets_[node]);
  }

  uint32_t dependencyCount(uint32_t node) const { return dependencyCounts_[node]; }

  /// The nodes that wait for nothing, in ascending order.
  std::vector<uint32_t> roots() const;

  /// The members of one cycle, each waiting for the next and the last for the first; empty when
  /// there is none. A.B. Kahn, "Topological sorting of large networks" (CACM 1962).
  std::vector<uint32_t> findCycle() const;

 private:
  // Compressed sparse rows: dependantsOf(n) is dependants_[offsets_[n] .. offsets_[n + 1]).
  std::vector<uint32_t> offsets_;
  std::vector<uint32_t> dependants_;
  std::vector<uint32_t> dependencyCounts_;
};

}  // namespace millrace
