// First-in-first-out lists of tasks, linked through Task::next, one per priority. Not synchronised:
// the owner guards it. Holds tasks, does not own them.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "executor/task.h"

namespace millrace {

class TaskList {
 public:
  void append(std::span<Task* const> tasks, Priority priority) {
    Level& level = levels_[static_cast<size_t>(priority)];
    for (Task* task : tasks) {
      task->next = nullptr;
      (level.tail ? level.tail->next : level.head) = task;
      level.tail = task;
    }
    level.count += tasks.size();
    count_ += tasks.size();
  }

  /// Moves up to out.size() tasks of one priority to `out`; returns how many.
  size_t take(Priority priority, std::span<Task*> out) {
    Level& level = levels_[static_cast<size_t>(priority)];
    size_t taken = 0;
    while (taken < out.size() && level.head) {
      out[taken++] = level.head;
      level.head = level.head->next;
    }
    if (!level.head) level.tail = nullptr;
    level.count -= taken;
    count_ -= taken;
    return taken;
  }

  /// The first task of the highest priority, or null.
  Task* takeFirst() {
    Task* task = nullptr;
    for (size_t p = 0; p < kPriorityCount && !task; ++p) {
      take(static_cast<Priority>(p), std::span<Task*>(&task, 1));
    }
    return task;
  }

  /// Moves every task to the end of `out`, highest priority first.
  void takeAll(std::vector<Task*>& out) {
    while (Task* task = takeFirst()) out.push_back(task);
  }

  size_t count(Priority priority) const { return levels_[static_cast<size_t>(priority)].count; }
  size_t count() const { return count_; }

 private:
  struct Level {
    Task* head = nullptr;
    Task* tail = nullptr;
    size_t count = 0;
  };
  std::array<Level, kPriorityCount> levels_;
  size_t count_ = 0;
};

}  // namespace millrace
