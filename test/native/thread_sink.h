// Task sinks for tests.
#pragma once

#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "executor/task.h"

namespace millrace::testing {

/// Every task runs on a thread of its own; all have ended when the sink is gone.
class ThreadSink final : public TaskSink {
 public:
  explicit ThreadSink(size_t width) : width_(width) {}
  ~ThreadSink() override {
    for (;;) {
      std::vector<std::thread> threads;  // that run may submit further tasks
      {
        std::lock_guard lock(mutex_);
        threads.swap(threads_);
      }
      if (threads.empty()) return;
      for (std::thread& each : threads) each.join();
    }
  }

  Result<void> submit(std::span<Task* const> tasks, Priority) override {
    std::lock_guard lock(mutex_);
    for (Task* task : tasks) threads_.emplace_back([task] { task->run(); });
    return {};
  }
  size_t width() const override { return width_; }

 private:
  const size_t width_;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
};

/// Tasks wait until the test runs them, one after the other on its own thread.
class ManualSink final : public TaskSink {
 public:
  Result<void> submit(std::span<Task* const> tasks, Priority) override {
    if (refusing) return Error::of(ErrorCode::kQueueFull);
    tasks_.insert(tasks_.end(), tasks.begin(), tasks.end());
    return {};
  }
  size_t width() const override { return 64; }

  bool runOne() {
    if (tasks_.empty()) return false;
    Task* task = tasks_.front();
    tasks_.pop_front();
    task->run();
    return true;
  }
  void runAll() {
    while (runOne()) {
    }
  }
  size_t waiting() const { return tasks_.size(); }

  bool refusing = false;

 private:
  std::deque<Task*> tasks_;
};

}  // namespace millrace::testing
