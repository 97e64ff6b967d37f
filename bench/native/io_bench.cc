// Walking and reading files. The tree is MILLRACE_BENCH_TREE, else /usr; files come from the same
// tree. Each walk stands beside a plain recursive readdir loop over the same tree.
#include <benchmark/benchmark.h>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "executor/executor.h"
#include "io/file.h"
#include "io/glob.h"
#include "io/walk.h"
#include "operations/hash_file_operation.h"

namespace millrace {
namespace {

const Checkpoint kGoOn = [] { return Result<void>(); };

std::string tree() {
  const char* given = std::getenv("MILLRACE_BENCH_TREE");
  return given ? given : "/usr";
}

void readdirLoop(const std::string& path, std::vector<std::string>& found) {
  DIR* directory = opendir(path.c_str());
  if (!directory) return;
  while (const dirent* entry = readdir(directory)) {
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    std::string full = path;
    full.append(1, '/').append(entry->d_name);
    if (entry->d_type == DT_DIR) {
      readdirLoop(full, found);
    } else if (entry->d_type == DT_REG) {
      found.push_back(std::move(full));
    }
  }
  closedir(directory);
}

void BM_WalkReaddirLoop(benchmark::State& state) {
  size_t files = 0;
  for (auto _ : state) {
    std::vector<std::string> found;
    readdirLoop(tree(), found);
    files = found.size();
  }
  state.counters["files"] = static_cast<double>(files);
}
BENCHMARK(BM_WalkReaddirLoop)->Unit(benchmark::kMillisecond)->UseRealTime();

void runWalk(benchmark::State& state, WalkOptions options) {
  const Result<Walk> walk = Walk::compile(options);
  size_t files = 0;
  for (auto _ : state) {
    const Result<WalkResult> result = walk.value().run(tree(), sharedIoPool(), kGoOn);
    files = result.value().count;
  }
  state.counters["files"] = static_cast<double>(files);
}

WalkOptions allFiles(uint32_t threads) {
  WalkOptions options;
  options.dot = true;
  options.threads = threads;
  return options;
}

void BM_Walk(benchmark::State& state) {
  runWalk(state, allFiles(static_cast<uint32_t>(state.range(0))));
}
BENCHMARK(BM_Walk)->Arg(1)->Arg(2)->Arg(4)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_WalkSorted(benchmark::State& state) {
  WalkOptions options = allFiles(static_cast<uint32_t>(state.range(0)));
  options.sorted = true;
  runWalk(state, options);
}
BENCHMARK(BM_WalkSorted)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_WalkWithSizes(benchmark::State& state) {
  WalkOptions options = allFiles(static_cast<uint32_t>(state.range(0)));
  options.sizes = true;
  runWalk(state, options);
}
BENCHMARK(BM_WalkWithSizes)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_WalkGlobs(benchmark::State& state) {
  WalkOptions options = allFiles(static_cast<uint32_t>(state.range(0)));
  options.patterns = {"**/*.{h,hpp,py,so}", "!**/test/**"};
  runWalk(state, options);
}
BENCHMARK(BM_WalkGlobs)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_WalkGitignore(benchmark::State& state) {
  WalkOptions options = allFiles(static_cast<uint32_t>(state.range(0)));
  options.gitignore = true;
  runWalk(state, options);
}
BENCHMARK(BM_WalkGitignore)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

/// The first files of the tree with at most 16 KiB.
const std::vector<std::string>& smallFiles() {
  static const std::vector<std::string> files = [] {
    std::vector<std::string> found;
    WalkOptions options = allFiles(1);
    options.paths = PathForm::kAbsolute;
    options.sizes = true;
    const Result<Walk> walk = Walk::compile(options);
    const WalkResult result = std::move(walk.value().run(tree(), sharedIoPool(), kGoOn)).value();
    size_t begin = 0;
    for (size_t i = 0; i < result.count && found.size() < 5000; ++i) {
      const size_t end = std::min(result.paths.find('\0', begin), result.paths.size());
      if (result.sizes[i] <= 16 * 1024) found.push_back(result.paths.substr(begin, end - begin));
      begin = end + 1;
    }
    return found;
  }();
  return files;
}

void setFilesPerSecond(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * smallFiles().size()));
}

void BM_SmallFilesOpenReadClose(benchmark::State& state) {
  std::vector<char> buffer(256 * 1024);
  for (auto _ : state) {
    for (const std::string& path : smallFiles()) {
      const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
      benchmark::DoNotOptimize(read(descriptor, buffer.data(), buffer.size()));
      close(descriptor);
    }
  }
  setFilesPerSecond(state);
}
BENCHMARK(BM_SmallFilesOpenReadClose)->Unit(benchmark::kMillisecond);

void BM_SmallFilesReadFile(benchmark::State& state) {
  for (auto _ : state) {
    for (const std::string& path : smallFiles()) {
      benchmark::DoNotOptimize(readFile(path, UINT64_MAX, kGoOn));
    }
  }
  setFilesPerSecond(state);
}
BENCHMARK(BM_SmallFilesReadFile)->Unit(benchmark::kMillisecond);

void BM_SmallFilesHashFile(benchmark::State& state) {
  const HashFileOperation operation({HashAlgorithm::kXxh3_64});
  const Cancellation never;
  double size = 0;
  std::string hex(16, ' ');
  for (auto _ : state) {
    for (const std::string& path : smallFiles()) {
      ItemOutput output{{&size, 1}, hex, {}, {}};
      benchmark::DoNotOptimize(operation.run({never, 0}, bytesOf(path), output));
    }
  }
  setFilesPerSecond(state);
}
BENCHMARK(BM_SmallFilesHashFile)->Unit(benchmark::kMillisecond);

void BM_SmallFilesStat(benchmark::State& state) {
  for (auto _ : state) {
    for (const std::string& path : smallFiles()) benchmark::DoNotOptimize(statusOf(path, true));
  }
  setFilesPerSecond(state);
}
BENCHMARK(BM_SmallFilesStat)->Unit(benchmark::kMillisecond);

void BM_GlobMatch(benchmark::State& state) {
  const std::vector<std::string> patterns = {"src/**/*.{ts,tsx,js}", "!**/node_modules/**"};
  const Result<GlobSet> globs = GlobSet::compile(patterns, {false, false});
  const std::string path = "src/components/navigation/sidebar/SidebarItem.tsx";
  for (auto _ : state) benchmark::DoNotOptimize(globs.value().matches(path, false));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * path.size()));
}
BENCHMARK(BM_GlobMatch);

}  // namespace
}  // namespace millrace
