// What a task costs: the CPU executor against the plainest pool there is (one mutex, one queue)
// and, where it is installed, oneTBB. Two workers each. Only the ratios of one run mean something.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "executor/cpu_executor.h"
#include "executor/task_list.h"

#if defined(MILLRACE_BENCH_TBB)
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace millrace {
namespace {

constexpr size_t kWorkers = 2;
constexpr size_t kTasks = 200'000;
constexpr size_t kBulk = 256;

/// Counts without sharing a cache line between the counting threads.
class Tally {
 public:
  void add() {
    thread_local const size_t mine = next_.fetch_add(1) % counts_.size();
    auto& count = counts_[mine].value;
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  void waitFor(uint64_t total) const {
    while (sum() < total) std::this_thread::sleep_for(std::chrono::microseconds(20));
  }
  uint64_t sum() const {
    uint64_t sum = 0;
    for (const auto& count : counts_) sum += count.value.load(std::memory_order_acquire);
    return sum;
  }

 private:
  struct alignas(64) Count {
    std::atomic<uint64_t> value{0};
  };
  std::array<Count, 512> counts_{};
  static inline std::atomic<size_t> next_{0};
};

Tally tally;

void spinFor(int64_t ns) {
  const int64_t end = monotonicNs() + ns;
  while (monotonicNs() < end) {
  }
}

struct Noop final : Task {
  void run() override { tally.add(); }
};
struct TenMicroseconds final : Task {
  void run() override {
    spinFor(10'000);
    tally.add();
  }
};

/// One mutex around one list, one condition variable, a wake-up per submission.
class MutexPool final : public TaskSink {
 public:
  explicit MutexPool(size_t count) {
    for (size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  }
  ~MutexPool() override {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Result<void> submit(std::span<Task* const> tasks, Priority priority) override {
    {
      std::lock_guard lock(mutex_);
      queue_.append(tasks, priority);
    }
    if (tasks.size() > 1) {
      ready_.notify_all();
    } else {
      ready_.notify_one();
    }
    return {};
  }
  using TaskSink::submit;
  size_t width() const override { return threads_.size(); }

 private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return queue_.count() != 0 || closed_; });
      Task* task = queue_.takeFirst();
      if (!task) return;
      lock.unlock();
      task->run();
    }
  }
  std::mutex mutex_;
  std::condition_variable ready_;
  TaskList queue_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

CpuExecutorOptions twoWorkers() {
  CpuExecutorOptions options;
  options.workers = kWorkers;
  return options;
}
struct Millrace {
  CpuExecutor pool{twoWorkers()};
};
struct Mutex {
  MutexPool pool{kWorkers};
};

template <typename Kind>
std::vector<Task*> pointersTo(std::vector<Kind>& tasks) {
  std::vector<Task*> pointers;
  for (Kind& task : tasks) pointers.push_back(&task);
  return pointers;
}

template <typename Pool>
void oneByOne(benchmark::State& state) {
  std::vector<Noop> tasks(kTasks);
  Pool bench;
  for (auto _ : state) {
    const uint64_t before = tally.sum();
    for (Noop& task : tasks) (void)bench.pool.submit(task);
    tally.waitFor(before + kTasks);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kTasks));
}
BENCHMARK(oneByOne<Millrace>)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(oneByOne<Mutex>)->UseRealTime()->Unit(benchmark::kMillisecond);

template <typename Pool>
void inBulk(benchmark::State& state) {
  std::vector<Noop> tasks(kTasks);
  const std::vector<Task*> pointers = pointersTo(tasks);
  Pool bench;
  for (auto _ : state) {
    const uint64_t before = tally.sum();
    for (size_t i = 0; i < kTasks; i += kBulk) {
      const size_t count = std::min(kBulk, kTasks - i);
      (void)bench.pool.submit(std::span(pointers).subspan(i, count), Priority::kNormal);
    }
    tally.waitFor(before + kTasks);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kTasks));
}
BENCHMARK(inBulk<Millrace>)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(inBulk<Mutex>)->UseRealTime()->Unit(benchmark::kMillisecond);

/// 2000 tasks of 10 us, against the same work on one thread: the speed-up of the two workers.
template <typename Pool>
void tenMicroseconds(benchmark::State& state) {
  constexpr size_t kCount = 2000;
  std::vector<TenMicroseconds> tasks(kCount);
  const std::vector<Task*> pointers = pointersTo(tasks);
  Pool bench;
  int64_t ns = 0;
  for (auto _ : state) {
    const uint64_t before = tally.sum();
    const int64_t start = monotonicNs();
    (void)bench.pool.submit(pointers, Priority::kNormal);
    tally.waitFor(before + kCount);
    ns += monotonicNs() - start;
  }
  state.counters["speedup"] = static_cast<double>(state.iterations()) * kCount * 10'000 / ns;
}
BENCHMARK(tenMicroseconds<Millrace>)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(tenMicroseconds<Mutex>)->UseRealTime()->Unit(benchmark::kMillisecond);

/// From submit() on an idle pool to the first instruction of the task.
template <typename Pool>
void wakeUp(benchmark::State& state) {
  struct Stamp final : Task {
    void run() override { ranNs.store(monotonicNs(), std::memory_order_release); }
    std::atomic<int64_t> ranNs{0};
  };
  Stamp stamp;
  std::vector<int64_t> waits;
  Pool bench;
  for (auto _ : state) {
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    stamp.ranNs.store(0, std::memory_order_relaxed);
    const int64_t start = monotonicNs();
    (void)bench.pool.submit(stamp);
    int64_t ran = 0;
    while ((ran = stamp.ranNs.load(std::memory_order_acquire)) == 0) {
    }
    waits.push_back(ran - start);
  }
  std::sort(waits.begin(), waits.end());
  state.counters["p50_us"] = static_cast<double>(waits[waits.size() / 2]) / 1000;
  state.counters["p99_us"] = static_cast<double>(waits[waits.size() * 99 / 100]) / 1000;
}
BENCHMARK(wakeUp<Millrace>)->Iterations(2000)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(wakeUp<Mutex>)->Iterations(2000)->UseRealTime()->Unit(benchmark::kMicrosecond);

#if defined(MILLRACE_BENCH_TBB)
void oneByOneTbb(benchmark::State& state) {
  const oneapi::tbb::global_control threads(oneapi::tbb::global_control::max_allowed_parallelism,
                                            kWorkers + 1);
  oneapi::tbb::task_arena arena(kWorkers + 1, 1);
  for (auto _ : state) {
    const uint64_t before = tally.sum();
    for (size_t i = 0; i < kTasks; ++i) arena.enqueue([] { tally.add(); });
    tally.waitFor(before + kTasks);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kTasks));
}
BENCHMARK(oneByOneTbb)->UseRealTime()->Unit(benchmark::kMillisecond);
#endif

}  // namespace
}  // namespace millrace
