// Invariants: while tasks are queued, a thread runs that has not yet looked at the queue for the
// last time. Threads are detached, each holding a share of the Crew; shutdown waits for their
// count, so nothing they touch goes away before them.
#include "executor/io_pool.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "executor/task_list.h"

namespace millrace {
namespace {
constexpr int64_t kRetryNs = 100'000'000;
}

class IoPool::Crew : public std::enable_shared_from_this<IoPool::Crew> {
 public:
  explicit Crew(IoPoolOptions options) : options_(std::move(options)) {}

  Result<void> submit(std::span<Task* const> tasks, Priority priority);
  std::vector<Task*> shutdown(ShutdownMode mode);
  IoPoolStats stats();
  size_t width() const { return options_.maxWorkers; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  void work();
  Task* next(Lock& lock);
  bool run(Task* task, Lock& lock);
  bool wantsThread() const;
  Result<void> start();

  const IoPoolOptions options_;
  std::mutex mutex_;               // guards everything below
  std::condition_variable ready_;  // tasks queued, or closed
  std::condition_variable ended_;  // the last thread left
  TaskList queue_;
  size_t threads_ = 0;   // running, or being started
  size_t idle_ = 0;      // waiting for ready_
  size_t called_ = 0;    // of those idle, notified and not yet awake
  size_t starting_ = 0;  // of those running, not yet at the queue
  bool closed_ = false;
  int64_t retryAtNs_ = 0;
  uint64_t executed_ = 0;
  uint64_t restarts_ = 0;
  uint64_t failedStarts_ = 0;
};

Result<void> IoPool::Crew::submit(std::span<Task* const> tasks, Priority priority) {
  if (tasks.empty()) return {};
  size_t calls = 0;
  {
    Lock lock(mutex_);
    if (closed_) return Error::of(ErrorCode::kClosed);
    if (threads_ == 0) {
      Result<void> started = start();
      if (!started) return started;
    }
    if (queue_.count() + tasks.size() > options_.maxQueued) return Error::of(ErrorCode::kQueueFull);
    queue_.append(tasks, priority);
    calls = std::min(tasks.size(), idle_ - called_);
    called_ += calls;
    // The threads start one another from here on, which spares the submitter the time.
    if (wantsThread()) (void)start();
  }
  for (size_t i = 0; i < calls; ++i) ready_.notify_one();
  return {};
}

bool IoPool::Crew::wantsThread() const {
  return queue_.count() > idle_ + starting_ && threads_ < options_.maxWorkers && !closed_ &&
         (retryAtNs_ == 0 || monotonicNs() >= retryAtNs_);
}

// Starts one thread. REQUIRES: mutex_ held. Nothing may be queued between a start and its failure,
// or it would be queued for nobody.
Result<void> IoPool::Crew::start() {
  Result<std::thread> thread =
      startThread(options_.startThread, [crew = shared_from_this()] { crew->work(); });
  if (!thread) {
    ++failedStarts_;
    retryAtNs_ = monotonicNs() + kRetryNs;
    return std::move(thread).error();
  }
  thread.value().detach();
  ++threads_;
  ++starting_;
  retryAtNs_ = 0;
  return {};
}

void IoPool::Crew::work() {
  nameThisThread("millrace-io");
  unpinThisThread();
  Lock lock(mutex_);
  --starting_;
  bool replaceDue = false;
  while (Task* task = next(lock)) {
    if (wantsThread()) (void)start();
    if (!run(task, lock)) replaceDue = true;
    // A thread on which a task threw ends in favour of a fresh one, or stays in service when none
    // can be started.
    if (replaceDue && !closed_ && monotonicNs() >= retryAtNs_ && start()) {
      ++restarts_;
      break;
    }
  }
  if (--threads_ == 0) ended_.notify_all();
}

// The next task; null when the thread has to end.
Task* IoPool::Crew::next(Lock& lock) {
  for (;;) {
    if (Task* task = queue_.takeFirst()) return task;
    if (closed_) return nullptr;
    ++idle_;
    const bool timeout = ready_.wait_for(lock, options_.idleTime) == std::cv_status::timeout;
    --idle_;
    if (called_ > 0) --called_;
    if (timeout && queue_.count() == 0) return nullptr;
  }
}

// False when the task threw.
bool IoPool::Crew::run(Task* task, Lock& lock) {
  lock.unlock();
  bool good = true;
  try {
    task->run();
  } catch (...) {
    good = false;
  }
  lock.lock();
  ++executed_;
  return good;
}

std::vector<Task*> IoPool::Crew::shutdown(ShutdownMode mode) {
  std::vector<Task*> dropped;
  Lock lock(mutex_);
  closed_ = true;
  if (mode == ShutdownMode::kCancel) queue_.takeAll(dropped);
  ready_.notify_all();
  ended_.wait(lock, [this] { return threads_ == 0; });
  return dropped;
}

IoPoolStats IoPool::Crew::stats() {
  Lock lock(mutex_);
  IoPoolStats stats;
  stats.workers = threads_;
  stats.idle = idle_;
  stats.queued = queue_.count();
  stats.executed = executed_;
  stats.restarts = restarts_;
  stats.failedStarts = failedStarts_;
  return stats;
}

IoPool::IoPool(IoPoolOptions options) : crew_(std::make_shared<Crew>(std::move(options))) {}

IoPool::~IoPool() {
  shutdown(ShutdownMode::kFinish);
}

Result<void> IoPool::submit(std::span<Task* const> tasks, Priority priority) {
  return crew_->submit(tasks, priority);
}

size_t IoPool::width() const {
  return crew_->width();
}

std::vector<Task*> IoPool::shutdown(ShutdownMode mode) {
  return crew_->shutdown(mode);
}

IoPoolStats IoPool::stats() const {
  return crew_->stats();
}

}  // namespace millrace
