// A lane: one operation, a queue of batches and at most `limit` runners on a pool, each claiming
// one item after the other, so that a slow item never holds its neighbours' work. Thread safe. Made
// by open() and kept alive by its runners; close() makes it refuse and cancel.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "executor/task.h"
#include "graph/graph_shape.h"
#include "operations/batch.h"
#include "operations/operation.h"

namespace millrace {

class Lane : public std::enable_shared_from_this<Lane> {
 public:
  /// Receives each finished batch, on a pool thread, exactly once. Must not throw or block.
  using Receiver = std::function<void(std::shared_ptr<Batch>)>;

  static std::shared_ptr<Lane> open(std::shared_ptr<const Operation> operation, TaskSink& pool,
                                    size_t limit, Receiver receiver);

  Lane(std::shared_ptr<const Operation> operation, TaskSink& pool, size_t limit, Receiver receiver);

  /// Queues a batch. kClosed after close(); kOutOfMemory; when no runner is active, the pool's
  /// refusal (kQueueFull, kSystem).
  Result<void> submit(const std::shared_ptr<Batch>& batch);

  /// Runs a batch whose items wait for each other, at once and at the present limit. An item of
  /// which a dependency failed is not run and fails with kDependencyFailed; the message is the
  /// number of the item that failed. Fails like submit(), and as GraphRun::start(). REQUIRES:
  /// shape->nodes() == batch->count() and no cycle.
  Result<void> submitGraph(const std::shared_ptr<Batch>& batch,
                           std::shared_ptr<const GraphShape> shape);

  /// Changes how many items may run at once; takes effect with the next item. REQUIRES: limit > 0.
  void setLimit(size_t limit);

  /// Cancels one queued or running batch; it is still delivered.
  void cancel(uint32_t batchId);

  /// Refuses further batches and cancels those in the lane; they are still delivered.
  void close();

  const Operation& operation() const { return *operation_; }

 private:
  class Runner;

  /// Starts as many runners as limit and work allow. REQUIRES: mutex_ held.
  Result<void> startRunners();
  /// The batch to work on; null when the calling runner has to end (it is then no longer counted).
  std::shared_ptr<Batch> front();
  void runSlice(Runner& runner);
  void finish(const std::shared_ptr<Batch>& batch);

  const std::shared_ptr<const Operation> operation_;
  TaskSink& pool_;
  const Receiver receiver_;

  std::mutex mutex_;                            // guards everything below
  std::deque<std::shared_ptr<Batch>> queue_;    // batches with items left to claim, no graphs
  std::deque<std::shared_ptr<Batch>> running_;  // batches not yet delivered, for cancel()
  size_t limit_;
  size_t runners_ = 0;
  bool closed_ = false;

  // True while runners_ > limit_: tells busy runners, between two items, to look at the limit
  // again. Written under mutex_; read without it, and publishes nothing.
  std::atomic<bool> surplus_{false};
};

}  // namespace millrace
