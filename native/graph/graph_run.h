// One run of a dependency graph on a pool: a node starts when all that it waits for has succeeded.
// Thread safe. A run keeps itself alive until it has completed; the results are then read-only. The
// pool has to outlive it. No allocation per node.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "executor/task.h"
#include "graph/graph_shape.h"

namespace millrace {

enum class NodeOutcome : uint8_t {
  kSucceeded,
  kFailed,     ///< its function returned false or threw
  kSkipped,    ///< something that it waits for, directly or not, failed
  kCancelled,  ///< the run was cancelled before it started
};

struct GraphRunOptions {
  size_t limit = 0;                 ///< nodes running at the same moment; 0: as the pool allows
  std::vector<int32_t> priorities;  ///< one per node, the highest starts first; empty: none
};

/// How many nodes ended how.
struct GraphSummary {
  size_t succeeded = 0;
  size_t failed = 0;
  size_t skipped = 0;
  size_t cancelled = 0;
};

class GraphRun : public std::enable_shared_from_this<GraphRun> {
 public:
  /// Runs a node, on a pool thread; false when it failed. An exception counts as a failure.
  using NodeFunction = std::function<bool(size_t node)>;
  /// Called exactly once, on a pool thread, when no node is left. Must not throw.
  using Completion = std::function<void(const GraphRun& run)>;

  /// Starts a run. Fails, and runs nothing, when the pool refuses (kQueueFull, kClosed), and with
  /// kInvalidArgument unless there are as many priorities as nodes, or none.
  /// REQUIRES: shape->findCycle() is empty; the members of a cycle would wait for ever.
  static Result<std::shared_ptr<GraphRun>> start(std::shared_ptr<const GraphShape> shape,
                                                 TaskSink& pool, NodeFunction function,
                                                 Completion completion,
                                                 const GraphRunOptions& options = {});

  virtual ~GraphRun() = default;

  /// No further node starts; the run then completes.
  void cancel() { cancellation_.cancel(); }

  // Results. REQUIRES: the run has completed.

  NodeOutcome outcome(uint32_t node) const {
    return static_cast<NodeOutcome>(nodes_[node].pending.load(std::memory_order_relaxed));
  }
  /// The failed node for which `node` was skipped, the lowest if there are several; else kNone.
  uint32_t cause(uint32_t node) const { return nodes_[node].cause.load(std::memory_order_relaxed); }
  GraphSummary summary() const;

 protected:
  GraphRun(std::shared_ptr<const GraphShape> shape, TaskSink& pool, NodeFunction function,
           Completion completion);

  /// Queues the first work.
  virtual Result<void> begin() = 0;

  /// Decides the outcome of a node that waits for nothing any more, running it if it may run.
  /// Returns the failed node that its dependants are to name as their cause, kNone if none is.
  uint32_t settle(uint32_t node);

  /// Tells `dependant` that a node it waits for has settled, with what settle() returned; true when
  /// it now waits for nothing any more.
  bool release(uint32_t dependant, uint32_t cause);

  /// Reports the completion and lets go of the run. Nothing may touch it afterwards.
  void complete();

  const std::shared_ptr<const GraphShape> shape_;
  TaskSink& pool_;

 private:
  NodeOutcome call(uint32_t node);

  // What changes about a node, in one place: a release of a large graph is one cache miss.
  struct NodeState {
    std::atomic<uint32_t> pending;  // dependencies not settled; once settled itself: the outcome
    std::atomic<uint32_t> cause;
  };

  const NodeFunction function_;
  const Completion completion_;
  Cancellation cancellation_;
  std::shared_ptr<GraphRun> self_;  // held from begin() to complete()
  std::unique_ptr<NodeState[]> nodes_;
};

}  // namespace millrace
