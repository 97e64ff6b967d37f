#include "base/block_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace millrace {
namespace {

TEST(BlockPool, ABlockGivenBackIsUsedAgain) {
  BlockPool pool;
  const Block first = pool.take(100'000).value();
  std::memset(first.data, 1, first.size);
  pool.give(first);
  EXPECT_EQ(pool.keptBytes(), 131'072u);
  const Block second = pool.take(120'000).value();
  EXPECT_EQ(second.data, first.data);
  EXPECT_EQ(second.size, 120'000u);
  EXPECT_EQ(pool.keptBytes(), 0u);
  pool.give(second);
}

TEST(BlockPool, BlocksInUseAreDistinct) {
  BlockPool pool;
  const Block first = pool.take(65'536).value();
  const Block second = pool.take(65'536).value();
  EXPECT_NE(first.data, second.data);
  pool.give(first);
  pool.give(second);
}

TEST(BlockPool, KeepsABoundedAmount) {
  BlockPool pool;
  std::vector<Block> blocks;
  for (int i = 0; i < 40; ++i) blocks.push_back(pool.take(size_t{8} << 20).value());
  for (const Block& block : blocks) pool.give(block);
  EXPECT_EQ(pool.keptBytes(), size_t{128} << 20);
}

TEST(BlockPool, AnImpossibleSizeIsAnError) {
  BlockPool pool;
  EXPECT_EQ(pool.take(SIZE_MAX / 2).error().code, ErrorCode::kOutOfMemory);
}

TEST(BlockTransit, ABlockIsReceivedOnceOrDropped) {
  BlockTransit transit;
  const Block block = BlockPool::shared().take(65'536).value();
  const uint32_t number = transit.send(block);
  EXPECT_NE(number, 0u);
  ASSERT_TRUE(transit.receive(number).has_value());
  EXPECT_FALSE(transit.receive(number).has_value());
  transit.drop(number);  // received: not the sender's any more
  const size_t before = BlockPool::shared().keptBytes();
  transit.drop(transit.send(block));
  EXPECT_EQ(BlockPool::shared().keptBytes(), before + 65'536);
}

TEST(BlockTransit, ThreadsExchangeBlocks) {
  BlockTransit transit;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&transit, thread] {
      for (int i = 0; i < 500; ++i) {
        const Block sent = BlockPool::shared().take(70'000).value();
        std::memset(sent.data, thread, sent.size);
        const std::optional<Block> received = transit.receive(transit.send(sent));
        ASSERT_TRUE(received.has_value());
        EXPECT_EQ(std::to_integer<int>(received->data[received->size - 1]), thread);
        BlockPool::shared().give(*received);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace millrace
