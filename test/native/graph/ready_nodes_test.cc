#include "graph/ready_nodes.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace millrace {
namespace {

TEST(ReadyNodes, WithoutPrioritiesFirstInFirstOut) {
  ReadyNodes ready(4, {});
  EXPECT_EQ(ready.take(), GraphShape::kNone);
  ready.push(2);
  ready.push(0);
  EXPECT_EQ(ready.take(), 2u);
  ready.push(3);
  EXPECT_EQ(ready.size(), 2u);
  EXPECT_EQ(ready.take(), 0u);
  EXPECT_EQ(ready.take(), 3u);
  EXPECT_TRUE(ready.empty());
  EXPECT_EQ(ready.take(), GraphShape::kNone);
}

TEST(ReadyNodes, WithPrioritiesTheHighestFirstThenTheLowestNumber) {
  ReadyNodes ready(4, std::vector<int32_t>{-1, 5, 5, 7});
  for (const uint32_t node : {0u, 2u, 1u, 3u}) ready.push(node);
  EXPECT_EQ(ready.take(), 3u);
  EXPECT_EQ(ready.take(), 1u);
  EXPECT_EQ(ready.take(), 2u);
  EXPECT_EQ(ready.take(), 0u);
  EXPECT_EQ(ready.take(), GraphShape::kNone);
}

// Against an ordered set, in sizes with one to four levels of bits.
TEST(ReadyNodes, AgreesWithAnOrderedSet) {
  std::mt19937 random(5);
  for (const size_t nodes : {1u, 64u, 65u, 4096u, 4097u, 300'000u}) {
    std::vector<int32_t> priorities(nodes);
    for (int32_t& priority : priorities) priority = static_cast<int32_t>(random() % 100);
    ReadyNodes ready(nodes, priorities);
    std::set<std::pair<int32_t, uint32_t>> expected;
    for (int step = 0; step < 20'000; ++step) {
      const auto node = static_cast<uint32_t>(random() % nodes);
      const auto entry = std::pair(-priorities[node], node);
      if (random() % 5 < 3 && !expected.contains(entry)) {
        expected.insert(entry);
        ready.push(node);
      } else if (!expected.empty()) {
        ASSERT_EQ(ready.take(), expected.begin()->second);
        expected.erase(expected.begin());
      }
      ASSERT_EQ(ready.size(), expected.size());
    }
  }
}

}  // namespace
}  // namespace millrace
