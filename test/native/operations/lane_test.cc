#include "operations/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "../thread_sink.h"
#include "function_operation.h"

namespace millrace {
namespace {

using testing::FunctionOperation;
using testing::ManualSink;
using testing::ThreadSink;

/// What a lane delivers. Waiting has no time limit: a lost batch is a test that never ends.
class Inbox {
 public:
  Lane::Receiver receiver() {
    return [this](std::shared_ptr<Batch> batch) {
      std::lock_guard lock(mutex_);
      ++deliveries_[batch->id()];
      batches_[batch->id()] = std::move(batch);
      changed_.notify_all();
    };
  }
  std::shared_ptr<Batch> wait(uint32_t id) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return batches_.count(id) > 0; });
    return batches_[id];
  }
  int deliveries(uint32_t id) {
    std::lock_guard lock(mutex_);
    return deliveries_[id];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint32_t, std::shared_ptr<Batch>> batches_;
  std::map<uint32_t, int> deliveries_;
};

using Function = FunctionOperation::Function;

std::shared_ptr<const Operation> operationOf(Function function) {
  ResultShape shape;
  shape.numbers = 1;
  return std::make_shared<FunctionOperation>(shape, std::move(function));
}

/// Counts its runs in the item's result.
std::shared_ptr<const Operation> counting() {
  return operationOf([](const ItemContext&, ByteView, ItemOutput& output) -> Result<void> {
    output.numbers[0] += 1;
    return {};
  });
}

std::shared_ptr<Batch> batchOf(uint32_t id, size_t count, const Lane& lane) {
  return std::make_shared<Batch>(id, count, PooledBytes(), std::vector<size_t>(), 0,
                                 lane.operation().shape());
}

TEST(Lane, RunsEveryItemOnceAndDeliversEveryBatchOnce) {
  Inbox inbox;
  ThreadSink pool(4);
  const auto lane = Lane::open(counting(), pool, 4, inbox.receiver());
  for (uint32_t id = 0; id < 50; ++id) ASSERT_TRUE(lane->submit(batchOf(id, 200, *lane)));
  for (uint32_t id = 0; id < 50; ++id) {
    const std::shared_ptr<Batch> batch = inbox.wait(id);
    for (const double runs : batch->numbers()) ASSERT_EQ(runs, 1);
    EXPECT_TRUE(batch->errors().empty());
  }
  for (uint32_t id = 0; id < 50; ++id) EXPECT_EQ(inbox.deliveries(id), 1);
}

TEST(Lane, ASlowItemDoesNotHoldItsNeighbours) {
  constexpr size_t kItems = 40;
  std::mutex mutex;
  std::condition_variable changed;
  size_t finished = 0;
  std::atomic<size_t> started{0};
  Inbox inbox;
  ThreadSink pool(2);
  const auto lane =
      Lane::open(operationOf([&](const ItemContext&, ByteView, ItemOutput&) -> Result<void> {
                   std::unique_lock lock(mutex);
                   // The first one waits for all others, which the other thread has to run.
                   if (started++ == 0) changed.wait(lock, [&] { return finished == kItems - 1; });
                   ++finished;
                   changed.notify_all();
                   return {};
                 }),
                 pool, 2, inbox.receiver());
  ASSERT_TRUE(lane->submit(batchOf(1, kItems, *lane)));
  EXPECT_TRUE(inbox.wait(1)->errors().empty());
}

TEST(Lane, RunsUpToTheLimitAtOnceAndNotMore) {
  constexpr size_t kLimit = 3;
  std::mutex mutex;
  std::condition_variable changed;
  size_t running = 0;
  size_t most = 0;
  Inbox inbox;
  ThreadSink pool(8);
  const auto lane =
      Lane::open(operationOf([&](const ItemContext&, ByteView, ItemOutput&) -> Result<void> {
                   std::unique_lock lock(mutex);
                   most = std::max(most, ++running);
                   changed.notify_all();
                   // Nobody leaves before the limit has been reached once.
                   changed.wait(lock, [&] { return most >= kLimit; });
                   --running;
                   return {};
                 }),
                 pool, kLimit, inbox.receiver());
  for (uint32_t id = 0; id < 10; ++id) ASSERT_TRUE(lane->submit(batchOf(id, 30, *lane)));
  for (uint32_t id = 0; id < 10; ++id) inbox.wait(id);
  EXPECT_EQ(most, kLimit);
}

TEST(Lane, ALimitThatIsRaisedLetsMoreItemsRun) {
  std::mutex mutex;
  std::condition_variable changed;
  size_t running = 0;
  Inbox inbox;
  ThreadSink pool(8);
  const auto lane = Lane::open(
      operationOf([&](const ItemContext&, ByteView, ItemOutput&) -> Result<void> {
        std::unique_lock lock(mutex);
        ++running;
        changed.notify_all();
        changed.wait(lock, [&] { return running >= 4; });  // impossible at the first limit
        return {};
      }),
      pool, 1, inbox.receiver());
  ASSERT_TRUE(lane->submit(batchOf(1, 4, *lane)));
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return running == 1; });
  }
  lane->setLimit(4);
  inbox.wait(1);
}

