// Invariants: runners_ <= limit_ whenever a runner starts; while queue_ is not empty, runners_ > 0.
// A runner gives the thread back after a slice of time, so that lanes sharing a pool take turns.
#include "operations/lane.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "base/clock.h"
#include "graph/graph_run.h"

namespace millrace {
namespace {
constexpr int64_t kSliceNs = 2'000'000;
}  // namespace

class Lane::Runner final : public Task {
 public:
  explicit Runner(std::shared_ptr<Lane> lane) : lane_(std::move(lane)) {}
  void run() override {
    // Holds the lane beyond the runner's own end: runSlice may delete this.
    const std::shared_ptr<Lane> lane = lane_;
    lane->runSlice(*this);
  }

 private:
  const std::shared_ptr<Lane> lane_;
};

std::shared_ptr<Lane> Lane::open(std::shared_ptr<const Operation> operation, TaskSink& pool,
                                 size_t limit, Receiver receiver) {
  return std::make_shared<Lane>(std::move(operation), pool, limit, std::move(receiver));
}

Lane::Lane(std::shared_ptr<const Operation> operation, TaskSink& pool, size_t limit,
           Receiver receiver)
    : operation_(std::move(operation)),
      pool_(pool),
      receiver_(std::move(receiver)),
      limit_(limit) {}

Result<void> Lane::submit(const std::shared_ptr<Batch>& batch) {
  std::lock_guard lock(mutex_);
  if (closed_) return Error::of(ErrorCode::kClosed);
  try {
    running_.push_back(batch);
    queue_.push_back(batch);
  } catch (const std::bad_alloc&) {
    std::erase(running_, batch);
    return Error::of(ErrorCode::kOutOfMemory);
  }
  Result<void> started = startRunners();
  if (!started && runners_ == 0) {
    queue_.pop_back();
    running_.pop_back();
    return started;
  }
  return {};
}

namespace {

/// What the run knows and the batch does not: the items that were never run, and why.
void recordSkipped(const GraphRun& run, Batch& batch) {
  for (uint32_t node = 0; node < batch.count(); ++node) {
    if (run.outcome(node) != NodeOutcome::kSkipped) continue;
    batch.failItem(node, Error::of(ErrorCode::kDependencyFailed, std::to_string(run.cause(node))));
  }
}

}  // namespace

Result<void> Lane::submitGraph(const std::shared_ptr<Batch>& batch,
                               std::shared_ptr<const GraphShape> shape) {
  GraphRunOptions options;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return Error::of(ErrorCode::kClosed);
    try {
      running_.push_back(batch);
    } catch (const std::bad_alloc&) {
      return Error::of(ErrorCode::kOutOfMemory);
    }
    options.limit = limit_;
  }
  auto run = [batch, operation = operation_](size_t node) {
    return batch->runItem(*operation, node).succeeded;
  };
  auto complete = [batch, lane = shared_from_this()](const GraphRun& ended) {
    recordSkipped(ended, *batch);
    lane->finish(batch);
  };
  Result<void> outcome;
  try {
    auto started =
        GraphRun::start(std::move(shape), pool_, std::move(run), std::move(complete), options);
    if (!started) outcome = std::move(started).error();
  } catch (const std::bad_alloc&) {
    outcome = Error::of(ErrorCode::kOutOfMemory);
  }
  if (outcome) return {};
  std::lock_guard lock(mutex_);
  std::erase(running_, batch);
  return outcome;
}

Result<void> Lane::startRunners() {
  size_t wanted = 0;
  for (const auto& batch : queue_) {
    wanted += batch->count();
    if (wanted >= limit_) break;
  }
  wanted = std::min({wanted, limit_, pool_.width()});
  while (runners_ < wanted) {
    std::unique_ptr<Runner> runner(new (std::nothrow) Runner(shared_from_this()));
    if (!runner) return Error::of(ErrorCode::kOutOfMemory);
    Result<void> submitted = pool_.submit(*runner);
    if (!submitted) return submitted;
    (void)runner.release();  // owns itself from now on
    ++runners_;
  }
  return {};
}

void Lane::setLimit(size_t limit) {
  std::lock_guard lock(mutex_);
  limit_ = limit;
  surplus_.store(runners_ > limit_, std::memory_order_relaxed);
  (void)startRunners();  // more runners are an optimisation: those that run go on
}

void Lane::cancel(uint32_t batchId) {
  std::lock_guard lock(mutex_);
  for (const auto& batch : running_) {
    if (batch->id() == batchId) batch->cancel();
  }
}

void Lane::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& batch : running_) batch->cancel();
}

std::shared_ptr<Batch> Lane::front() {
  std::lock_guard lock(mutex_);
  while (!queue_.empty() && queue_.front()->drained()) queue_.pop_front();
  if (queue_.empty() || runners_ > limit_) {
    --runners_;
    surplus_.store(runners_ > limit_, std::memory_order_relaxed);
    return nullptr;
  }
  return queue_.front();
}

void Lane::runSlice(Runner& runner) {
  int64_t sliceEndNs = monotonicNs() + kSliceNs;
  while (std::shared_ptr<Batch> batch = front()) {
    size_t index = 0;
    while (!surplus_.load(std::memory_order_relaxed) && batch->claim(index)) {
      const ItemEnd end = batch->runItem(*operation_, index);
      if (end.isLast) finish(batch);
      if (end.atNs > sliceEndNs) {
        if (pool_.submit(runner)) return;
        sliceEndNs = end.atNs + kSliceNs;
      }
      if (end.isLast) break;
    }
  }
  delete &runner;
}

void Lane::finish(const std::shared_ptr<Batch>& batch) {
  {
    std::lock_guard lock(mutex_);
    std::erase(running_, batch);
  }
  receiver_(batch);
}

}  // namespace millrace
