// Invariants: offsets_ has nodes() + 1 ascending entries and ends at dependants_.size(), which is
// the sum of dependencyCounts_.
#include "graph/graph_shape.h"

#include <algorithm>
#include <string>

namespace millrace {

Result<GraphShape> GraphShape::build(size_t nodes, std::span<const GraphEdge> edges) {
  if (nodes >= kNone || edges.size() >= kNone) {
    return Error::of(ErrorCode::kTooLarge, "more than 2^32 - 2 nodes or edges");
  }
  GraphShape shape;
  shape.offsets_.assign(nodes + 1, 0);
  shape.dependants_.resize(edges.size());
  shape.dependencyCounts_.assign(nodes, 0);
  for (const GraphEdge& edge : edges) {
    const uint32_t largest = std::max(edge.node, edge.dependency);
    if (largest >= nodes) {
      return Error::of(ErrorCode::kDependencyUnknown,
                       "node " + std::to_string(largest) + " of " + std::to_string(nodes));
    }
    ++shape.offsets_[edge.dependency + 1];
    ++shape.dependencyCounts_[edge.node];
  }
  for (size_t i = 1; i <= nodes; ++i) shape.offsets_[i] += shape.offsets_[i - 1];
  std::vector<uint32_t> end(shape.offsets_.begin(), shape.offsets_.end() - 1);
  for (const GraphEdge& edge : edges) shape.dependants_[end[edge.dependency]++] = edge.node;
  return shape;
}

std::vector<uint32_t> GraphShape::roots() const {
  std::vector<uint32_t> roots;
  for (uint32_t node = 0; node < nodes(); ++node) {
    if (dependencyCounts_[node] == 0) roots.push_back(node);
  }
  return roots;
}

std::vector<uint32_t> GraphShape::findCycle() const {
  std::vector<uint32_t> pending = dependencyCounts_;
  std::vector<uint32_t> order = roots();
  for (size_t i = 0; i < order.size(); ++i) {
    for (const uint32_t dependant : dependantsOf(order[i])) {
      if (--pending[dependant] == 0) order.push_back(dependant);
    }
  }
  if (order.size() == nodes()) return {};
  // Every node left waits for another node left: following one such dependency from anywhere has
  // to come back to a node already visited, and from there on it is a cycle.
  std::vector<uint32_t> dependency(nodes(), kNone);
  uint32_t at = kNone;
  for (uint32_t node = 0; node < nodes(); ++node) {
    if (pending[node] == 0) continue;
    at = node;
    for (const uint32_t dependant : dependantsOf(node)) dependency[dependant] = node;
  }
  std::vector<bool> visited(nodes(), false);
  for (; !visited[at]; at = dependency[at]) visited[at] = true;
  std::vector<uint32_t> cycle;
  for (uint32_t node = at; cycle.empty() || node != at; node = dependency[node]) {
    cycle.push_back(node);
  }
  return cycle;
}

}  // namespace millrace
