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
      nodes_(new NodeState[shape_->nodes()]) {
  // Relaxed: begin() publishes all of it through the pool's queue.
  for (uint32_t node = 0; node < shape_->nodes(); ++node) {
    nodes_[node].pending.store(shape_->dependencyCount(node), std::memory_order_relaxed);
    nodes_[node].cause.store(GraphShape::kNone, std::memory_order_relaxed);
  }
}

Result<std::shared_ptr<GraphRun>> GraphRun::start(std::shared_ptr<const GraphShape> shape,
                                                  TaskSink& pool, NodeFunction function,
                                                  Completion completion,
                                                  const GraphRunOptions& options) {
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

uint32_t GraphRun::settle(uint32_t node) {
  NodeState& state = nodes_[node];
  // Relaxed: release() ordered the causes before the count that made this node ready.
  uint32_t cause = state.cause.load(std::memory_order_relaxed);
  NodeOutcome outcome = NodeOutcome::kSkipped;
  if (cause == GraphShape::kNone) {
    outcome = cancellation_.cancelled() ? NodeOutcome::kCancelled : call(node);
    if (outcome == NodeOutcome::kFailed) cause = node;
  }
  // Relaxed: complete() publishes it; nobody counts down a settled node.
  state.pending.store(static_cast<uint32_t>(outcome), std::memory_order_relaxed);
  return cause;
}

NodeOutcome GraphRun::call(uint32_t node) {
  try {
    return function_(node) ? NodeOutcome::kSucceeded : NodeOutcome::kFailed;
  } catch (...) {
    return NodeOutcome::kFailed;  // what it threw is the function's own affair
  }
}

bool GraphRun::release(uint32_t dependant, uint32_t cause) {
  NodeState& state = nodes_[dependant];
  if (cause != GraphShape::kNone) {
    // The lowest wins, so that a report does not depend on timing.
    uint32_t known = state.cause.load(std::memory_order_relaxed);
    while (cause < known &&
           !state.cause.compare_exchange_weak(known, cause, std::memory_order_relaxed)) {
    }
  }
  // ORDER: acquire and release: what each dependency did happens before the dependant. The last one
  // needs no read-modify-write: nobody else changes the count any more.
  if (state.pending.load(std::memory_order_acquire) == 1) return true;
  return state.pending.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

void GraphRun::complete() {
  const std::shared_ptr<GraphRun> self = std::move(self_);
  completion_(*this);
}

GraphSummary GraphRun::summary() const {
  GraphSummary summary;
  for (uint32_t node = 0; node < shape_->nodes(); ++node) {
    const NodeOutcome outcome = this->outcome(node);
    summary.succeeded += outcome == NodeOutcome::kSucceeded;
    summary.failed += outcome == NodeOutcome::kFailed;
    summary.skipped += outcome == NodeOutcome::kSkipped;
    summary.cancelled += outcome == NodeOutcome::kCancelled;
  }
  return summary;
}

}  // namespace millrace
