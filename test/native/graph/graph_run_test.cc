#include "graph/graph_run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "executor/cpu_executor.h"

namespace millrace {
namespace {

using Edges = std::vector<GraphEdge>;

CpuExecutorOptions workers(size_t count) {
  CpuExecutorOptions options;
  options.workers = count;
  return options;
}

std::shared_ptr<const GraphShape> shapeOf(size_t nodes, const Edges& edges) {
  Result<GraphShape> shape = GraphShape::build(nodes, edges);
  EXPECT_TRUE(shape.ok());
  return std::make_shared<const GraphShape>(std::move(shape).value());
}

/// Receives the completion; a second one fails the test.
class Finish {
 public:
  GraphRun::Completion receiver() {
    return [this](const GraphRun&) {
      std::lock_guard lock(mutex_);
      EXPECT_EQ(++count_, 1);
      done_.notify_all();
    };
  }
  void wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return count_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  int count_ = 0;
};

/// Runs a graph to its end.
std::shared_ptr<GraphRun> runToEnd(std::shared_ptr<const GraphShape> shape, TaskSink& pool,
                                   GraphRun::NodeFunction function, GraphRunOptions options = {}) {
  Finish finish;
  auto run = GraphRun::start(std::move(shape), pool, std::move(function), finish.receiver(),
                             std::move(options));
  EXPECT_TRUE(run.ok());
  finish.wait();
  return std::move(run).value();
}

/// Every test of behaviour holds for each way to run a graph.
class GraphRunWays : public testing::TestWithParam<const char*> {
 protected:
  GraphRunOptions options(size_t nodes) const {
    GraphRunOptions options;
    if (std::string_view(GetParam()) == "limited") options.limit = 2;
    if (std::string_view(GetParam()) == "priorities") options.priorities.assign(nodes, 1);
    return options;
  }
};
INSTANTIATE_TEST_SUITE_P(All, GraphRunWays, testing::Values("direct", "limited", "priorities"),
                         [](const auto& way) { return std::string(way.param); });

TEST_P(GraphRunWays, AnEmptyGraphCompletes) {
  CpuExecutor pool(workers(3));
  const auto run = runToEnd(
      shapeOf(0, {}), pool, [](size_t) { return true; }, options(0));
  EXPECT_EQ(run->summary().succeeded, 0u);
}

// Checks order, exactly-once and that a dependency's writes are seen, on graphs of several shapes.
void checkOrder(size_t nodes, const Edges& edges, const GraphRunOptions& options) {
  CpuExecutor pool(workers(3));
  std::vector<std::vector<uint32_t>> dependencies(nodes);
  for (const GraphEdge& edge : edges) dependencies[edge.node].push_back(edge.dependency);
  std::vector<int> ran(nodes, 0);  // not atomic: the run has to order the accesses
  std::atomic<int> early{0};
  const auto run = runToEnd(
      shapeOf(nodes, edges), pool,
      [&](size_t node) {
        for (const uint32_t dependency : dependencies[node]) early += ran[dependency] != 1;
        ++ran[node];
        return true;
      },
      options);
  EXPECT_EQ(early, 0);
  EXPECT_EQ(run->summary().succeeded, nodes);
  EXPECT_EQ(std::count(ran.begin(), ran.end(), 1), static_cast<std::ptrdiff_t>(nodes));
}

TEST_P(GraphRunWays, AChainRunsInOrder) {
  constexpr uint32_t kNodes = 5000;
  Edges edges;
  for (uint32_t node = 1; node < kNodes; ++node) edges.push_back({node, node - 1});
  checkOrder(kNodes, edges, options(kNodes));
}

TEST_P(GraphRunWays, IndependentNodesAllRun) {
  checkOrder(5000, {}, options(5000));
}

TEST_P(GraphRunWays, LayersRunOneAfterTheOther) {
  constexpr uint32_t kWidth = 40;
  constexpr uint32_t kLayers = 20;
  Edges edges;
  for (uint32_t node = kWidth; node < kWidth * kLayers; ++node) {
    const uint32_t layer = node / kWidth;
    for (uint32_t i = 0; i < kWidth; ++i) edges.push_back({node, (layer - 1) * kWidth + i});
  }
  checkOrder(kWidth * kLayers, edges, options(kWidth * kLayers));
}

TEST_P(GraphRunWays, AStarFansOutAndIn) {
  constexpr uint32_t kLeaves = 3000;
  Edges edges;
  for (uint32_t leaf = 1; leaf <= kLeaves; ++leaf) {
    edges.push_back({leaf, 0});
    edges.push_back({kLeaves + 1, leaf});
  }
  checkOrder(kLeaves + 2, edges, options(kLeaves + 2));
}

Edges randomEdges(uint32_t nodes, uint32_t seed) {
  std::mt19937 random(seed);
  Edges edges;
  for (uint32_t node = 1; node < nodes; ++node) {
    for (uint32_t i = random() % 4; i > 0; --i) {
      edges.push_back({node, static_cast<uint32_t>(random() % node)});
    }
  }
  return edges;
}

TEST_P(GraphRunWays, RandomGraphsRunInOrder) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    checkOrder(700, randomEdges(700, seed), options(700));
  }
}

