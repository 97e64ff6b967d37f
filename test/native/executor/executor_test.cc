// The process-wide pools. Each test that needs them untouched runs in a process of its own.
#include "executor/executor.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "counting_task.h"
#include "metrics/usable_cores.h"

namespace millrace {
namespace {

class SharedPools : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

/// Ends the child process with 0 when all held.
[[noreturn]] void endWith(bool good) {
  std::exit(good ? 0 : 1);
}

#if !defined(_WIN32)
bool refusedAs(const Result<void>& result, ErrorCode code) {
  return !result && result.error().code == code;
}

TEST_F(SharedPools, AreSizedByTheUsableCores) {
  EXPECT_EXIT(
      {
        unsetenv("MILLRACE_WORKERS");
        unsetenv("MILLRACE_IO_WORKERS");
        endWith(sharedExecutor().width() == usableCores() && sharedIoPool().width() == 32);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(SharedPools, TheEnvironmentSetsTheSizes) {
  EXPECT_EXIT(
      {
        setenv("MILLRACE_WORKERS", "5", 1);
        setenv("MILLRACE_IO_WORKERS", "3", 1);
        endWith(sharedExecutor().width() == 5 && sharedIoPool().width() == 3);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(SharedPools, AnOptionOverridesTheEnvironment) {
  EXPECT_EXIT(
      {
        setenv("MILLRACE_WORKERS", "5", 1);
        PoolOptions options;
        options.workers = 2;
        options.ioWorkers = 4;
        options.maxQueued = 1;
        const bool set = configurePools(options).ok();
        TaskArray two(2);
        const Result<void> full = sharedExecutor().submit(two.span(), Priority::kNormal);
        endWith(set && sharedExecutor().width() == 2 && sharedIoPool().width() == 4 &&
                refusedAs(full, ErrorCode::kQueueFull));
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(SharedPools, ABadEnvironmentIsReportedByConfigurePools) {
  for (const char* bad : {"0", "-1", "two", "4x", "99999"}) {
    EXPECT_EXIT(
        {
          setenv("MILLRACE_WORKERS", bad, 1);
          const Result<void> refused = configurePools({});
          endWith(refusedAs(refused, ErrorCode::kInvalidArgument) &&
                  refused.error().message.find(bad) != std::string::npos &&
                  sharedExecutor().width() == usableCores());
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST_F(SharedPools, CannotBeConfiguredOnceUsed) {
  EXPECT_EXIT(
      {
        const bool before = configurePools({}).ok();
        sharedIoPool();
        endWith(before && refusedAs(configurePools({}), ErrorCode::kAlreadyStarted));
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(SharedPools, AskingForFiguresStartsNothing) {
  EXPECT_EXIT(
      {
        const PoolStats stats = poolStats();
        endWith(stats.maxWorkers == 0 && stats.workers == 0 && configurePools({}).ok());
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(SharedPools, FiguresCountBothPools) {
  EXPECT_EXIT(
      {
        TaskArray tasks(20);
        const bool cpu = sharedExecutor().submit(tasks.span().first(8), Priority::kNormal).ok();
        const bool io = sharedIoPool().submit(tasks.span().last(12), Priority::kNormal).ok();
        tasks.waitForAll();
        waitUntil([] { return poolStats().executed == 20; });
        endWith(cpu && io && poolStats().workers > 0 && poolStats().ioWorkers > 0 &&
                poolStats().queued == 0);
      },
      testing::ExitedWithCode(0), "");
}

// A destructor that joined the workers would never return: the tasks never end.
TEST_F(SharedPools, DoNotDelayTheEndOfTheProcess) {
  EXPECT_EXIT(
      {
        auto* onCpu = new Blocker;
        auto* onIo = new Blocker;
        const bool cpu = sharedExecutor().submit(*onCpu).ok();
        const bool io = sharedIoPool().submit(*onIo).ok();
        onCpu->waitUntilStarted();
        onIo->waitUntilStarted();
        endWith(cpu && io);
      },
      testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace millrace
