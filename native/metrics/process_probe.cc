// Invariant: the descriptor of /proc/self/statm is opened once and never closed; pread leaves no
// state in it, so threads share it. Like the pools it does not survive fork() without exec: there
// it shows the parent.
#include "metrics/process_probe.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "metrics/cgroup.h"

#if defined(_WIN32)
#include <windows.h>
// windows.h has to come first.
#include <psapi.h>
#else
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <mach/mach.h>
#include <sys/sysctl.h>
#endif
#endif

namespace millrace {
namespace {

/// The number at the start of `text`, blanks skipped.
template <typename Number>
std::optional<Number> leadingNumber(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  Number value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{}) return std::nullopt;
  return value;
}

/// What follows `label` in `text`.
std::optional<std::string_view> after(std::string_view text, std::string_view label) {
  const size_t at = text.find(label);
  if (at == std::string_view::npos) return std::nullopt;
  return text.substr(at + label.size());
}

}  // namespace

std::optional<uint64_t> parseStatmResidentPages(std::string_view text) {
  const auto second = after(text, " ");
  return second ? leadingNumber<uint64_t>(*second) : std::nullopt;
}

std::optional<uint64_t> parsePeakBytes(std::string_view text) {
  const auto value = after(text, "VmHWM:");
  const auto kilobytes = value ? leadingNumber<uint64_t>(*value) : std::nullopt;
  return kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt;
}

std::optional<double> parsePressure(std::string_view text) {
  const auto some = after(text, "some ");
  const auto value = some ? after(*some, "avg10=") : std::nullopt;
  return value ? leadingNumber<double>(*value) : std::nullopt;
}

#if defined(_WIN32)

namespace {
PROCESS_MEMORY_COUNTERS memoryCounters() {
  PROCESS_MEMORY_COUNTERS counters{};
  GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
  return counters;
}
int64_t microseconds(const FILETIME& time) {
  return static_cast<int64_t>((uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime) / 10);
}
}  // namespace

uint64_t residentBytes() {
  return memoryCounters().WorkingSetSize;
}

uint64_t peakResidentBytes() {
  return memoryCounters().PeakWorkingSetSize;
}

int64_t processCpuUs() {
  FILETIME created, ended, kernel, user;
  if (!GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user)) return 0;
  return microseconds(kernel) + microseconds(user);
}

uint64_t totalMemoryBytes() {
  MEMORYSTATUSEX status{};
  status.dwLength = sizeof status;
  return GlobalMemoryStatusEx(&status) ? status.ullTotalPhys : 0;
}

#else

int64_t processCpuUs() {
  timespec time{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) return 0;
  return int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}

#if defined(__APPLE__)

uint64_t residentBytes() {
  mach_task_basic_info info{};
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  const kern_return_t failure = task_info(mach_task_self(), MACH_TASK_BASIC_INFO,
                                          reinterpret_cast<task_info_t>(&info), &count);
  return failure == KERN_SUCCESS ? info.resident_size : 0;
}

uint64_t peakResidentBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss);  // bytes on this platform
}

uint64_t totalMemoryBytes() {
  uint64_t bytes = 0;
  size_t size = sizeof bytes;
  return sysctlbyname("hw.memsize", &bytes, &size, nullptr, 0) == 0 ? bytes : 0;
}

#else

uint64_t residentBytes() {
  static const int descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  char text[128];
  const ssize_t size = pread(descriptor, text, sizeof text, 0);
  if (size <= 0) return 0;
  const auto pages = parseStatmResidentPages({text, static_cast<size_t>(size)});
  static const auto pageBytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return pages.value_or(0) * pageBytes;
}

uint64_t peakResidentBytes() {
  const auto text = readTextFile("/proc/self/status");
  if (text) {
    if (const auto bytes = parsePeakBytes(*text)) return *bytes;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

uint64_t totalMemoryBytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long pageBytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && pageBytes > 0
             ? static_cast<uint64_t>(pages) * static_cast<uint64_t>(pageBytes)
             : 0;
}

#endif
#endif

uint64_t memoryLimitBytes() {
  const uint64_t total = totalMemoryBytes();
#if defined(__linux__)
  if (const auto limit = cgroupMemoryLimit()) return total == 0 ? *limit : std::min(total, *limit);
#endif
  return total;
}

std::optional<double> memoryPressure() {
#if defined(__linux__)
  const auto text = readTextFile("/proc/pressure/memory");
  return text ? parsePressure(*text) : std::nullopt;
#else
  return std::nullopt;
#endif
}

}  // namespace millrace