// What is skipped, and why, against a plain computation in order of the numbers.
TEST_P(GraphRunWays, DependantsOfAFailedNodeAreSkippedAndNameIt) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    constexpr uint32_t kNodes = 400;
    const Edges edges = randomEdges(kNodes, seed);
    auto fails = [](size_t node) { return node % 23 == 5; };
    CpuExecutor pool(workers(3));
    std::atomic<size_t> calls{0};
    const auto run = runToEnd(
        shapeOf(kNodes, edges), pool,
        [&](size_t node) {
          ++calls;
          return !fails(node);
        },
        options(kNodes));
    std::vector<uint32_t> cause(kNodes, GraphShape::kNone);
    size_t skipped = 0;
    size_t failed = 0;
    for (uint32_t node = 0; node < kNodes; ++node) {
      for (const GraphEdge& edge : edges) {
        if (edge.node != node) continue;
        const uint32_t d = edge.dependency;
        const uint32_t blamed = cause[d] != GraphShape::kNone ? cause[d] : fails(d) ? d : cause[d];
        cause[node] = std::min(cause[node], blamed);
      }
      const bool skip = cause[node] != GraphShape::kNone;
      skipped += skip;
      failed += !skip && fails(node);
      EXPECT_EQ(run->cause(node), cause[node]);
      EXPECT_EQ(run->outcome(node), skip          ? NodeOutcome::kSkipped
                                    : fails(node) ? NodeOutcome::kFailed
                                                  : NodeOutcome::kSucceeded);
    }
    const GraphSummary summary = run->summary();
    EXPECT_EQ(summary.skipped, skipped);
    EXPECT_EQ(summary.failed, failed);
    EXPECT_EQ(summary.succeeded, kNodes - skipped - failed);
    EXPECT_EQ(calls, kNodes - skipped);
  }
}

TEST_P(GraphRunWays, AnExceptionIsAFailure) {
  CpuExecutor pool(workers(2));
  const auto run = runToEnd(
      shapeOf(3, {{1, 0}, {2, 1}}), pool,
      [](size_t node) -> bool {
        if (node == 1) throw std::runtime_error("node");
        return true;
      },
      options(3));
  EXPECT_EQ(run->outcome(0), NodeOutcome::kSucceeded);
  EXPECT_EQ(run->outcome(1), NodeOutcome::kFailed);
  EXPECT_EQ(run->outcome(2), NodeOutcome::kSkipped);
  EXPECT_EQ(run->cause(2), 1u);
  EXPECT_EQ(pool.stats().restarts, 0u);
}

TEST_P(GraphRunWays, AfterCancelNoFurtherNodeStarts) {
  constexpr uint32_t kNodes = 1000;
  Edges edges;
  for (uint32_t node = 1; node < kNodes; ++node) edges.push_back({node, node - 1});
  CpuExecutor pool(workers(2));
  Finish finish;
  std::mutex mutex;  // holds node 10 until the run is known here
  std::shared_ptr<GraphRun> run;
  std::atomic<size_t> calls{0};
  {
    std::lock_guard lock(mutex);
    auto started = GraphRun::start(
        shapeOf(kNodes, edges), pool,
        [&](size_t node) {
          ++calls;
          if (node == 10) {
            std::lock_guard held(mutex);
            run->cancel();
          }
          return true;
        },
        finish.receiver(), options(kNodes));
    ASSERT_TRUE(started.ok());
    run = std::move(started).value();
  }
  finish.wait();
  EXPECT_EQ(calls, 11u);
  EXPECT_EQ(run->summary().succeeded, 11u);
  EXPECT_EQ(run->summary().cancelled, kNodes - 11);
  EXPECT_EQ(run->outcome(11), NodeOutcome::kCancelled);
}

