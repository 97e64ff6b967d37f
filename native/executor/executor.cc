#include "executor/executor.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace millrace {
namespace {

class SimplePool final : public TaskSink {
 public:
  explicit SimplePool(size_t workers) : workers_(workers) {
    for (size_t i = 0; i < workers; ++i) std::thread([this] { loop(); }).detach();
  }

  Result<void> submit(std::span<Task* const> tasks, Priority) override {
    std::lock_guard lock(mutex_);
    for (Task* task : tasks) {
      task->next = nullptr;
      (tail_ ? tail_->next : head_) = task;
      tail_ = task;
    }
    ready_.notify_all();
    return {};
  }

  size_t width() const override { return workers_; }

 private:
  void loop() {
    for (;;) {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return head_ != nullptr; });
      Task* task = head_;
      head_ = task->next;
      if (!head_) tail_ = nullptr;
      lock.unlock();
      task->run();
    }
  }

  const size_t workers_;
  std::mutex mutex_;  // guards head_, tail_ and the links of queued tasks
  std::condition_variable ready_;
  Task* head_ = nullptr;
  Task* tail_ = nullptr;
};

}  // namespace

TaskSink& sharedExecutor() {
  static auto* pool = new SimplePool(2);
  return *pool;
}

TaskSink& sharedIoPool() {
  static auto* pool = new SimplePool(8);
  return *pool;
}

}  // namespace millrace
