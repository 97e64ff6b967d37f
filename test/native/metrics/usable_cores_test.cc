#include "metrics/usable_cores.h"

#include <gtest/gtest.h>

#include <thread>

#if defined(__linux__)
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#endif

namespace millrace {
namespace {

TEST(UsableCores, TheQuotaCutsTheAffinity) {
  EXPECT_EQ(coresWithin(8, std::nullopt), 8u);
  EXPECT_EQ(coresWithin(8, 2.0), 2u);
  EXPECT_EQ(coresWithin(2, 16.0), 2u);
}

TEST(UsableCores, AFractionalQuotaRoundsUp) {
  EXPECT_EQ(coresWithin(8, 0.5), 1u);
  EXPECT_EQ(coresWithin(8, 1.01), 2u);
  EXPECT_EQ(coresWithin(8, 7.5), 8u);
}

TEST(UsableCores, ThereIsAlwaysOne) {
  EXPECT_EQ(coresWithin(0, std::nullopt), 1u);
  EXPECT_EQ(coresWithin(4, 0.0001), 1u);
  EXPECT_GE(usableCores(), 1u);
  EXPECT_LE(usableCores(), coresInAffinity());
}

#if defined(__linux__)
TEST(UsableCores, FollowsTheAffinityMaskOfTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        cpu_set_t allowed;
        sched_getaffinity(0, sizeof allowed, &allowed);
        size_t core = 0;
        while (!CPU_ISSET(core, &allowed)) ++core;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        const bool set = sched_setaffinity(0, sizeof one, &one) == 0;
        std::exit(set && usableCores() == 1 ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace millrace
