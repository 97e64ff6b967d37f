// Reading the limits that Linux control groups (v1 and v2) put on this process. The parsers are
// pure; readCgroupFile() finds the process's own group, also inside a container. Thread safe.
// Formats: Linux kernel documentation, admin-guide/cgroup-v2 and cgroup-v1; proc_pid_mountinfo(5).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// A file's content, or nothing when it cannot be read. A parameter so that tests use fixtures.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

std::optional<std::string> readTextFile(const std::string& path);

/// The directories of this process's control group for a v1 controller ("cpu", "memory"), or of the
/// v2 hierarchy for "": the group itself first, then its parents up to the mount point, because a
/// parent's limit holds as well. `selfCgroup` is /proc/self/cgroup, `mountInfo`
/// /proc/self/mountinfo.
std::vector<std::string> cgroupDirectories(std::string_view selfCgroup, std::string_view mountInfo,
                                           std::string_view controller);

/// cpu.max of v2, "max 100000" or "50000 100000": the cores, or nothing when there is no limit.
std::optional<double> parseCpuMax(std::string_view text);

/// cpu.cfs_quota_us and cpu.cfs_period_us of v1: the cores, or nothing when there is no limit.
std::optional<double> parseCfsQuota(std::string_view quota, std::string_view period);

/// memory.max of v2 or memory.limit_in_bytes of v1: bytes, or nothing for "max" and for the huge
/// numbers that v1 uses to say none.
std::optional<uint64_t> parseMemoryLimit(std::string_view text);

/// The smallest limits along the process's group and its parents, both hierarchies considered.
std::optional<double> cgroupCpuLimit(const FileReader& read = readTextFile);
std::optional<uint64_t> cgroupMemoryLimit(const FileReader& read = readTextFile);

}  // namespace millrace
