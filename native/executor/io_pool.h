// The pool for tasks that block on devices: as many threads as there is work, up to a cap, because
// cold reads want many more requests in flight than there are cores. Thread safe. A thread without
// work ends after a while. Order: high before normal before low, first in, first out within one.
// Owns its threads, never its tasks.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "executor/cpu_executor.h"
#include "executor/task.h"
#include "executor/thread_setup.h"

namespace millrace {

inline constexpr size_t kDefaultIoWorkers = 32;

struct IoPoolOptions {
  size_t maxWorkers = kDefaultIoWorkers;
  size_t maxQueued = kDefaultMaxQueued;
  std::chrono::milliseconds idleTime{5000};  ///< a thread without work ends after this
  ThreadFactory startThread;                 ///< empty: std::thread
};

/// The meanings are those of CpuExecutorStats.
struct IoPoolStats {
  size_t workers = 0;
  size_t idle = 0;
  size_t queued = 0;
  uint64_t executed = 0;
  uint64_t restarts = 0;
  uint64_t failedStarts = 0;
};

class IoPool final : public TaskSink {
 public:
  /// REQUIRES: options.maxWorkers > 0.
  explicit IoPool(IoPoolOptions options);
  /// Finishes what is queued, unless shutdown() was called before.
  ~IoPool() override;

  /// See TaskSink; kSystem too, when not one thread can be started.
  Result<void> submit(std::span<Task* const> tasks, Priority priority) override;
  using TaskSink::submit;

  /// The cap on threads.
  size_t width() const override;

  /// Refuses further tasks, finishes or drops the queued ones, and waits for the threads. Returns
  /// the dropped tasks. REQUIRES: not called by a task of this pool.
  std::vector<Task*> shutdown(ShutdownMode mode);

  IoPoolStats stats() const;

 private:
  class Crew;
  const std::shared_ptr<Crew> crew_;
};

}  // namespace millrace
