// A run with a limit of its own or with priorities: a number of runners share one queue of ready
// nodes. Internal to graph_run.cc. See GraphRun for threads and ownership.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/graph_run.h"
#include "graph/ready_nodes.h"

namespace millrace {

class LimitedRun final : public GraphRun {
 public:
  LimitedRun(std::shared_ptr<const GraphShape> shape, TaskSink& pool, NodeFunction function,
             Completion completion, const GraphRunOptions& options);

 private:
  struct Runner final : Task {
    void run() override { owner->work(*this); }
    LimitedRun* owner = nullptr;
  };

  Result<void> begin() override;
  void work(Runner& runner);
  void callRunners();

  std::vector<std::unique_ptr<Runner>> runners_;
  std::mutex mutex_;           // guards everything below
  std::vector<Runner*> idle_;  // runners without work
  size_t coming_ = 0;          // runners queued at the pool and not yet at work
  ReadyNodes ready_;
  size_t remaining_;
};

}  // namespace millrace
