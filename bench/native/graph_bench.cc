// What a node of a dependency graph costs when its function does nothing: graphs of several shapes
// on the CPU executor, built beforehand. items_per_second counts nodes.
#include <benchmark/benchmark.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string_view>
#include <vector>

#include "executor/cpu_executor.h"
#include "graph/graph_run.h"

namespace millrace {
namespace {

std::vector<GraphEdge> edgesOf(std::string_view kind, uint32_t nodes) {
  std::vector<GraphEdge> edges;
  std::mt19937 random(1);
  constexpr uint32_t kLayer = 100;
  for (uint32_t node = 1; node < nodes; ++node) {
    if (kind == "chain") edges.push_back({node, node - 1});
    if (kind == "tree") edges.push_back({node, (node - 1) / 2});
    if (kind == "random") {
      for (int i = 0; i < 2; ++i) edges.push_back({node, static_cast<uint32_t>(random() % node)});
    }
    // Diamonds: one node, a hundred that wait for it, one that waits for those, and so on.
    if (kind == "diamonds") {
      const uint32_t at = node % (kLayer + 1);
      const uint32_t hub = node - at;
      if (at != 0) edges.push_back({node, hub});
      if (at == 0) {
        for (uint32_t i = 1; i <= kLayer; ++i) edges.push_back({node, node - i});
      }
    }
  }
  return edges;
}

std::shared_ptr<const GraphShape> shapeOf(std::string_view kind, uint32_t nodes) {
  return std::make_shared<const GraphShape>(GraphShape::build(nodes, edgesOf(kind, nodes)).value());
}

void runOnce(const std::shared_ptr<const GraphShape>& shape, TaskSink& pool,
             const GraphRunOptions& options) {
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  auto completion = [&](const GraphRun&) {
    std::lock_guard lock(mutex);
    done = true;
    ended.notify_one();
  };
  (void)GraphRun::start(
      shape, pool, [](size_t) { return true; }, completion, options);
  std::unique_lock lock(mutex);
  ended.wait(lock, [&] { return done; });
}

void graph(benchmark::State& state, std::string_view kind, GraphRunOptions options = {}) {
  const auto nodes = static_cast<uint32_t>(state.range(0));
  const auto shape = shapeOf(kind, nodes);
  CpuExecutorOptions two;
  two.workers = 2;
  CpuExecutor pool(two);
  for (auto _ : state) runOnce(shape, pool, options);
  state.SetItemsProcessed(state.iterations() * nodes);
  state.counters["per_node"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * nodes,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

GraphRunOptions limitOne() {
  GraphRunOptions options;
  options.limit = 1;
  return options;
}

#define MILLRACE_GRAPH(...) \
  BENCHMARK_CAPTURE(graph, __VA_ARGS__)->UseRealTime()->Unit(benchmark::kMillisecond)
MILLRACE_GRAPH(chain, "chain")->Arg(100'000)->Arg(1'000'000);
MILLRACE_GRAPH(wide, "wide")->Arg(100'000)->Arg(1'000'000);
MILLRACE_GRAPH(tree, "tree")->Arg(100'000)->Arg(1'000'000);
MILLRACE_GRAPH(random, "random")->Arg(100'000)->Arg(1'000'000);
MILLRACE_GRAPH(diamonds, "diamonds")->Arg(100'000)->Arg(1'000'000);
MILLRACE_GRAPH(randomLimitOne, "random", limitOne())->Arg(100'000);
void randomByPriority(benchmark::State& state) {
  GraphRunOptions options;
  for (int64_t i = 0; i < state.range(0); ++i) {
    options.priorities.push_back(static_cast<int32_t>(i % 7));
  }
  graph(state, "random", options);
}
BENCHMARK(randomByPriority)->Arg(100'000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace millrace
