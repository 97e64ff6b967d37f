// Invariants: a pool pointer, once set, never changes, and what it points to is never destroyed.
// settings.options changes only while both pointers are null.
#include "executor/executor.h"

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>

#include "metrics/usable_cores.h"

namespace millrace {
namespace {

// More threads than this are a mistake in the configuration.
constexpr size_t kMaxWorkers = 1024;

struct SharedPools {
  std::mutex mutex;  // guards options and the making of the pools
  PoolOptions options;
  // ORDER: release by who makes the pool, acquire by who uses it: publishes the pool.
  std::atomic<CpuExecutor*> cpu{nullptr};
  std::atomic<IoPool*> io{nullptr};
};

SharedPools& pools() {
  static auto* const shared = new SharedPools;
  return *shared;
}

/// The number in an environment variable, 0 when it is unset or empty.
Result<size_t> countFromEnvironment(const char* name) {
  const char* text = std::getenv(name);
  if (!text || !*text) return size_t{0};
  const std::string_view view(text);
  size_t value = 0;
  const auto [end, failure] = std::from_chars(view.data(), view.data() + view.size(), value);
  if (failure != std::errc{} || end != view.data() + view.size() || value == 0 ||
      value > kMaxWorkers) {
    return Error::of(ErrorCode::kInvalidArgument,
                     std::string(name) + " must be an integer from 1 to " +
                         std::to_string(kMaxWorkers) + ", not '" + text + "'");
  }
  return value;
}

/// The option, or else the environment, or else 0: configurePools reports a bad environment;
/// a pool that nobody configured has nowhere to report it and does without.
size_t countFor(size_t option, const char* name) {
  if (option != 0) return option;
  const Result<size_t> count = countFromEnvironment(name);
  return count ? count.value() : 0;
}

CpuExecutor* makeExecutor(const PoolOptions& options) {
  CpuExecutorOptions made;
  made.workers = countFor(options.workers, "MILLRACE_WORKERS");
  made.affinity = options.affinity;
  if (options.maxQueued != 0) made.maxQueued = options.maxQueued;
  return new CpuExecutor(std::move(made));
}

IoPool* makeIoPool(const PoolOptions& options) {
  IoPoolOptions made;
  const size_t count = countFor(options.ioWorkers, "MILLRACE_IO_WORKERS");
  if (count != 0) made.maxWorkers = count;
  if (options.maxQueued != 0) made.maxQueued = options.maxQueued;
  return new IoPool(std::move(made));
}

template <typename Pool>
Pool& made(std::atomic<Pool*>& pointer, Pool* (*make)(const PoolOptions&)) {
  if (Pool* pool = pointer.load(std::memory_order_acquire)) return *pool;
  std::lock_guard lock(pools().mutex);
  Pool* pool = pointer.load(std::memory_order_relaxed);
  if (!pool) {
    pool = make(pools().options);
    pointer.store(pool, std::memory_order_release);
  }
  return *pool;
}

}  // namespace

TaskSink& sharedExecutor() {
  return made(pools().cpu, makeExecutor);
}

TaskSink& sharedIoPool() {
  return made(pools().io, makeIoPool);
}

Result<void> configurePools(const PoolOptions& options) {
  if (options.workers > kMaxWorkers || options.ioWorkers > kMaxWorkers) {
    return Error::of(ErrorCode::kInvalidArgument,
                     "at most " + std::to_string(kMaxWorkers) + " workers");
  }
  Result<void> affinity = checkAffinity(options.affinity);
  if (!affinity) return affinity;
  for (const char* name : {"MILLRACE_WORKERS", "MILLRACE_IO_WORKERS"}) {
    Result<size_t> count = countFromEnvironment(name);
    if (!count) return std::move(count).error();
  }
  SharedPools& shared = pools();
  std::lock_guard lock(shared.mutex);
  if (shared.cpu.load(std::memory_order_relaxed) || shared.io.load(std::memory_order_relaxed)) {
    return Error::of(ErrorCode::kAlreadyStarted);
  }
  shared.options = options;
  return {};
}

PoolStats poolStats() {
  PoolStats stats;
  if (const CpuExecutor* cpu = pools().cpu.load(std::memory_order_acquire)) {
    const CpuExecutorStats part = cpu->stats();
    stats.workers = part.workers;
    stats.maxWorkers = cpu->width();
    stats.idle = part.idle;
    stats.queued = part.queued;
    stats.executed = part.executed;
    stats.restarts = part.restarts;
    stats.failedStarts = part.failedStarts;
    stats.steals = part.steals;
    stats.failedPins = part.failedPins;
  }
  if (const IoPool* io = pools().io.load(std::memory_order_acquire)) {
    const IoPoolStats part = io->stats();
    stats.ioWorkers = part.workers;
    stats.maxIoWorkers = io->width();
    stats.ioIdle = part.idle;
    stats.queued += part.queued;
    stats.executed += part.executed;
    stats.restarts += part.restarts;
    stats.failedStarts += part.failedStarts;
  }
  return stats;
}

}  // namespace millrace
