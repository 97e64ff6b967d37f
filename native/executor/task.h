// The unit of work of the pools. Intrusive: submitting allocates nothing.
// The submitter owns the task and keeps it alive until run() has been entered; from then on the
// task owns itself (it may delete itself or be submitted again as its last act; the pool does not
// touch it after run() is entered).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace millrace {

enum class Priority : uint8_t { kHigh, kNormal, kLow };
inline constexpr size_t kPriorityCount = 3;

class Task {
 public:
  Task() = default;
  virtual ~Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  /// Runs once per submission, on a pool thread. May throw: the pool counts it and replaces the
  /// worker.
  virtual void run() = 0;

  /// Link of the pool's queues. Guarded by the pool between submit() and run().
  Task* next = nullptr;
};

/// What accepts tasks: the CPU executor and the blocking-I/O pool.
class TaskSink {
 public:
  TaskSink() = default;
  virtual ~TaskSink() = default;
  TaskSink(const TaskSink&) = delete;
  TaskSink& operator=(const TaskSink&) = delete;

  /// Queues all tasks or none: kQueueFull when the bound would be passed, kClosed after shutdown.
  virtual Result<void> submit(std::span<Task* const> tasks, Priority priority) = 0;

  Result<void> submit(Task& task, Priority priority = Priority::kNormal) {
    Task* one = &task;
    return submit(std::span<Task* const>(&one, 1), priority);
  }

  /// How many tasks can run at the same moment.
  virtual size_t width() const = 0;
};

}  // namespace millrace
