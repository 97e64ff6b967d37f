// Invariants: a queued task is in exactly one place, the shared queue or one worker's deque.
// Whenever a task is queued, a worker searches, or every started worker is awake, or one is on its
// way to look (see parking.h). Once one thread runs, one always does until shutdown: a worker whose
// replacement cannot be started stays in service.
#include "executor/cpu_executor.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/clock.h"
#include "executor/task_deque.h"
#include "metrics/usable_cores.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace millrace {
namespace {

// A worker without work looks this many times before it sleeps, pausing in between: about the
// time that a wake-up would take.
constexpr size_t kSearchRounds = 24;
constexpr size_t kPausesPerRound = 16;
// Tasks moved from the shared queue to a deque at once.
constexpr size_t kMaxTaken = 128;
// A worker that feeds itself looks at the shared queue every so many tasks.
constexpr uint32_t kFairnessPeriod = 61;
constexpr int64_t kRetryNs = 100'000'000;

size_t workerCount(const CpuExecutorOptions& options) {
  if (options.workers != 0) return options.workers;
  return options.affinity.empty() ? usableCores() : options.affinity.size();
}

void pauseBriefly() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__) && !defined(_MSC_VER)
  asm volatile("isb");
#endif
}

/// Adds to a counter that only the calling thread writes.
void increment(std::atomic<uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

struct CpuExecutor::Worker {
  explicit Worker(CpuExecutor& pool, size_t index) : pool(pool), index(index) {}

  CpuExecutor& pool;
  const size_t index;
  TaskDeque deque;
  // Written by the worker's thread only, read by stats and by the bound of the queue.
  alignas(64) std::atomic<uint64_t> started{0};
  std::atomic<uint64_t> executed{0};
  std::atomic<uint64_t> steals{0};
  // The worker's thread only.
  Task* current = nullptr;
  uint32_t tick = 0;
  bool searching = false;
  bool replaceDue = false;
  Parking::Spot spot;
  std::thread thread;    // guarded by threadsMutex_
  std::thread previous;  // whom the thread replaces and joins; handed over by its start
};

namespace {
thread_local void* currentWorker = nullptr;
}  // namespace

CpuExecutor::CpuExecutor(CpuExecutorOptions options)
    : options_(std::move(options)), parking_(std::max<size_t>(1, workerCount(options_) / 4)) {
  const size_t count = workerCount(options_);
  for (size_t i = 0; i < count; ++i) workers_.push_back(std::make_unique<Worker>(*this, i));
}

CpuExecutor::~CpuExecutor() {
  shutdown(ShutdownMode::kFinish);
}

// ---- Submitting

Result<void> CpuExecutor::submit(std::span<Task* const> tasks, Priority priority) {
  if (tasks.empty()) return {};
  if (shared_.closed()) return Error::of(ErrorCode::kClosed);
  // Relaxed: only ever rises from 0 once, and start() publishes nothing through it.
  if (running_.load(std::memory_order_relaxed) == 0) {
    Result<void> started = startFirst();
    if (!started) return started;
  }
  if (!reserve(tasks.size())) return Error::of(ErrorCode::kQueueFull);
  Result<void> queued = queue(tasks, priority);
  if (!queued) {
    submitted_.fetch_sub(tasks.size(), std::memory_order_relaxed);
    return queued;
  }
  callWorker();
  return {};
}

bool CpuExecutor::reserve(size_t count) {
  uint64_t submitted = submitted_.load(std::memory_order_relaxed);
  do {
    const uint64_t started = startedSeen_.load(std::memory_order_relaxed);
    if (submitted + count > started + options_.maxQueued) {
      const uint64_t now = startedTasks();
      if (submitted + count > now + options_.maxQueued) return false;
      startedSeen_.store(now, std::memory_order_relaxed);
    }
  } while (
      !submitted_.compare_exchange_weak(submitted, submitted + count, std::memory_order_relaxed));
  return true;
}

uint64_t CpuExecutor::startedTasks() const {
  uint64_t sum = 0;
  for (const auto& worker : workers_) sum += worker->started.load(std::memory_order_relaxed);
  return sum;
}

Result<void> CpuExecutor::queue(std::span<Task* const> tasks, Priority priority) {
  auto* self = static_cast<Worker*>(currentWorker);
  const bool own = self && &self->pool == this && priority == Priority::kNormal;
  // A task that submits itself again gives way: from its own deque it would come straight back.
  if (own && tasks.front() != self->current) {
    // The oldest of a bulk is to be popped first, so they go in from the back. What does not fit
    // goes to the shared queue.
    std::array<Task*, kMaxTaken> reversed;
    while (!tasks.empty()) {
      const size_t count = std::min(tasks.size(), reversed.size());
      const auto part = tasks.last(count);
      std::reverse_copy(part.begin(), part.end(), reversed.begin());
      const size_t pushed = self->deque.push({reversed.data(), count});
      tasks = tasks.first(tasks.size() - pushed);
      if (pushed < count) break;
    }
    if (tasks.empty()) return {};
    // Part of the bulk is queued already and has to be followed by the rest, closed or not.
    shared_.pushAccepted(tasks, priority);
    return {};
  }
  if (!shared_.push(tasks, priority)) return Error::of(ErrorCode::kClosed);
  return {};
}

// Wakes or starts a worker, unless one is looking for work already.
void CpuExecutor::callWorker() {
  if (parking_.searching() > 0) return;
  if (parking_.parked() > 0 && parking_.wakeOne()) return;
  if (running_.load(std::memory_order_relaxed) < workers_.size()) startOneMore();
}

bool CpuExecutor::anyWork() const {
  for (size_t p = 0; p < kPriorityCount; ++p) {
    if (!shared_.empty(static_cast<Priority>(p))) return true;
  }
  return std::any_of(workers_.begin(), workers_.end(),
                     [](const auto& worker) { return worker->deque.size() != 0; });
}

// ---- Running

void CpuExecutor::work(Worker& self) {
  currentWorker = &self;
  if (self.previous.joinable()) self.previous.join();
  char name[16];
  std::snprintf(name, sizeof name, "millrace-cpu%zu", self.index % 1000);
  nameThisThread(name);
  if (!options_.affinity.empty()) {
    const int core = options_.affinity[self.index % options_.affinity.size()];
    if (!pinThisThread(core)) failedPins_.fetch_add(1, std::memory_order_relaxed);
  }
  while (Task* task = next(self)) {
    if (!run(self, task)) self.replaceDue = true;
    if (self.replaceDue && replace(self)) return;
  }
}

// The next task to run; null when the worker has to end.
Task* CpuExecutor::next(Worker& self) {
  for (;;) {
    // ORDER: acquire pairs with shutdown(): after closing_ is seen, nothing more is queued from
    // outside, so that an empty pool stays empty.
    const bool closing = closing_.load(std::memory_order_acquire);
    if (cancelled_.load(std::memory_order_relaxed)) return nullptr;
    Task* task = find(self);
    if (!task && !self.searching) self.searching = parking_.beginSearch();
    if (!task && self.searching) task = search(self);
    if (task) {
      if (self.searching) {
        self.searching = false;
        // Who searches keeps others asleep, so the last one to stop passes the call on.
        if (parking_.endSearch() && anyWork()) callWorker();
      }
      return task;
    }
    if (closing && !anyWork()) return nullptr;
    parking_.park(self.spot, self.searching, [this] { return anyWork(); });
    self.searching = true;
  }
}

Task* CpuExecutor::find(Worker& self) {
  Task* task = nullptr;
  if (!shared_.empty(Priority::kHigh)) task = takeShared(self, Priority::kHigh);
  if (!task && ++self.tick % kFairnessPeriod == 0) task = takeShared(self, Priority::kNormal);
  if (!task) task = self.deque.pop();
  if (!task) task = takeShared(self, Priority::kNormal);
  if (!task) task = steal(self);
  if (!task) task = takeShared(self, Priority::kLow);
  return task;
}

Task* CpuExecutor::search(Worker& self) {
  for (size_t round = 0; round < kSearchRounds; ++round) {
    for (size_t i = 0; i < kPausesPerRound; ++i) pauseBriefly();
    if (Task* task = find(self)) return task;
  }
  return nullptr;
}

// Takes one task, and at normal priority the worker's fair share of the queue into its deque,
// where the other workers can still steal it.
Task* CpuExecutor::takeShared(Worker& self, Priority priority) {
  if (shared_.empty(priority)) return nullptr;
  std::array<Task*, kMaxTaken> taken;
  const bool many = priority == Priority::kNormal && self.deque.size() == 0;
  const size_t count =
      shared_.take(priority, workers_.size(), std::span(taken).first(many ? kMaxTaken : 1));
  if (count == 0) return nullptr;
  std::reverse(taken.begin() + 1, taken.begin() + static_cast<std::ptrdiff_t>(count));
  if (count > 1) self.deque.push({taken.data() + 1, count - 1});
  return taken[0];
}

Task* CpuExecutor::steal(Worker& self) {
  for (size_t i = 1; i < workers_.size(); ++i) {
    Worker& victim = *workers_[(self.index + i) % workers_.size()];
    if (Task* task = victim.deque.steal()) {
      increment(self.steals);
      return task;
    }
  }
  return nullptr;
}

// False when the task threw.
bool CpuExecutor::run(Worker& self, Task* task) {
  self.current = task;
  increment(self.started);
  bool good = true;
  try {
    task->run();
  } catch (...) {
    good = false;
  }
  self.current = nullptr;
  increment(self.executed);
  return good;
}

// ---- Threads

// Ends this worker's thread in favour of a fresh one, whose thread-local state no task has
// touched; false when the thread has to stay in service.
bool CpuExecutor::replace(Worker& self) {
  if (monotonicNs() < retryAtNs_.load(std::memory_order_relaxed)) return false;
  std::lock_guard lock(threadsMutex_);
  if (closing_.load(std::memory_order_relaxed)) return false;
  self.replaceDue = false;
  self.previous = std::move(self.thread);
  if (start(self)) {
    restarts_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  self.thread = std::move(self.previous);
  self.replaceDue = true;
  return false;
}

Result<void> CpuExecutor::startFirst() {
  std::lock_guard lock(threadsMutex_);
  if (closing_.load(std::memory_order_relaxed)) return Error::of(ErrorCode::kClosed);
  if (running_.load(std::memory_order_relaxed) != 0) return {};
  // It counts as searching, so that the first task does not start a second thread.
  parking_.addSearcher();
  workers_[0]->searching = true;
  Result<void> started = start(*workers_[0]);
  if (started) {
    running_.store(1, std::memory_order_relaxed);
  } else {
    workers_[0]->searching = false;
    parking_.endSearch();
  }
  return started;
}

void CpuExecutor::startOneMore() {
  if (monotonicNs() < retryAtNs_.load(std::memory_order_relaxed)) return;
  // Counted before it runs, so that no second thread is started for the same task.
  parking_.addSearcher();
  bool started = false;
  {
    std::lock_guard lock(threadsMutex_);
    const size_t running = running_.load(std::memory_order_relaxed);
    if (!closing_.load(std::memory_order_relaxed) && running < workers_.size()) {
      workers_[running]->searching = true;
      started = start(*workers_[running]).ok();
      if (started) {
        running_.store(running + 1, std::memory_order_relaxed);
      } else {
        workers_[running]->searching = false;
      }
    }
  }
  if (started) return;
  parking_.endSearch();
  // Others may have relied on the searcher that never came.
  if (anyWork()) parking_.wakeOne();
}

// REQUIRES: threadsMutex_ held, no thread of this worker runs but the one that it replaces.
Result<void> CpuExecutor::start(Worker& worker) {
  Result<std::thread> thread = startThread(options_.startThread, [this, &worker] { work(worker); });
  if (!thread) {
    failedStarts_.fetch_add(1, std::memory_order_relaxed);
    retryAtNs_.store(monotonicNs() + kRetryNs, std::memory_order_relaxed);
    return std::move(thread).error();
  }
  worker.thread = std::move(thread).value();
  return {};
}

std::vector<Task*> CpuExecutor::shutdown(ShutdownMode mode) {
  std::lock_guard alone(shutdownMutex_);
  // Before close(): once submit() refuses, a cancelled pool starts nothing more.
  if (mode == ShutdownMode::kCancel) cancelled_.store(true, std::memory_order_relaxed);
  shared_.close();
  {
    // Under the mutex, so that no worker is started or replaced from now on.
    std::lock_guard lock(threadsMutex_);
    // ORDER: release pairs with next().
    closing_.store(true, std::memory_order_release);
  }
  parking_.close();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
  running_.store(0, std::memory_order_relaxed);
  std::vector<Task*> dropped;
  shared_.takeAll(dropped);
  for (const auto& worker : workers_) {
    while (Task* task = worker->deque.steal()) dropped.push_back(task);
  }
  submitted_.fetch_sub(dropped.size(), std::memory_order_relaxed);
  return dropped;
}

CpuExecutorStats CpuExecutor::stats() const {
  CpuExecutorStats stats;
  stats.workers = running_.load(std::memory_order_relaxed);
  stats.idle = parking_.parked();
  const uint64_t started = startedTasks();
  const uint64_t submitted = submitted_.load(std::memory_order_relaxed);
  stats.queued = submitted > started ? static_cast<size_t>(submitted - started) : 0;
  for (const auto& worker : workers_) {
    stats.executed += worker->executed.load(std::memory_order_relaxed);
    stats.steals += worker->steals.load(std::memory_order_relaxed);
  }
  stats.restarts = restarts_.load(std::memory_order_relaxed);
  stats.failedStarts = failedStarts_.load(std::memory_order_relaxed);
  stats.failedPins = failedPins_.load(std::memory_order_relaxed);
  return stats;
}

}  // namespace millrace
