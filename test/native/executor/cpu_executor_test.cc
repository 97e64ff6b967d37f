#include "executor/cpu_executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "counting_task.h"
#include "metrics/process_probe.h"

#if defined(__linux__)
#include <sched.h>
#endif

namespace millrace {
namespace {

CpuExecutorOptions workers(size_t count) {
  CpuExecutorOptions options;
  options.workers = count;
  return options;
}

/// Records the order in which its tasks run.
class Order {
 public:
  Task& add(int number) {
    tasks_.push_back(std::make_unique<FunctionTask>([this, number] {
      std::lock_guard lock(mutex_);
      numbers_.push_back(number);
    }));
    return *tasks_.back();
  }
  std::vector<int> numbers() {
    std::lock_guard lock(mutex_);
    return numbers_;
  }

 private:
  std::mutex mutex_;
  std::vector<int> numbers_;
  std::vector<std::unique_ptr<FunctionTask>> tasks_;
};

TEST(CpuExecutor, RunsEachTaskOfABulkOnce) {
  TaskArray tasks(20'000);
  CpuExecutor pool(workers(3));
  ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal));
  tasks.waitForAll();
  EXPECT_TRUE(tasks.eachRanOnce());
}

TEST(CpuExecutor, RunsTasksSubmittedOneByOneByManyThreads) {
  constexpr size_t kThreads = 3;
  constexpr size_t kEach = 4000;
  TaskArray tasks(kThreads * kEach);
  CpuExecutor pool(workers(3));
  std::vector<std::thread> submitters;
  for (size_t t = 0; t < kThreads; ++t) {
    submitters.emplace_back([&, t] {
      for (size_t i = 0; i < kEach; ++i) {
        const auto priority = static_cast<Priority>(i % kPriorityCount);
        ASSERT_TRUE(pool.submit(*tasks.span()[t * kEach + i], priority));
      }
    });
  }
  for (std::thread& submitter : submitters) submitter.join();
  tasks.waitForAll();
  EXPECT_TRUE(tasks.eachRanOnce());
  pool.shutdown(ShutdownMode::kFinish);
  EXPECT_EQ(pool.stats().executed, kThreads * kEach);
  EXPECT_EQ(pool.stats().queued, 0u);
}

// A lost wake-up leaves the last task of a round waiting for ever.
TEST(CpuExecutor, LosesNoWakeUp) {
  CpuExecutor pool(workers(2));
  for (int round = 0; round < 3000; ++round) {
    TaskArray pair(2);
    ASSERT_TRUE(pool.submit(*pair.span()[0], Priority::kNormal));
    ASSERT_TRUE(pool.submit(*pair.span()[1], Priority::kLow));
    pair.waitForAll();
    // Lets both workers fall asleep now and then, so that rounds begin in every state.
    if (round % 16 == 0) waitUntil([&] { return pool.stats().idle == pool.stats().workers; });
  }
  pool.shutdown(ShutdownMode::kFinish);
  EXPECT_EQ(pool.stats().executed, 6000u);
}

TEST(CpuExecutor, RunsAsManyTasksAtOnceAsItIsWide) {
  std::vector<Blocker> blockers(4);
  CpuExecutor pool(workers(4));
  EXPECT_EQ(pool.width(), 4u);
  std::vector<Task*> bulk;
  for (Blocker& blocker : blockers) bulk.push_back(&blocker);
  ASSERT_TRUE(pool.submit(bulk, Priority::kNormal));
  for (Blocker& blocker : blockers) blocker.waitUntilStarted();
  EXPECT_EQ(pool.stats().workers, 4u);
  for (Blocker& blocker : blockers) blocker.release();
}

// Tasks in the deque of a worker that is busy have to reach the other workers.
TEST(CpuExecutor, TasksOfABusyWorkerAreStolen) {
  TaskArray tasks(100);
  Countdown ended(1);
  CpuExecutor pool(workers(2));
  FunctionTask parent([&] {
    ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal));
    tasks.waitForAll();
  });
  FunctionTask last([&] { ended.arrive(); });
  ASSERT_TRUE(pool.submit(parent));
  ASSERT_TRUE(pool.submit(last));
  tasks.waitForAll();
  ended.wait();
  EXPECT_TRUE(tasks.eachRanOnce());
  EXPECT_GE(pool.stats().steals, 100u);
  pool.shutdown(ShutdownMode::kFinish);
}