TEST(Lane, ALimitThatIsLoweredHoldsFromTheNextItemOn) {
  std::shared_ptr<Lane> lane;
  ManualSink pool;
  Inbox inbox;
  lane = Lane::open(counting(), pool, 4, inbox.receiver());
  ASSERT_TRUE(lane->submit(batchOf(1, 100, *lane)));
  EXPECT_EQ(pool.waiting(), 4u);
  lane->setLimit(1);
  for (int i = 0; i < 3; ++i) pool.runOne();  // the surplus leaves without an item
  EXPECT_EQ(inbox.deliveries(1), 0);
  pool.runAll();
  EXPECT_EQ(inbox.deliveries(1), 1);
}

TEST(Lane, ACancelledBatchIsDeliveredWithErrorsAndOthersGoOn) {
  ManualSink pool;
  Inbox inbox;
  const auto lane = Lane::open(counting(), pool, 1, inbox.receiver());
  ASSERT_TRUE(lane->submit(batchOf(1, 10, *lane)));
  ASSERT_TRUE(lane->submit(batchOf(2, 10, *lane)));
  lane->cancel(1);
  lane->cancel(99);  // unknown: nothing happens
  pool.runAll();
  const std::shared_ptr<Batch> cancelled = inbox.wait(1);
  ASSERT_EQ(cancelled->errors().size(), 10u);
  EXPECT_EQ(cancelled->errors()[0].error.code, ErrorCode::kCancelled);
  EXPECT_TRUE(inbox.wait(2)->errors().empty());
}

TEST(Lane, CloseRefusesFurtherBatchesAndDeliversThoseInTheLane) {
  ManualSink pool;
  Inbox inbox;
  const auto lane = Lane::open(counting(), pool, 2, inbox.receiver());
  ASSERT_TRUE(lane->submit(batchOf(1, 5, *lane)));
  lane->close();
  const Result<void> late = lane->submit(batchOf(2, 5, *lane));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kClosed);
  pool.runAll();
  EXPECT_EQ(inbox.wait(1)->errors().size(), 5u);
  EXPECT_EQ(inbox.deliveries(1), 1);
  EXPECT_EQ(inbox.deliveries(2), 0);
}

TEST(Lane, CloseWhileBusyEndsWhatPollsAndDeliversAll) {
  std::atomic<size_t> running{0};
  Inbox inbox;
  ThreadSink pool(2);
  const auto lane = Lane::open(
      operationOf([&](const ItemContext& context, ByteView, ItemOutput&) -> Result<void> {
        ++running;
        running.notify_all();
        for (;;) {
          Result<void> go = context.check();
          if (!go) return go;
        }
      }),
      pool, 2, inbox.receiver());
  ASSERT_TRUE(lane->submit(batchOf(1, 6, *lane)));
  ASSERT_TRUE(lane->submit(batchOf(2, 6, *lane)));
  running.wait(0);
  lane->close();
  for (const uint32_t id : {1u, 2u}) {
    EXPECT_EQ(inbox.wait(id)->errors().size(), 6u);
    EXPECT_EQ(inbox.deliveries(id), 1);
  }
}

TEST(Lane, AnOperationThatThrowsFailsItsItemsOnly) {
  std::atomic<size_t> runs{0};
  Inbox inbox;
  ThreadSink pool(2);
  const auto lane =
      Lane::open(operationOf([&](const ItemContext&, ByteView, ItemOutput&) -> Result<void> {
                   if (runs++ % 2 == 0) throw std::runtime_error("every other one");
                   return {};
                 }),
                 pool, 2, inbox.receiver());
  ASSERT_TRUE(lane->submit(batchOf(1, 100, *lane)));
  EXPECT_EQ(inbox.wait(1)->errors().size(), 50u);
  ASSERT_TRUE(lane->submit(batchOf(2, 2, *lane)));
  EXPECT_EQ(inbox.wait(2)->errors().size(), 1u);
}

TEST(Lane, APoolThatRefusesIsToldToTheSubmitter) {
  ManualSink pool;
  Inbox inbox;
  const auto lane = Lane::open(counting(), pool, 2, inbox.receiver());
  pool.refusing = true;
  const Result<void> refused = lane->submit(batchOf(1, 5, *lane));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kQueueFull);
  pool.refusing = false;
  ASSERT_TRUE(lane->submit(batchOf(2, 5, *lane)));
  pool.runAll();
  EXPECT_EQ(inbox.deliveries(1), 0);
  EXPECT_EQ(inbox.deliveries(2), 1);
}

TEST(Lane, LivesUntilItsRunnersHaveEnded) {
  ManualSink pool;
  Inbox inbox;
  auto lane = Lane::open(counting(), pool, 2, inbox.receiver());
  ASSERT_TRUE(lane->submit(batchOf(1, 5, *lane)));
  const std::weak_ptr<Lane> watched = lane;
  lane.reset();
  EXPECT_FALSE(watched.expired());
  pool.runAll();
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(inbox.deliveries(1), 1);
}

}  // namespace
}  // namespace millrace
