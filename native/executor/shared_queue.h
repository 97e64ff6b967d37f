// The queue between the submitting threads and the workers of the CPU executor: three priorities,
// each first in, first out. Thread safe. Holds tasks, does not own them.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <span>
#include <vector>

#include "executor/task.h"
#include "executor/task_list.h"

namespace millrace {

class SharedQueue {
 public:
  /// Appends all tasks; false, and nothing queued, after close().
  bool push(std::span<Task* const> tasks, Priority priority) {
    std::lock_guard lock(mutex_);
    if (closed()) return false;
    list_.append(tasks, priority);
    publishCount(priority);
    return true;
  }

  /// Appends the rest of a bulk that was accepted before; also after close().
  /// REQUIRES: called by a worker, which looks here once more before it ends.
  void pushAccepted(std::span<Task* const> tasks, Priority priority) {
    std::lock_guard lock(mutex_);
    list_.append(tasks, priority);
    publishCount(priority);
  }

  /// Takes the first tasks of one priority: a `share`-th of them, at least one, at most out.size().
  size_t take(Priority priority, size_t share, std::span<Task*> out) {
    std::lock_guard lock(mutex_);
    const size_t fair = list_.count(priority) / share + 1;
    const size_t taken = list_.take(priority, out.first(std::min(fair, out.size())));
    publishCount(priority);
    return taken;
  }

  /// Takes everything, highest priority first.
  void takeAll(std::vector<Task*>& out) {
    std::lock_guard lock(mutex_);
    list_.takeAll(out);
    for (size_t p = 0; p < kPriorityCount; ++p) publishCount(static_cast<Priority>(p));
  }

  /// Refuses every further push.
  void close() {
    std::lock_guard lock(mutex_);
    // ORDER: release: who sees it closed sees what its closer did before.
    closed_.store(true, std::memory_order_release);
  }

  /// A hint outside the mutex; push() decides under it. ORDER: acquire pairs with close().
  bool closed() const { return closed_.load(std::memory_order_acquire); }

  /// Exact once the caller has announced itself as parked (see parking.h); a hint otherwise.
  bool empty(Priority priority) const {
    // ORDER: seq_cst, the worker's half of the handshake in parking.h.
    return counts_[static_cast<size_t>(priority)].load(std::memory_order_seq_cst) == 0;
  }

 private:
  void publishCount(Priority priority) {
    // ORDER: seq_cst: stands before the pusher's look at the parked workers (see parking.h).
    counts_[static_cast<size_t>(priority)].store(list_.count(priority), std::memory_order_seq_cst);
  }

  mutable std::mutex mutex_;  // guards list_ and writes to the atomics
  TaskList list_;
  std::array<std::atomic<size_t>, kPriorityCount> counts_{};
  std::atomic<bool> closed_{false};
};

}  // namespace millrace
