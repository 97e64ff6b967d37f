// Tasks for the executor's tests: they count, and can hold a worker until they are let go.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "executor/task.h"

namespace millrace {

/// Counts down to 0. Unlike a Countdown it may be destroyed as soon as wait() has returned.
class Countdown {
 public:
  explicit Countdown(size_t count) : left_(count) {}
  void arrive() {
    std::lock_guard lock(mutex_);
    if (--left_ == 0) done_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  size_t left_;
};

/// Runs a function, as often as it is submitted.
class FunctionTask final : public Task {
 public:
  explicit FunctionTask(std::function<void()> body) : body_(std::move(body)) {}
  void run() override { body_(); }

 private:
  const std::function<void()> body_;
};

/// Occupies a worker until release(). Outlives the pool.
class Blocker final : public Task {
 public:
  void run() override {
    started_.arrive();
    release_.wait();
  }
  void waitUntilStarted() { started_.wait(); }
  void release() { release_.arrive(); }

 private:
  Countdown started_{1};
  Countdown release_{1};
};

/// Many tasks that count how often each has run.
class TaskArray {
 public:
  explicit TaskArray(size_t count) : runs_(count), left_(count) {
    for (size_t i = 0; i < count; ++i) {
      tasks_.push_back(std::make_unique<FunctionTask>([this, i] {
        runs_[i].fetch_add(1);
        left_.arrive();
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
  Countdown left_;
};

/// Waits, by yielding, until a condition that another thread brings about holds.
template <typename Condition>
void waitUntil(Condition condition) {
  while (!condition()) std::this_thread::yield();
}

}  // namespace millrace
