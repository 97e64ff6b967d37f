// Invariant: every function returns at least 1.
#include "metrics/usable_cores.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "metrics/cgroup.h"

#if defined(__linux__)
#include <sched.h>
#include <unistd.h>
#elif defined(_WIN32)
#include <windows.h>

#include <bit>
#endif

namespace millrace {

size_t coresWithin(size_t affinity, std::optional<double> quota) {
  size_t cores = std::max<size_t>(1, affinity);
  if (quota && *quota < static_cast<double>(cores)) {
    cores = std::max<size_t>(1, static_cast<size_t>(std::ceil(*quota)));
  }
  return cores;
}

size_t coresInAffinity() {
#if defined(__linux__)
  // The main thread's mask: the calling thread may be a worker pinned to one core.
  cpu_set_t cores;
  if (sched_getaffinity(getpid(), sizeof cores, &cores) == 0) {
    return std::max<size_t>(1, static_cast<size_t>(CPU_COUNT(&cores)));
  }
#elif defined(_WIN32)
  DWORD_PTR process = 0;
  DWORD_PTR system = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system) && process != 0) {
    return static_cast<size_t>(std::popcount(static_cast<unsigned long long>(process)));
  }
#endif
  return std::max<size_t>(1, std::thread::hardware_concurrency());
}

size_t usableCores() {
#if defined(__linux__)
  return coresWithin(coresInAffinity(), cgroupCpuLimit());
#else
  return coresInAffinity();
#endif
}

}  // namespace millrace
