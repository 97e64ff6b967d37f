// Invariants: a settled node is subtracted from remaining_ only after its dependants were queued,
// so that remaining_ is 0 exactly when nothing is left; who subtracts does not touch the run
// afterwards, unless it was the last. At most one thread seeds.
#include "graph/direct_run.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/clock.h"

namespace millrace {
namespace {

constexpr size_t kSeeds = 256;       // roots queued at once
constexpr size_t kReadyAtOnce = 64;  // dependants queued at once
// A worker that goes from node to node gives the thread back after a slice of time, looking at the
// clock every so many nodes.
constexpr int64_t kSliceNs = 2'000'000;
constexpr size_t kNodesPerClockRead = 64;

}  // namespace

DirectRun::DirectRun(std::shared_ptr<const GraphShape> shape, TaskSink& pool, NodeFunction function,
                     Completion completion)
    : GraphRun(std::move(shape), pool, std::move(function), std::move(completion)),
      roots_(shape_->roots()),
      tasks_(new NodeTask[shape_->nodes()]),
      remaining_(shape_->nodes()) {
  seedTask_.owner = this;
  for (size_t node = 0; node < shape_->nodes(); ++node) tasks_[node].owner = this;
}

Result<void> DirectRun::begin() {
  return pool_.submit(seedTask_);
}

// Queues some roots and comes back for more, so that a wide graph neither floods the pool nor keeps
// the thread that started it.
void DirectRun::seed() {
  if (shape_->nodes() == 0) return complete();
  for (;;) {
    const size_t count = std::min(kSeeds, roots_.size() - seeded_);
    std::array<Task*, kSeeds> seeds;
    for (size_t i = 0; i < count; ++i) seeds[i] = &tasks_[roots_[seeded_ + i]];
    seeded_ += count;
    // From here on, unless roots are left, other threads may complete the run.
    const bool last = seeded_ == roots_.size();
    if (!pool_.submit({seeds.data(), count}, Priority::kNormal)) {
      for (size_t i = 0; i < count; ++i) seeds[i]->run();
    }
    if (last || pool_.submit(seedTask_)) return;
  }
}

void DirectRun::runFrom(uint32_t node) {
  Task* refused = nullptr;
  size_t settled = 0;
  size_t untilClock = kNodesPerClockRead;
  int64_t endNs = 0;
  for (;;) {
    const uint32_t cause = settle(node);
    ++settled;
    uint32_t next = releaseDependants(node, cause, refused);
    if (next == GraphShape::kNone && refused) {
      next = static_cast<uint32_t>(static_cast<NodeTask*>(refused) - tasks_.get());
      refused = refused->next;
    }
    if (next == GraphShape::kNone) break;
    node = next;
    if (--untilClock == 0) {
      untilClock = kNodesPerClockRead;
      const int64_t nowNs = monotonicNs();
      if (endNs == 0) endNs = nowNs + kSliceNs;
      if (nowNs > endNs && !refused && pool_.submit(tasks_[node])) break;
    }
  }
  // ORDER: acquire and release: the last one sees everything that the others did.
  if (remaining_.fetch_sub(settled, std::memory_order_acq_rel) == settled) complete();
}

// Queues the dependants that became ready, but for the first one, which it returns.
uint32_t DirectRun::releaseDependants(uint32_t node, uint32_t cause, Task*& refused) {
  uint32_t next = GraphShape::kNone;
  std::array<Task*, kReadyAtOnce> ready;
  size_t count = 0;
  for (const uint32_t dependant : shape_->dependantsOf(node)) {
    if (!release(dependant, cause)) continue;
    if (next == GraphShape::kNone) {
      next = dependant;
      continue;
    }
    ready[count++] = &tasks_[dependant];
    if (count == ready.size()) queue({ready.data(), std::exchange(count, 0)}, refused);
  }
  if (count != 0) queue({ready.data(), count}, refused);
  return next;
}

// What the pool refuses (full or closed) the worker runs itself, later.
void DirectRun::queue(std::span<Task* const> ready, Task*& refused) {
  if (pool_.submit(ready, Priority::kNormal)) return;
  for (Task* task : ready) {
    task->next = refused;
    refused = task;
  }
}

}  // namespace millrace
