#include "executor/io_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "counting_task.h"

namespace millrace {
namespace {

IoPoolOptions threads(size_t cap) {
  IoPoolOptions options;
  options.maxWorkers = cap;
  return options;
}

TEST(IoPool, RunsEachTaskOnce) {
  TaskArray tasks(5000);
  IoPool pool(threads(8));
  ASSERT_TRUE(pool.submit(tasks.span().first(4000), Priority::kNormal));
  for (Task* task : tasks.span().last(1000)) ASSERT_TRUE(pool.submit(*task, Priority::kLow));
  tasks.waitForAll();
  EXPECT_TRUE(tasks.eachRanOnce());
}

TEST(IoPool, GrowsToTheCapAndNotBeyond) {
  std::vector<Blocker> blockers(9);
  IoPool pool(threads(6));
  EXPECT_EQ(pool.width(), 6u);
  EXPECT_EQ(pool.stats().workers, 0u);
  std::vector<Task*> bulk;
  for (Blocker& blocker : blockers) bulk.push_back(&blocker);
  ASSERT_TRUE(pool.submit(bulk, Priority::kNormal));
  for (size_t i = 0; i < 6; ++i) blockers[i].waitUntilStarted();
  EXPECT_EQ(pool.stats().workers, 6u);
  EXPECT_EQ(pool.stats().queued, 3u);
  for (Blocker& blocker : blockers) blocker.release();
}

TEST(IoPool, OneTaskAtATimeNeedsOneThread) {
  IoPool pool(threads(8));
  for (int i = 0; i < 50; ++i) {
    TaskArray one(1);
    ASSERT_TRUE(pool.submit(one.span(), Priority::kNormal));
    one.waitForAll();
    waitUntil([&] { return pool.stats().idle == pool.stats().workers; });
  }
  EXPECT_EQ(pool.stats().workers, 1u);
}

TEST(IoPool, IdleThreadsEndAndAreStartedAgain) {
  IoPoolOptions options = threads(4);
  options.idleTime = std::chrono::milliseconds(5);
  IoPool pool(options);
  for (int round = 0; round < 3; ++round) {
    TaskArray tasks(100);
    ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal));
    tasks.waitForAll();
    waitUntil([&] { return pool.stats().workers == 0; });
    EXPECT_TRUE(tasks.eachRanOnce());
  }
}

TEST(IoPool, HigherPrioritiesRunFirst) {
  Blocker blocker;
  IoPool pool(threads(1));
  ASSERT_TRUE(pool.submit(blocker));
  blocker.waitUntilStarted();
  std::vector<int> order;
  FunctionTask low([&] { order.push_back(3); });
  FunctionTask normal([&] { order.push_back(2); });
  FunctionTask high([&] { order.push_back(1); });
  ASSERT_TRUE(pool.submit(low, Priority::kLow));
  ASSERT_TRUE(pool.submit(normal, Priority::kNormal));
  ASSERT_TRUE(pool.submit(high, Priority::kHigh));
  blocker.release();
  pool.shutdown(ShutdownMode::kFinish);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(IoPool, TheQueueIsBoundedAllOrNothing) {
  IoPoolOptions options = threads(1);
  options.maxQueued = 2;
  Blocker blocker;
  TaskArray tasks(3);
  IoPool pool(options);
  ASSERT_TRUE(pool.submit(blocker));
  blocker.waitUntilStarted();
  const Result<void> full = pool.submit(tasks.span(), Priority::kNormal);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kQueueFull);
  EXPECT_TRUE(pool.submit(tasks.span().first(2), Priority::kNormal));
  blocker.release();
  pool.shutdown(ShutdownMode::kFinish);
  EXPECT_EQ(tasks.ran(), 2u);
}

TEST(IoPool, AThreadWhoseTaskThrowsIsReplacedAndCounted) {
  TaskArray after(5);
  IoPool pool(threads(1));
  FunctionTask thrower([] { throw 1; });
  ASSERT_TRUE(pool.submit(thrower));
  ASSERT_TRUE(pool.submit(after.span(), Priority::kNormal));
  after.waitForAll();
  EXPECT_EQ(pool.stats().restarts, 1u);
  EXPECT_TRUE(after.eachRanOnce());
  pool.shutdown(ShutdownMode::kFinish);
}

TEST(IoPool, NoThreadStartableIsAnErrorAndNothingIsQueued) {
  IoPoolOptions options = threads(2);
  std::atomic<bool> fail{true};
  options.startThread = [&](std::function<void()> body) {
    if (fail) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    return std::thread(std::move(body));
  };
  TaskArray tasks(2);
  IoPool pool(options);
  const Result<void> refused = pool.submit(tasks.span(), Priority::kNormal);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kSystem);
  EXPECT_EQ(pool.stats().queued, 0u);
  EXPECT_EQ(pool.stats().failedStarts, 1u);
  fail = false;
  ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal));
  tasks.waitForAll();
}

TEST(IoPool, ShutdownByCancelHandsBackWhatHasNotStarted) {
  Blocker blocker;
  TaskArray tasks(10);
  IoPool pool(threads(1));
  ASSERT_TRUE(pool.submit(blocker));
  blocker.waitUntilStarted();
  ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal));
  std::vector<Task*> dropped;
  std::thread closer([&] { dropped = pool.shutdown(ShutdownMode::kCancel); });
  waitUntil([&] { return pool.stats().queued == 0; });
  blocker.release();
  closer.join();
  EXPECT_EQ(dropped, std::vector<Task*>(tasks.span().begin(), tasks.span().end()));
  EXPECT_EQ(tasks.ran(), 0u);
  FunctionTask late([] {});
  const Result<void> refused = pool.submit(late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kClosed);
}

TEST(IoPool, SurvivesManySubmittersAndThrowingTasks) {
  for (int round = 0; round < 10; ++round) {
    IoPoolOptions options = threads(5);
    options.idleTime = std::chrono::milliseconds(1);
    std::atomic<size_t> ran{0};
    std::vector<std::unique_ptr<FunctionTask>> tasks;
    for (size_t i = 0; i < 900; ++i) {
      tasks.push_back(std::make_unique<FunctionTask>([&ran, i] {
        ++ran;
        if (i % 50 == 0) throw 1;
      }));
    }
    {
      IoPool pool(options);
      std::vector<std::thread> submitters;
      for (size_t t = 0; t < 3; ++t) {
        submitters.emplace_back([&, t] {
          for (size_t i = 0; i < 300; ++i) ASSERT_TRUE(pool.submit(*tasks[t * 300 + i]));
        });
      }
      for (std::thread& submitter : submitters) submitter.join();
    }
    EXPECT_EQ(ran, 900u);
  }
}

}  // namespace
}  // namespace millrace
