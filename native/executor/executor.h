// The process-wide pools: a CPU executor sized by the usable cores and a pool for blocking I/O.
// Thread safe. Both are made on first use and never destroyed (a destructor at exit would delay
// process.exit by the running tasks). Sizes: the option, or else the environment variable
// MILLRACE_WORKERS or MILLRACE_IO_WORKERS, or else what the machine has. Neither survives fork().
#pragma once

#include <vector>

#include "executor/cpu_executor.h"
#include "executor/io_pool.h"
#include "executor/task.h"

namespace millrace {

TaskSink& sharedExecutor();
TaskSink& sharedIoPool();

/// 0 and empty mean the default.
struct PoolOptions {
  size_t workers = 0;
  size_t ioWorkers = 0;
  std::vector<int> affinity;  ///< cores that the CPU workers are pinned to, one each, in turn
  size_t maxQueued = 0;       ///< bound of each pool's queue
};

/// Sets up both pools. kAlreadyStarted once either has been used; kInvalidArgument for a core that
/// this process may not use, too many workers, or an environment variable that is no number.
Result<void> configurePools(const PoolOptions& options);

/// A moment's figures of both pools. Does not start them.
struct PoolStats {
  size_t workers = 0;    ///< CPU threads running
  size_t ioWorkers = 0;  ///< I/O threads running
  size_t maxWorkers = 0;
  size_t maxIoWorkers = 0;
  size_t idle = 0;    ///< CPU threads asleep
  size_t ioIdle = 0;  ///< I/O threads asleep
  size_t queued = 0;  ///< in this and the following: both pools together
  uint64_t executed = 0;
  uint64_t restarts = 0;
  uint64_t failedStarts = 0;
  uint64_t steals = 0;      ///< CPU only
  uint64_t failedPins = 0;  ///< CPU only
};

PoolStats poolStats();

}  // namespace millrace
