// Hashes and LZ4, each XXH3 row of the table beside the others.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "kernels/hash.h"
#include "kernels/lz4_frame.h"
#include "kernels/xxh3.h"

namespace millrace {
namespace {

const Checkpoint kGoOn = [] { return Result<void>(); };

std::vector<std::byte> noise(size_t size) {
  std::mt19937_64 random(1);
  std::vector<std::byte> bytes(size);
  for (std::byte& each : bytes) each = static_cast<std::byte>(random());
  return bytes;
}

std::string sourceText(size_t size) {
  std::mt19937 random(3);
  std::string text;
  while (text.size() < size) {
    text.append("  const value").append(std::to_string(random() % 300)).append(" = await call(");
    text.append(std::to_string(random() % 100)).append(");\n");
  }
  text.resize(size);
  return text;
}

void setBytes(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
}

void BM_Xxh3(benchmark::State& state, InstructionSet set) {
  const Xxh3Kernels* row = xxh3For(set);
  if (!row || !cpuSupports(set)) {
    state.SkipWithError("not on this machine");
    return;
  }
  const std::vector<std::byte> data = noise(static_cast<size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(row->hash64(data.data(), data.size()));
  setBytes(state, data.size());
}
BENCHMARK_CAPTURE(BM_Xxh3, baseline, InstructionSet::kBaseline)
    ->Arg(4096)
    ->Arg(262144)
    ->Arg(8 << 20);
BENCHMARK_CAPTURE(BM_Xxh3, avx2, InstructionSet::kAvx2)->Arg(4096)->Arg(262144)->Arg(8 << 20);
BENCHMARK_CAPTURE(BM_Xxh3, avx512, InstructionSet::kAvx512)->Arg(4096)->Arg(262144)->Arg(8 << 20);

void BM_Hash(benchmark::State& state, HashAlgorithm algorithm) {
  const std::vector<std::byte> data = noise(static_cast<size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(hashOf(algorithm, data));
  setBytes(state, data.size());
}
BENCHMARK_CAPTURE(BM_Hash, xxh3_64, HashAlgorithm::kXxh3_64)->Arg(100)->Arg(262144);
BENCHMARK_CAPTURE(BM_Hash, xxh3_128, HashAlgorithm::kXxh3_128)->Arg(100)->Arg(262144);
BENCHMARK_CAPTURE(BM_Hash, sha256, HashAlgorithm::kSha256)->Arg(100)->Arg(262144);
BENCHMARK_CAPTURE(BM_Hash, sha1, HashAlgorithm::kSha1)->Arg(100)->Arg(262144);
BENCHMARK_CAPTURE(BM_Hash, md5, HashAlgorithm::kMd5)->Arg(100)->Arg(262144);

void BM_Lz4Compress(benchmark::State& state) {
  const std::string text = sourceText(static_cast<size_t>(state.range(0)));
  const int level = static_cast<int>(state.range(1));
  size_t compressedBytes = 0;
  for (auto _ : state) {
    compressedBytes = compressLz4(bytesOf(text), level, kGoOn).value().size();
  }
  setBytes(state, text.size());
  state.counters["ratio"] = static_cast<double>(text.size()) / static_cast<double>(compressedBytes);
}
BENCHMARK(BM_Lz4Compress)
    ->Args({1000, 0})
    ->Args({100'000, 0})
    ->Args({4 << 20, 0})
    ->Args({100'000, 9});

void BM_Lz4Decompress(benchmark::State& state) {
  const std::string text = sourceText(static_cast<size_t>(state.range(0)));
  const Bytes frame = std::move(compressLz4(bytesOf(text), 0, kGoOn)).value();
  for (auto _ : state) {
    benchmark::DoNotOptimize(decompressLz4(frame.view(), UINT64_MAX, kGoOn));
  }
  setBytes(state, text.size());
}
BENCHMARK(BM_Lz4Decompress)->Arg(1000)->Arg(100'000)->Arg(4 << 20);

}  // namespace
}  // namespace millrace