TEST(CpuExecutor, MoreTasksFromInsideThanADequeHolds) {
  TaskArray tasks(5000);
  CpuExecutor pool(workers(2));
  FunctionTask parent([&] { ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal)); });
  ASSERT_TRUE(pool.submit(parent));
  tasks.waitForAll();
  EXPECT_TRUE(tasks.eachRanOnce());
  pool.shutdown(ShutdownMode::kFinish);
}

TEST(CpuExecutor, HigherPrioritiesRunFirstAndEachInOrder) {
  Blocker blocker;
  Order order;
  CpuExecutor pool(workers(1));
  ASSERT_TRUE(pool.submit(blocker));
  blocker.waitUntilStarted();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool.submit(order.add(20 + i), Priority::kLow));
    ASSERT_TRUE(pool.submit(order.add(10 + i), Priority::kNormal));
    ASSERT_TRUE(pool.submit(order.add(i), Priority::kHigh));
  }
  blocker.release();
  pool.shutdown(ShutdownMode::kFinish);
  EXPECT_EQ(order.numbers(), (std::vector<int>{0, 1, 2, 10, 11, 12, 20, 21, 22}));
}

TEST(CpuExecutor, ABulkFromInsideRunsInOrder) {
  Order order;
  Countdown submitted(1);
  CpuExecutor pool(workers(1));
  std::vector<Task*> bulk;
  for (int i = 0; i < 5; ++i) bulk.push_back(&order.add(i));
  FunctionTask parent([&] {
    ASSERT_TRUE(pool.submit(bulk, Priority::kNormal));
    submitted.arrive();
  });
  ASSERT_TRUE(pool.submit(parent));
  submitted.wait();
  pool.shutdown(ShutdownMode::kFinish);
  EXPECT_EQ(order.numbers(), (std::vector<int>{0, 1, 2, 3, 4}));
}

// A task that keeps submitting itself must not keep the only worker from the others.
TEST(CpuExecutor, ATaskThatSubmitsItselfGivesWay) {
  Countdown ended(1);
  CpuExecutor pool(workers(1));
  std::atomic<bool> otherRan{false};
  FunctionTask other([&] { otherRan = true; });
  Task* repeat = nullptr;
  FunctionTask repeater([&] {
    if (otherRan) {
      ended.arrive();
    } else {
      ASSERT_TRUE(pool.submit(*repeat));
    }
  });
  repeat = &repeater;
  ASSERT_TRUE(pool.submit(repeater));
  ASSERT_TRUE(pool.submit(other));
  ended.wait();
  pool.shutdown(ShutdownMode::kFinish);
}

TEST(CpuExecutor, TheQueueIsBoundedAllOrNothing) {
  CpuExecutorOptions options = workers(1);
  options.maxQueued = 4;
  Blocker blocker;
  TaskArray tasks(4);
  TaskArray refused(2);
  CpuExecutor pool(options);
  ASSERT_TRUE(pool.submit(blocker));
  blocker.waitUntilStarted();
  ASSERT_TRUE(pool.submit(tasks.span().first(3), Priority::kNormal));
  const Result<void> full = pool.submit(refused.span(), Priority::kHigh);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kQueueFull);
  EXPECT_TRUE(pool.submit(*tasks.span()[3]));
  EXPECT_EQ(pool.stats().queued, 4u);
  blocker.release();
  tasks.waitForAll();
  // What has started makes room again.
  ASSERT_TRUE(pool.submit(refused.span(), Priority::kNormal));
  refused.waitForAll();
  EXPECT_TRUE(tasks.eachRanOnce());
  EXPECT_TRUE(refused.eachRanOnce());
}

TEST(CpuExecutor, ShutdownFinishesWhatIsQueuedAndRefusesMore) {
  TaskArray tasks(3000);
  TaskArray late(1);
  CpuExecutor pool(workers(2));
  ASSERT_TRUE(pool.submit(tasks.span(), Priority::kLow));
  EXPECT_TRUE(pool.shutdown(ShutdownMode::kFinish).empty());
  EXPECT_TRUE(tasks.eachRanOnce());
  const Result<void> refused = pool.submit(late.span(), Priority::kNormal);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kClosed);
  EXPECT_EQ(pool.stats().workers, 0u);
}

