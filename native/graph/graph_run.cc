// Invariants: pending_[n] is the number of n's dependencies that have not settled, down to 1; a
// node is settled by the one thread that released it from its last dependency (a root by who starts
// it), after everything that its dependencies did.
#include "graph/graph_run.h"

#include <utility>

#include "graph/direct_run.h"
#include "graph/limited_run.h"

namespace millrace {

GraphRun::GraphRun(std::shared_ptr<const GraphShape> shape, TaskSink& pool, NodeFunction function,
                   Completion completion)
    : shape_(std::move(shape)),
      pool_(pool),
      function_(std::move(function)),
      completion_(std::move(completion)),
      outcomes_(shape_->nodes(), NodeOutcome::kPending),
      pending_(new std::atomic<uint32_t>[shape_->nodes()]),
      causes_(new std::atomic<uint32_t>[shape_->nodes()]) {
  // Relaxed: begin() publishes all of it through the pool's queue.
  for (uint32_t node = 0; node < shape_->nodes(); ++node) {
    pending_[node].store(shape_->dependencyCount(node), std::memory_order_relaxed);
    causes_[node].store(GraphShape::kNone, std::memory_order_relaxed);
  }
}

Result<std::shared_ptr<GraphRun>> GraphRun::start(std::shared_ptr<const GraphShape> shape,
                                                  TaskSink& pool, NodeFunction function,
                                                  Completion completion, GraphRunOptions options) {
  if (!options.priorities.empty() && options.priorities.size() != shape->nodes()) {
    return Error::of(ErrorCode::kInvalidArgument, "as many priorities as nodes, or none");
  }
  const bool limited =
      (options.limit != 0 && options.limit < pool.width()) || !options.priorities.empty();
  std::shared_ptr<GraphRun> run;
  if (limited) {
    run = std::make_shared<LimitedRun>(std::move(shape), pool, std::move(function),
                                       std::move(completion), options);
  } else {
    run = std::make_shared<DirectRun>(std::move(shape), pool, std::move(function),
                                      std::move(completion));
  }
  run->self_ = run;
  Result<void> begun = run->begin();
  if (!begun) {
    run->self_.reset();
    return std::move(begun).error();
  }
  return run;
}

void GraphRun::settle(uint32_t node) {
  NodeOutcome& outcome = outcomes_[node];
  // Relaxed: release() ordered the causes before the count that made this node ready.
  if (causes_[node].load(std::memory_order_relaxed) != GraphShape::kNone) {
    outcome = NodeOutcome::kSkipped;
  } else if (cancellation_.cancelled()) {
    outcome = NodeOutcome::kCancelled;
  } else {
    bool good = false;
    try {
      good = function_(node);
    } catch (...) {
      good = false;  // the function's own affair; here it has failed
    }
    outcome = good ? NodeOutcome::kSucceeded : NodeOutcome::kFailed;
  }
}

bool GraphRun::release(uint32_t node, uint32_t dependant) {
  uint32_t cause = GraphShape::kNone;
  if (outcomes_[node] == NodeOutcome::kFailed) cause = node;
  if (outcomes_[node] == NodeOutcome::kSkipped)
    cause = causes_[node].load(std::memory_order_relaxed);
  if (cause != GraphShape::kNone) {
    // The lowest wins, so that a report does not depend on timing.
    uint32_t known = causes_[dependant].load(std::memory_order_relaxed);
    while (cause < known &&
           !causes_[dependant].compare_exchange_weak(known, cause, std::memory_order_relaxed)) {
    }
  }
  std::atomic<uint32_t>& pending = pending_[dependant];
  // ORDER: acquire and release: what each dependency did happens before the dependant. The last one
  // needs no read-modify-write: nobody else changes the count any more.
  if (pending.load(std::memory_order_acquire) == 1) return true;
  return pending.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

void GraphRun::complete() {
  const std::shared_ptr<GraphRun> self = std::move(self_);
  completion_(*this);
}

GraphSummary GraphRun::summary() const {
  GraphSummary summary;
  for (const NodeOutcome outcome : outcomes_) {
    summary.succeeded += outcome == NodeOutcome::kSucceeded;
    summary.failed += outcome == NodeOutcome::kFailed;
    summary.skipped += outcome == NodeOutcome::kSkipped;
    summary.cancelled += outcome == NodeOutcome::kCancelled;
  }
  return summary;
}

}  // namespace millrace
