// The CPU executor: a work-stealing pool for tasks that compute. Thread safe. Threads start on
// demand, one per usable core at most; idle ones sleep. Order: high before normal before low, and
// first in, first out within one, except that a task submitted by a running task goes to the deque
// of that worker, which runs the newest first. A task that submits itself again goes to the back.
// Owns its threads, never its tasks. A task must not wait for another task of the same pool.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "executor/parking.h"
#include "executor/shared_queue.h"
#include "executor/task.h"
#include "executor/thread_setup.h"

namespace millrace {

inline constexpr size_t kDefaultMaxQueued = size_t{1} << 20;

enum class ShutdownMode : uint8_t {
  kFinish,  ///< run what is queued
  kCancel,  ///< drop what has not started
};

struct CpuExecutorOptions {
  size_t workers = 0;         ///< 0: one per core in `affinity`, or else per usable core
  std::vector<int> affinity;  ///< worker i is pinned to affinity[i % size]; empty: not pinned
  size_t maxQueued = kDefaultMaxQueued;
  ThreadFactory startThread;  ///< empty: std::thread
};

/// A moment's figures of the CPU executor. The counts are taken one after the other.
struct CpuExecutorStats {
  size_t workers = 0;         ///< threads running
  size_t idle = 0;            ///< of those, asleep
  size_t queued = 0;          ///< tasks submitted and not started
  uint64_t executed = 0;      ///< tasks that ended, those that threw included
  uint64_t steals = 0;        ///< tasks run by another worker than the one they were queued at
  uint64_t restarts = 0;      ///< workers replaced after a task threw
  uint64_t failedStarts = 0;  ///< threads that could not be started
  uint64_t failedPins = 0;    ///< workers that could not be pinned to their core
};

class CpuExecutor final : public TaskSink {
 public:
  /// REQUIRES: checkAffinity(options.affinity) holds; otherwise workers run unpinned and are
  /// counted.
  explicit CpuExecutor(CpuExecutorOptions options);
  /// Finishes what is queued, unless shutdown() was called before.
  ~CpuExecutor() override;

  /// See TaskSink; kSystem too, when not one thread can be started.
  Result<void> submit(std::span<Task* const> tasks, Priority priority) override;
  using TaskSink::submit;

  /// The number of workers once all have been needed.
  size_t width() const override { return workers_.size(); }

  /// Refuses further tasks, finishes or drops the queued ones, and joins the workers. Returns the
  /// dropped tasks. Further calls return nothing. REQUIRES: not called by a task of this pool.
  std::vector<Task*> shutdown(ShutdownMode mode);

  CpuExecutorStats stats() const;

 private:
  struct Worker;

  // Submitting.
  bool reserve(size_t count);
  uint64_t startedTasks() const;
  Result<void> queue(std::span<Task* const> tasks, Priority priority);
  void callWorker();
  bool anyWork() const;

  // Running, on the worker's thread.
  void work(Worker& self);
  Task* next(Worker& self);
  Task* find(Worker& self);
  Task* search(Worker& self);
  Task* takeShared(Worker& self, Priority priority);
  Task* steal(Worker& self);
  bool run(Worker& self, Task* task);
  bool replace(Worker& self);

  // Threads.
  Result<void> startFirst();
  void startOneMore();
  Result<void> start(Worker& worker);

  const CpuExecutorOptions options_;
  std::vector<std::unique_ptr<Worker>> workers_;
  SharedQueue shared_;
  Parking parking_;

  // Tasks accepted so far, and a lower bound of those started: bounds the queue without a
  // shared counter that every worker would write for every task. Relaxed: they publish no task.
  alignas(64) std::atomic<uint64_t> submitted_{0};
  std::atomic<uint64_t> startedSeen_{0};

  std::mutex shutdownMutex_;  // serialises shutdown(); taken before threadsMutex_
  std::mutex threadsMutex_;   // guards Worker::thread, starts and closing_'s change
  alignas(64) std::atomic<size_t> running_{0};  // threads started; written under threadsMutex_
  std::atomic<int64_t> retryAtNs_{0};           // no thread is started before, after a failure
  std::atomic<bool> closing_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<uint64_t> restarts_{0};
  std::atomic<uint64_t> failedStarts_{0};
  std::atomic<uint64_t> failedPins_{0};
};

}  // namespace millrace
