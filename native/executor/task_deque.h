// A bounded work-stealing deque of tasks: the owner pushes and pops at the bottom, thieves take
// from the top. Chase and Lev, "Dynamic circular work-stealing deque" (SPAA 2005), in the memory
// orders of Le, Pop, Cohen and Zappa Nardelli, "Correct and efficient work-stealing for weak memory
// models" (PPoPP 2013), with the paper's fences replaced by seq_cst accesses, which
// ThreadSanitizer understands. The ring does not grow: what does not fit stays with the caller.
// push() and pop() belong to the one owning thread; steal() and size() may be called by any thread.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "executor/task.h"

namespace millrace {

class TaskDeque {
 public:
  static constexpr size_t kCapacity = 1024;

  /// Pushes as many tasks from the front of `tasks` as fit and returns how many; the last one
  /// pushed is the first to be popped. Owner only.
  size_t push(std::span<Task* const> tasks) {
    const int64_t bottom = bottom_.load(std::memory_order_relaxed);
    // ORDER: acquire, so that a slot is overwritten only after the thief that emptied it read it.
    const int64_t top = top_.load(std::memory_order_acquire);
    const size_t room = kCapacity - static_cast<size_t>(bottom - top);
    const size_t count = std::min(room, tasks.size());
    for (size_t i = 0; i < count; ++i) slot(bottom + static_cast<int64_t>(i), tasks[i]);
    // ORDER: seq_cst publishes the slots to thieves, and stands before the pusher's look at the
    // parked workers (see parking.h).
    if (count != 0) bottom_.store(bottom + static_cast<int64_t>(count), std::memory_order_seq_cst);
    return count;
  }

  /// The task pushed last, or null. Owner only.
  Task* pop() {
    const int64_t bottom = bottom_.load(std::memory_order_relaxed) - 1;
    // Only thieves move top_, and only up: what looks empty here is empty.
    if (top_.load(std::memory_order_relaxed) > bottom) return nullptr;
    // ORDER: seq_cst on both: either a thief sees the lowered bottom or the owner its raised top.
    bottom_.store(bottom, std::memory_order_seq_cst);
    int64_t top = top_.load(std::memory_order_seq_cst);
    if (top < bottom) return slot(bottom);
    Task* task = nullptr;
    // The last task: whoever raises top_ has it. ORDER: seq_cst, as in steal().
    if (top == bottom && top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst)) {
      task = slot(bottom);
    }
    // ORDER: release keeps the published slots visible to who reads this value.
    bottom_.store(bottom + 1, std::memory_order_release);
    return task;
  }

  /// The task pushed first; null when there is none or another thread was quicker.
  Task* steal() {
    // ORDER: seq_cst on both: see pop(). Reading bottom_ also acquires the slots.
    int64_t top = top_.load(std::memory_order_seq_cst);
    const int64_t bottom = bottom_.load(std::memory_order_seq_cst);
    if (top >= bottom) return nullptr;
    Task* task = slot(top);
    // ORDER: seq_cst claims the slot; release lets the owner reuse it.
    if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst)) return nullptr;
    return task;
  }

  /// How many tasks wait; exact only for the owner. seq_cst: a worker about to sleep relies on it.
  size_t size() const {
    const int64_t top = top_.load(std::memory_order_seq_cst);
    const int64_t bottom = bottom_.load(std::memory_order_seq_cst);
    return bottom > top ? static_cast<size_t>(bottom - top) : 0;
  }

 private:
  static constexpr size_t kMask = kCapacity - 1;
  static_assert((kCapacity & kMask) == 0);

  // ORDER: release and acquire carry the task's own fields from the pusher to who runs it.
  void slot(int64_t index, Task* task) {
    slots_[static_cast<size_t>(index) & kMask].store(task, std::memory_order_release);
  }
  Task* slot(int64_t index) const {
    return slots_[static_cast<size_t>(index) & kMask].load(std::memory_order_acquire);
  }

  alignas(64) std::atomic<int64_t> top_{0};
  alignas(64) std::atomic<int64_t> bottom_{0};
  alignas(64) std::array<std::atomic<Task*>, kCapacity> slots_{};
};

}  // namespace millrace
