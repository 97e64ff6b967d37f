#include "base/pooled_bytes.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace millrace {
namespace {

TEST(PooledBytes, HoldWhatIsAppendedWhereverTheyGrowTo) {
  PooledBytes bytes;
  EXPECT_TRUE(bytes.view().empty());
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string piece(static_cast<size_t>(i % 37), static_cast<char>('a' + i % 26));
    bytes.append(bytesOf(piece));
    expected += piece;
  }
  EXPECT_EQ(textOf(bytes.view()), expected);
  EXPECT_EQ(bytes.size(), expected.size());
}

TEST(PooledBytes, MoveTheirContent) {
  PooledBytes bytes("content");
  const PooledBytes moved(std::move(bytes));
  EXPECT_EQ(textOf(moved.view()), "content");
}

TEST(PooledBytes, GiveTheirBlockBackToThePool) {
  BlockPool& pool = BlockPool::shared();
  constexpr size_t kSize = 3 << 20;
  { PooledBytes warm(std::string(kSize, 'x')); }
  const size_t kept = pool.keptBytes();
  {
    PooledBytes bytes;
    bytes.reserve(kSize);
    EXPECT_LT(pool.keptBytes(), kept);
  }
  EXPECT_EQ(pool.keptBytes(), kept);
}

TEST(PooledBytes, SayWhenThereIsNoMemory) {
  PooledBytes bytes("x");
  EXPECT_THROW(bytes.reserve(SIZE_MAX / 2), std::bad_alloc);
  EXPECT_EQ(textOf(bytes.view()), "x");
}

}  // namespace
}  // namespace millrace
