// Invariants: while ready_ is not empty, at least one runner is at work or queued; each runner at
// work runs one node at a time, so that never more than runners_.size() run. Dependants are
// released under the mutex, by which a run's nodes see what their dependencies did.
#include "graph/limited_run.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace millrace {
namespace {
// A runner gives the thread back after a slice of time, looking at the clock every so many nodes.
constexpr int64_t kSliceNs = 2'000'000;
constexpr size_t kNodesPerClockRead = 64;
}  // namespace

LimitedRun::LimitedRun(std::shared_ptr<const GraphShape> shape, TaskSink& pool,
                       NodeFunction function, Completion completion, const GraphRunOptions& options)
    : GraphRun(std::move(shape), pool, std::move(function), std::move(completion)),
      ready_(shape_->nodes(), options.priorities),
      remaining_(shape_->nodes()) {
  const size_t limit = options.limit == 0 ? pool_.width() : std::min(options.limit, pool_.width());
  for (size_t i = 0; i < limit; ++i) {
    runners_.push_back(std::make_unique<Runner>());
    runners_.back()->owner = this;
    idle_.push_back(runners_.back().get());
  }
  for (const uint32_t root : shape_->roots()) ready_.push(root);
}

Result<void> LimitedRun::begin() {
  std::lock_guard lock(mutex_);
  Result<void> begun = pool_.submit(*idle_.back());
  if (begun) {
    idle_.pop_back();
    ++coming_;
  }
  return begun;
}

// Sets idle runners to work while there are more ready nodes than the caller and those on their way
// will take. REQUIRES: mutex_ held. What the pool refuses stays for those at work.
void LimitedRun::callRunners() {
  while (!idle_.empty() && coming_ + 1 < ready_.size()) {
    if (!pool_.submit(*idle_.back())) return;
    idle_.pop_back();
    ++coming_;
  }
}

void LimitedRun::work(Runner& runner) {
  std::unique_lock lock(mutex_);
  --coming_;
  callRunners();
  size_t untilClock = kNodesPerClockRead;
  int64_t endNs = 0;
  for (uint32_t node = ready_.take(); node != GraphShape::kNone; node = ready_.take()) {
    lock.unlock();
    const uint32_t cause = settle(node);
    bool yield = false;
    if (--untilClock == 0) {
      untilClock = kNodesPerClockRead;
      const int64_t nowNs = monotonicNs();
      if (endNs == 0) endNs = nowNs + kSliceNs;
      yield = nowNs > endNs;
    }
    lock.lock();
    for (const uint32_t dependant : shape_->dependantsOf(node)) {
      if (release(dependant, cause)) ready_.push(dependant);
    }
    --remaining_;
    callRunners();
    if (yield && !ready_.empty() && pool_.submit(runner)) {
      ++coming_;
      return;
    }
  }
  idle_.push_back(&runner);
  // Nobody else is at work when nothing remains: the last node ends exactly once.
  const bool last = remaining_ == 0 && idle_.size() == runners_.size();
  lock.unlock();
  if (last) complete();
}

}  // namespace millrace
