// A run whose nodes are tasks of the pool: no limit but the pool's, no order but its own. Internal
// to graph_run.cc. See GraphRun for threads and ownership.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "graph/graph_run.h"

namespace millrace {

class DirectRun final : public GraphRun {
 public:
  DirectRun(std::shared_ptr<const GraphShape> shape, TaskSink& pool, NodeFunction function,
            Completion completion);

 private:
  struct NodeTask final : Task {
    void run() override { owner->runFrom(static_cast<uint32_t>(this - owner->tasks_.get())); }
    DirectRun* owner = nullptr;
  };
  struct SeedTask final : Task {
    void run() override { owner->seed(); }
    DirectRun* owner = nullptr;
  };

  Result<void> begin() override;
  void seed();
  void runFrom(uint32_t node);
  void queue(std::span<Task* const> ready, Task*& refused);
  uint32_t releaseDependants(uint32_t node, uint32_t cause, Task*& refused);

  const std::vector<uint32_t> roots_;
  size_t seeded_ = 0;  // roots queued so far; the seeding task's alone
  SeedTask seedTask_;
  std::unique_ptr<NodeTask[]> tasks_;
  alignas(64) std::atomic<size_t> remaining_;
};

}  // namespace millrace