TEST(CpuExecutor, ShutdownByCancelHandsBackWhatHasNotStarted) {
  Blocker blocker;
  TaskArray tasks(300);
  std::deque<FunctionTask> probes;
  CpuExecutor pool(workers(1));
  ASSERT_TRUE(pool.submit(blocker));
  blocker.waitUntilStarted();
  ASSERT_TRUE(pool.submit(tasks.span().first(200), Priority::kNormal));
  ASSERT_TRUE(pool.submit(tasks.span().last(100), Priority::kHigh));
  std::vector<Task*> dropped;
  std::thread closer([&] { dropped = pool.shutdown(ShutdownMode::kCancel); });
  // Once the pool refuses, it starts nothing more either.
  do {
    probes.emplace_back([] {});
  } while (pool.submit(probes.back(), Priority::kLow));
  blocker.release();
  closer.join();
  EXPECT_EQ(tasks.ran(), 0u);
  const std::set<Task*> unique(dropped.begin(), dropped.end());
  EXPECT_EQ(unique.size(), dropped.size());
  // The refused probe is not among them.
  EXPECT_EQ(dropped.size(), 300u + probes.size() - 1);
  for (Task* task : tasks.span()) EXPECT_TRUE(unique.contains(task));
  EXPECT_EQ(pool.stats().queued, 0u);
}

TEST(CpuExecutor, AWorkerWhoseTaskThrowsIsReplacedAndCounted) {
  TaskArray after(10);
  CpuExecutor pool(workers(1));
  std::mutex mutex;
  std::vector<std::thread::id> ids;
  auto body = [&] {
    {
      std::lock_guard lock(mutex);
      ids.push_back(std::this_thread::get_id());
    }
    throw std::runtime_error("task");
  };
  FunctionTask first(body);
  FunctionTask second(body);
  ASSERT_TRUE(pool.submit(first));
  ASSERT_TRUE(pool.submit(second));
  ASSERT_TRUE(pool.submit(after.span(), Priority::kNormal));
  after.waitForAll();
  EXPECT_EQ(pool.stats().restarts, 2u);
  EXPECT_EQ(pool.stats().workers, 1u);
  pool.shutdown(ShutdownMode::kFinish);
  EXPECT_EQ(pool.stats().executed, 12u);
  EXPECT_TRUE(after.eachRanOnce());
}

TEST(CpuExecutor, NoThreadStartableIsAnErrorAndNothingIsQueued) {
  CpuExecutorOptions options = workers(2);
  std::atomic<bool> fail{true};
  options.startThread = [&](std::function<void()> body) {
    if (fail)
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    return std::thread(std::move(body));
  };
  TaskArray tasks(2);
  CpuExecutor pool(options);
  const Result<void> refused = pool.submit(tasks.span(), Priority::kNormal);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kSystem);
  EXPECT_EQ(refused.error().sysErrno, EAGAIN);
  EXPECT_EQ(pool.stats().failedStarts, 1u);
  EXPECT_EQ(pool.stats().queued, 0u);
  fail = false;
  ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal));
  tasks.waitForAll();
  EXPECT_TRUE(tasks.eachRanOnce());
}

TEST(CpuExecutor, WorksWithTheThreadsItGetsAndTriesAgain) {
  CpuExecutorOptions options = workers(2);
  std::atomic<int> starts{0};
  options.startThread = [&](std::function<void()> body) {
    // The second start fails, all others succeed.
    if (++starts == 2) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    return std::thread(std::move(body));
  };
  CpuExecutor pool(options);
  while (pool.stats().workers < 2) {
    TaskArray tasks(500);
    ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal));
    tasks.waitForAll();
    ASSERT_TRUE(tasks.eachRanOnce());
  }
  EXPECT_EQ(pool.stats().failedStarts, 1u);
}

