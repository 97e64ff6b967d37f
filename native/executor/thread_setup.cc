// Invariant: nothing here is remembered; each call asks the operating system.
#include "executor/thread_setup.h"

#include <cerrno>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#elif defined(__APPLE__)
#include <pthread.h>
#elif defined(_WIN32)
#include <windows.h>
#endif

namespace millrace {

Result<std::thread> startThread(const ThreadFactory& factory, std::function<void()> body) {
  try {
    return factory ? factory(std::move(body)) : std::thread(std::move(body));
  } catch (const std::system_error& error) {
    return Error::system(error.code().value(), "pthread_create");
  } catch (const std::bad_alloc&) {
    return Error::of(ErrorCode::kOutOfMemory);
  }
}

#if defined(__linux__)

void nameThisThread(const char* name) {
  pthread_setname_np(pthread_self(), std::string(name).substr(0, 15).c_str());
}

Result<void> pinThisThread(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<size_t>(core), &cores);
  const int failure = pthread_setaffinity_np(pthread_self(), sizeof cores, &cores);
  if (failure != 0) return Error::system(failure, "pthread_setaffinity_np");
  return {};
}

void unpinThisThread() {
  cpu_set_t cores;
  if (sched_getaffinity(getpid(), sizeof cores, &cores) != 0) return;
  pthread_setaffinity_np(pthread_self(), sizeof cores, &cores);
}

Result<void> checkAffinity(std::span<const int> cores) {
  cpu_set_t allowed;
  if (sched_getaffinity(getpid(), sizeof allowed, &allowed) != 0) {
    return Error::system(errno, "sched_getaffinity");
  }
  for (const int core : cores) {
    if (core < 0 || core >= CPU_SETSIZE || !CPU_ISSET(static_cast<size_t>(core), &allowed)) {
      return Error::of(ErrorCode::kInvalidArgument,
                       "this process may not use core " + std::to_string(core));
    }
  }
  return {};
}

#elif defined(_WIN32)

void nameThisThread(const char* name) {
  const std::string text(name);
  SetThreadDescription(GetCurrentThread(), std::wstring(text.begin(), text.end()).c_str());
}

Result<void> pinThisThread(int core) {
  if (SetThreadAffinityMask(GetCurrentThread(), DWORD_PTR{1} << core) == 0) {
    return Error::system(static_cast<int>(GetLastError()), "SetThreadAffinityMask");
  }
  return {};
}

// Windows threads start with the mask of the process, whoever creates them.
void unpinThisThread() {}

Result<void> checkAffinity(std::span<const int> cores) {
  DWORD_PTR process = 0;
  DWORD_PTR system = 0;
  if (!GetProcessAffinityMask(GetCurrentProcess(), &process, &system)) {
    return Error::system(static_cast<int>(GetLastError()), "GetProcessAffinityMask");
  }
  for (const int core : cores) {
    if (core < 0 || core >= static_cast<int>(sizeof(process) * 8) || !((process >> core) & 1)) {
      return Error::of(ErrorCode::kInvalidArgument,
                       "this process may not use core " + std::to_string(core));
    }
  }
  return {};
}

#else

#if defined(__APPLE__)
void nameThisThread(const char* name) {
  pthread_setname_np(name);
}
#else
void nameThisThread(const char*) {}
#endif
Result<void> pinThisThread(int) {
  return Error::of(ErrorCode::kUnsupported, "thread affinity");
}
void unpinThisThread() {}
Result<void> checkAffinity(std::span<const int> cores) {
  if (cores.empty()) return {};
  return Error::of(ErrorCode::kUnsupported, "thread affinity");
}

#endif

}  // namespace millrace
