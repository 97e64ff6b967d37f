// The process-wide pools: a CPU executor sized by the usable cores and a pool for blocking I/O.
// Thread safe. Both are made on first use and never destroyed (a destructor at exit would delay
// process.exit by the running tasks).
#pragma once

#include "executor/task.h"

namespace millrace {

TaskSink& sharedExecutor();
TaskSink& sharedIoPool();

}  // namespace millrace