TEST_P(GraphRunWays, AFullPoolSlowsARunDownButDoesNotStopIt) {
  CpuExecutorOptions small = workers(2);
  small.maxQueued = 1;
  CpuExecutor pool(small);
  std::atomic<size_t> calls{0};
  const auto run = runToEnd(
      shapeOf(700, randomEdges(700, 1)), pool,
      [&](size_t) {
        ++calls;
        return true;
      },
      options(700));
  EXPECT_EQ(calls, 700u);
  EXPECT_EQ(run->summary().succeeded, 700u);
}

TEST_P(GraphRunWays, AClosedPoolRefusesTheRun) {
  CpuExecutor pool(workers(2));
  pool.shutdown(ShutdownMode::kFinish);
  const auto run = GraphRun::start(
      shapeOf(2, {}), pool, [](size_t) { return true; },
      [](const GraphRun&) { FAIL() << "a refused run completed"; }, options(2));
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, ErrorCode::kClosed);
}

TEST_P(GraphRunWays, ManyRunsShareAPool) {
  CpuExecutor pool(workers(3));
  const auto shape = shapeOf(300, randomEdges(300, 9));
  std::atomic<size_t> calls{0};
  std::vector<std::unique_ptr<Finish>> finishes;
  for (int i = 0; i < 20; ++i) {
    finishes.push_back(std::make_unique<Finish>());
    ASSERT_TRUE(GraphRun::start(
                    shape, pool,
                    [&](size_t) {
                      ++calls;
                      return true;
                    },
                    finishes.back()->receiver(), options(300))
                    .ok());
  }
  for (const auto& finish : finishes) finish->wait();
  EXPECT_EQ(calls, 20u * 300);
  // A receiver may still be on its way out of the lock.
  pool.shutdown(ShutdownMode::kFinish);
}

TEST(GraphRun, NeverMoreNodesAtOnceThanTheLimit) {
  CpuExecutor pool(workers(6));
  GraphRunOptions options;
  options.limit = 2;
  std::atomic<int> now{0};
  std::atomic<int> peak{0};
  runToEnd(
      shapeOf(2000, {}), pool,
      [&](size_t) {
        const int running = ++now;
        for (int seen = peak; running > seen && !peak.compare_exchange_weak(seen, running);) {
        }
        std::this_thread::yield();
        --now;
        return true;
      },
      options);
  EXPECT_LE(peak, 2);
}

// Two nodes that wait for each other to have begun can only end when both run at once.
TEST(GraphRun, ReachesTheLimit) {
  for (const size_t limit : {size_t{0}, size_t{2}}) {
    CpuExecutor pool(workers(4));
    GraphRunOptions options;
    options.limit = limit;
    std::atomic<int> begun{0};
    const auto run = runToEnd(
        shapeOf(3, {{1, 0}, {2, 0}}), pool,
        [&](size_t node) {
          if (node == 0) return true;
          ++begun;
          while (begun < 2) std::this_thread::yield();
          return true;
        },
        options);
    EXPECT_EQ(run->summary().succeeded, 3u);
  }
}

TEST(GraphRun, HigherPrioritiesStartFirst) {
  CpuExecutor pool(workers(1));
  GraphRunOptions options;
  options.priorities = {0, 3, 1, 2, 9};
  std::vector<size_t> order;
  // Node 4 has the highest priority but waits for node 2.
  runToEnd(
      shapeOf(5, {{4, 2}}), pool,
      [&](size_t node) {
        order.push_back(node);
        return true;
      },
      options);
  EXPECT_EQ(order, (std::vector<size_t>{1, 3, 2, 4, 0}));
}

TEST(GraphRun, AWrongNumberOfPrioritiesIsRefused) {
  CpuExecutor pool(workers(1));
  GraphRunOptions options;
  options.priorities = {1};
  const auto run = GraphRun::start(
      shapeOf(2, {}), pool, [](size_t) { return true; }, [](const GraphRun&) {}, options);
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace millrace