TEST(CpuExecutor, AWorkerThatCannotBeReplacedStaysInService) {
  CpuExecutorOptions options = workers(1);
  std::atomic<int> starts{0};
  options.startThread = [&](std::function<void()> body) {
    if (++starts > 1) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    return std::thread(std::move(body));
  };
  TaskArray after(100);
  CpuExecutor pool(options);
  FunctionTask thrower([] { throw 1; });
  ASSERT_TRUE(pool.submit(thrower));
  ASSERT_TRUE(pool.submit(after.span(), Priority::kNormal));
  after.waitForAll();
  EXPECT_TRUE(after.eachRanOnce());
  EXPECT_EQ(pool.stats().restarts, 0u);
  EXPECT_GE(pool.stats().failedStarts, 1u);
  pool.shutdown(ShutdownMode::kFinish);
}

TEST(CpuExecutor, IdleWorkersUseNoProcessor) {
  TaskArray tasks(5000);
  CpuExecutor pool(workers(8));
  ASSERT_TRUE(pool.submit(tasks.span(), Priority::kNormal));
  tasks.waitForAll();
  waitUntil([&] { return pool.stats().idle == pool.stats().workers; });
  const int64_t before = processCpuUs();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the interval measured
  // Eight spinning workers would use at least 300000 us, one thread that polls often much more
  // than a tenth of that.
  EXPECT_LT(processCpuUs() - before, 30'000);
}

#if defined(__linux__)
TEST(CpuExecutor, WorkersArePinnedToTheGivenCores) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  int core = 0;
  while (!CPU_ISSET(static_cast<size_t>(core), &allowed)) ++core;
  CpuExecutorOptions options;
  options.affinity = {core};
  ASSERT_TRUE(checkAffinity(options.affinity));
  CpuExecutor pool(options);
  EXPECT_EQ(pool.width(), 1u);
  cpu_set_t mine;
  CPU_ZERO(&mine);
  FunctionTask task([&] { sched_getaffinity(0, sizeof mine, &mine); });
  ASSERT_TRUE(pool.submit(task));
  pool.shutdown(ShutdownMode::kFinish);
  EXPECT_EQ(CPU_COUNT(&mine), 1);
  EXPECT_TRUE(CPU_ISSET(static_cast<size_t>(core), &mine));
  EXPECT_EQ(pool.stats().failedPins, 0u);
}
#endif

TEST(CpuExecutor, ACoreThatMayNotBeUsedIsRefused) {
  const std::vector<int> cores{100'000};
  const Result<void> refused = checkAffinity(cores);
  ASSERT_FALSE(refused);
}

// Everything at once, for the sanitizers: bulks and single tasks, from inside and outside, throwing
// tasks, all priorities, and an end in the middle of it.
TEST(CpuExecutor, SurvivesMixedLoad) {
  for (const ShutdownMode mode : {ShutdownMode::kFinish, ShutdownMode::kCancel}) {
    for (int round = 0; round < 20; ++round) {
      CpuExecutor pool(workers(3));
      std::atomic<size_t> ran{0};
      std::atomic<size_t> accepted{0};
      std::vector<std::unique_ptr<FunctionTask>> children;
      for (int i = 0; i < 400; ++i) {
        children.push_back(std::make_unique<FunctionTask>([&ran] { ++ran; }));
      }
      std::vector<std::unique_ptr<FunctionTask>> parents;
      for (size_t i = 0; i < 100; ++i) {
        parents.push_back(std::make_unique<FunctionTask>([&, i] {
          ++ran;
          std::array<Task*, 4> bulk;
          for (size_t c = 0; c < 4; ++c) bulk[c] = children[i * 4 + c].get();
          if (pool.submit(bulk, static_cast<Priority>(i % kPriorityCount))) accepted += 4;
          if (i % 17 == 0) throw static_cast<int>(i);
        }));
      }
      auto submitHalf = [&](size_t from) {
        for (size_t i = from; i < from + 50; ++i) {
          if (pool.submit(*parents[i], static_cast<Priority>(i % kPriorityCount))) ++accepted;
        }
      };
      std::thread first([&] { submitHalf(0); });
      std::thread second([&] { submitHalf(50); });
      if (round % 2 == 0) {
        first.join();
        second.join();
      }
      const size_t dropped = pool.shutdown(mode).size();
      if (first.joinable()) first.join();
      if (second.joinable()) second.join();
      EXPECT_EQ(ran + dropped, accepted);
      EXPECT_EQ(pool.stats().executed, ran);
    }
  }
}

}  // namespace
}  // namespace millrace
