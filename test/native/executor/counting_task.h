// Tasks for the executor's tests: they count, and can hold a worker until they are let go.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "executor/task.h"

namespace millrace {

/// Runs a function, as often as it is submitted.
class FunctionTask final : public Task {
 public:
  explicit FunctionTask(std::function<void()> body) : body_(std::move(body)) {}
  void run() override { body_(); }

 private:
  const std::function<void()> body_;
};

/// Occupies a worker from started() until release().
class Blocker final : public Task {
 public:
  void run() override {
    started_.count_down();
    release_.wait();
    ended_.count_down();
  }
  void waitUntilStarted() { started_.wait(); }
  void release() { release_.count_down(); }
  void waitUntilEnded() { ended_.wait(); }

 private:
  std::latch started_{1};
  std::latch release_{1};
  std::latch ended_{1};
};

/// Many tasks that count how often each has run.
class TaskArray {
 public:
  explicit TaskArray(size_t count) : runs_(count), left_(static_cast<std::ptrdiff_t>(count)) {
    for (size_t i = 0; i < count; ++i) {
      tasks_.push_back(std::make_unique<FunctionTask>([this, i] {
        runs_[i].fetch_add(1);
        left_.count_down();
      }));
      pointers_.push_back(tasks_.back().get());
    }
  }
  std::span<Task* const> span() const { return pointers_; }
  void waitForAll() { left_.wait(); }
  bool eachRanOnce() const {
    return std::all_of(runs_.begin(), runs_.end(), [](const auto& runs) { return runs == 1; });
  }
  size_t ran() const {
    return static_cast<size_t>(
        std::count_if(runs_.begin(), runs_.end(), [](const auto& runs) { return runs > 0; }));
  }

 private:
  std::vector<std::unique_ptr<FunctionTask>> tasks_;
  std::vector<Task*> pointers_;
  std::vector<std::atomic<int>> runs_;
  std::latch left_;
};

/// Waits, by yielding, until a condition that another thread brings about holds.
template <typename Condition>
void waitUntil(Condition condition) {
  while (!condition()) std::this_thread::yield();
}

}  // namespace millrace
