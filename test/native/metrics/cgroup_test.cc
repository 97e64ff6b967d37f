#include "metrics/cgroup.h"

#include <gtest/gtest.h>

#include <map>

namespace millrace {
namespace {

// A machine with only v2, as systemd sets it up.
constexpr const char* kUnifiedMounts =
    "22 1 0:21 / /proc rw,nosuid shared:5 - proc proc rw\n"
    "30 22 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* kUnifiedSelf = "0::/user.slice/app.scope\n";

// Version 1, cpu and cpuacct mounted together, and an empty v2 hierarchy beside them.
constexpr const char* kLegacyMounts =
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
constexpr const char* kLegacySelf =
    "12:cpuset:/\n"
    "4:memory:/docker/abc/inner\n"
    "3:cpu,cpuacct:/jobs\n"
    "0::/\n";

using Files = std::map<std::string, std::string>;

FileReader readerOf(const Files& files) {
  return [files](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Cgroup, ParsesCpuMax) {
  EXPECT_EQ(parseCpuMax("50000 100000\n"), 0.5);
  EXPECT_EQ(parseCpuMax("250000 100000\n"), 2.5);
  EXPECT_EQ(parseCpuMax("max 100000\n"), std::nullopt);
  EXPECT_EQ(parseCpuMax(""), std::nullopt);
  EXPECT_EQ(parseCpuMax("50000"), std::nullopt);
  EXPECT_EQ(parseCpuMax("50000 0"), std::nullopt);
  EXPECT_EQ(parseCpuMax("abc def"), std::nullopt);
}

TEST(Cgroup, ParsesCfsQuota) {
  EXPECT_EQ(parseCfsQuota("150000\n", "100000\n"), 1.5);
  EXPECT_EQ(parseCfsQuota("-1\n", "100000\n"), std::nullopt);
  EXPECT_EQ(parseCfsQuota("150000\n", "0\n"), std::nullopt);
  EXPECT_EQ(parseCfsQuota("", ""), std::nullopt);
}

TEST(Cgroup, ParsesMemoryLimits) {
  EXPECT_EQ(parseMemoryLimit("536870912\n"), 536870912u);
  EXPECT_EQ(parseMemoryLimit("max\n"), std::nullopt);
  // What version 1 says for none, and what process.constrainedMemory() was seen to return.
  EXPECT_EQ(parseMemoryLimit("9223372036854771712\n"), std::nullopt);
  EXPECT_EQ(parseMemoryLimit("18446744073709551615\n"), std::nullopt);
  EXPECT_EQ(parseMemoryLimit("999999999999999999999\n"), std::nullopt);
  EXPECT_EQ(parseMemoryLimit("12 MB\n"), std::nullopt);
}

TEST(Cgroup, FindsTheGroupAndItsParents) {
  EXPECT_EQ(cgroupDirectories(kUnifiedSelf, kUnifiedMounts, ""),
            (std::vector<std::string>{"/sys/fs/cgroup/user.slice/app.scope",
                                      "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"}));
  EXPECT_TRUE(cgroupDirectories(kUnifiedSelf, kUnifiedMounts, "cpu").empty());
  EXPECT_EQ(
      cgroupDirectories(kLegacySelf, kLegacyMounts, "cpu"),
      (std::vector<std::string>{"/sys/fs/cgroup/cpu,cpuacct/jobs", "/sys/fs/cgroup/cpu,cpuacct"}));
}

TEST(Cgroup, InAContainerTheMountsRootIsNotPartOfThePath) {
  EXPECT_EQ(cgroupDirectories(kLegacySelf, kLegacyMounts, "memory"),
            (std::vector<std::string>{"/sys/fs/cgroup/memory/inner", "/sys/fs/cgroup/memory"}));
  // A group outside what the mount shows.
  EXPECT_EQ(cgroupDirectories("4:memory:/elsewhere\n", kLegacyMounts, "memory"),
            (std::vector<std::string>{"/sys/fs/cgroup/memory"}));
}

TEST(Cgroup, TheSmallestLimitAlongThePathHolds) {
  Files files{{"/proc/self/cgroup", kUnifiedSelf},
              {"/proc/self/mountinfo", kUnifiedMounts},
              {"/sys/fs/cgroup/user.slice/app.scope/cpu.max", "400000 100000\n"},
              {"/sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n"},
              {"/sys/fs/cgroup/user.slice/app.scope/memory.max", "1073741824\n"},
              {"/sys/fs/cgroup/user.slice/memory.max", "max\n"}};
  EXPECT_EQ(cgroupCpuLimit(readerOf(files)), 1.5);
  EXPECT_EQ(cgroupMemoryLimit(readerOf(files)), 1073741824u);
}

TEST(Cgroup, ReadsVersionOne) {
  Files files{{"/proc/self/cgroup", kLegacySelf},
              {"/proc/self/mountinfo", kLegacyMounts},
              {"/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "50000\n"},
              {"/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000\n"},
              {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"},
              {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"},
              {"/sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "9223372036854771712\n"},
              {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n"}};
  EXPECT_EQ(cgroupCpuLimit(readerOf(files)), 0.5);
  EXPECT_EQ(cgroupMemoryLimit(readerOf(files)), 268435456u);
}

TEST(Cgroup, NoFilesMeanNoLimit) {
  EXPECT_EQ(cgroupCpuLimit(readerOf({})), std::nullopt);
  EXPECT_EQ(cgroupMemoryLimit(readerOf({})), std::nullopt);
  const Files files{{"/proc/self/cgroup", "garbage"}, {"/proc/self/mountinfo", "garbage\n - \n"}};
  EXPECT_EQ(cgroupCpuLimit(readerOf(files)), std::nullopt);
}

}  // namespace
}  // namespace millrace
