// What the pools ask of the operating system about threads: starting, naming, pinning. Thread safe.
#pragma once

#include <functional>
#include <span>
#include <thread>

#include "base/result.h"

namespace millrace {

/// Starts a thread that runs the given function; throws std::system_error when it cannot.
using ThreadFactory = std::function<std::thread(std::function<void()>)>;

/// Starts a thread by `factory`, or as a plain std::thread when it is empty. kSystem on failure.
Result<std::thread> startThread(const ThreadFactory& factory, std::function<void()> body);

/// Shows in debuggers and `top -H`; cut to what the platform allows (15 characters on Linux).
void nameThisThread(const char* name);

/// Restricts the calling thread to one core. kUnsupported where the platform cannot.
Result<void> pinThisThread(int core);

/// Gives the calling thread the cores of the process's main thread: a new thread inherits those
/// of its creator, which may be a pinned worker.
void unpinThisThread();

/// Checks a list of cores to pin to: kInvalidArgument for one that this process may not use,
/// kUnsupported where threads cannot be pinned.
Result<void> checkAffinity(std::span<const int> cores);

}  // namespace millrace
