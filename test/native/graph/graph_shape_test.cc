#include "graph/graph_shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace millrace {
namespace {

using Nodes = std::vector<uint32_t>;

GraphShape shapeOf(size_t nodes, const std::vector<GraphEdge>& edges) {
  Result<GraphShape> shape = GraphShape::build(nodes, edges);
  EXPECT_TRUE(shape.ok());
  return std::move(shape).value();
}

Nodes dependantsOf(const GraphShape& shape, uint32_t node) {
  const auto dependants = shape.dependantsOf(node);
  return {dependants.begin(), dependants.end()};
}

/// Starts the cycle at its lowest member, keeping the order.
Nodes rotated(Nodes cycle) {
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  return cycle;
}

TEST(GraphShape, KnowsDependantsCountsAndRoots) {
  const GraphShape shape = shapeOf(5, {{1, 0}, {2, 0}, {3, 1}, {3, 2}});
  EXPECT_EQ(shape.nodes(), 5u);
  EXPECT_EQ(dependantsOf(shape, 0), (Nodes{1, 2}));
  EXPECT_EQ(dependantsOf(shape, 1), (Nodes{3}));
  EXPECT_TRUE(dependantsOf(shape, 3).empty());
  EXPECT_EQ(shape.dependencyCount(0), 0u);
  EXPECT_EQ(shape.dependencyCount(3), 2u);
  EXPECT_EQ(shape.roots(), (Nodes{0, 4}));
  EXPECT_TRUE(shape.findCycle().empty());
}

TEST(GraphShape, CanBeEmpty) {
  const GraphShape shape = shapeOf(0, {});
  EXPECT_EQ(shape.nodes(), 0u);
  EXPECT_TRUE(shape.roots().empty());
  EXPECT_TRUE(shape.findCycle().empty());
}

TEST(GraphShape, RefusesAnEdgeToNoNode) {
  for (const GraphEdge edge : {GraphEdge{3, 0}, GraphEdge{0, 3}, GraphEdge{0, UINT32_MAX}}) {
    const Result<GraphShape> shape = GraphShape::build(3, std::vector<GraphEdge>{edge});
    ASSERT_FALSE(shape.ok());
    EXPECT_EQ(shape.error().code, ErrorCode::kDependencyUnknown);
  }
}

TEST(GraphShape, ReportsACycleInOrder) {
  // 1 waits for 2, 2 for 3, 3 for 1; 4 waits for the cycle, 0 is outside.
  const GraphShape shape = shapeOf(5, {{1, 0}, {1, 2}, {2, 3}, {3, 1}, {4, 3}});
  EXPECT_EQ(rotated(shape.findCycle()), (Nodes{1, 2, 3}));
}

TEST(GraphShape, ANodeThatWaitsForItselfIsACycle) {
  EXPECT_EQ(shapeOf(3, {{1, 1}}).findCycle(), (Nodes{1}));
}

TEST(GraphShape, TwoNodesThatWaitForEachOtherAreACycle) {
  EXPECT_EQ(rotated(shapeOf(2, {{0, 1}, {1, 0}}).findCycle()), (Nodes{0, 1}));
}

// A cycle is found exactly when one was put in, and each member waits for the next.
TEST(GraphShape, FindsCyclesInRandomGraphs) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const uint32_t nodes = 2 + random() % 40;
    std::vector<GraphEdge> edges;
    for (uint32_t i = 0; i < nodes * 2; ++i) {
      const uint32_t a = random() % nodes;
      const uint32_t b = random() % nodes;
      if (a != b) edges.push_back({std::max(a, b), std::min(a, b)});
    }
    EXPECT_TRUE(shapeOf(nodes, edges).findCycle().empty());
    const uint32_t low = random() % (nodes - 1);
    edges.push_back({low, nodes - 1});
    edges.push_back({nodes - 1, low});
    const Nodes cycle = shapeOf(nodes, edges).findCycle();
    ASSERT_GE(cycle.size(), 2u);
    for (size_t i = 0; i < cycle.size(); ++i) {
      const uint32_t node = cycle[i];
      const uint32_t dependency = cycle[(i + 1) % cycle.size()];
      EXPECT_TRUE(std::any_of(edges.begin(), edges.end(), [&](const GraphEdge& edge) {
        return edge.node == node && edge.dependency == dependency;
      }));
    }
  }
}

}  // namespace
}  // namespace millrace
