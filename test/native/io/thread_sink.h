// A task sink for tests: every task runs on a thread of its own; all have ended when it is gone.
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "executor/task.h"

namespace millrace::testing {

class ThreadSink final : public TaskSink {
 public:
  explicit ThreadSink(size_t width) : width_(width) {}
  ~ThreadSink() override {
    for (std::thread& each : threads_) each.join();
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

}  // namespace millrace::testing
