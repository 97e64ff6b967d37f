#include "metrics/process_probe.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <thread>

#include "base/clock.h"

namespace millrace {
namespace {

constexpr uint64_t kMegabyte = 1024 * 1024;

TEST(ProcessProbe, ParsesStatm) {
  EXPECT_EQ(parseStatmResidentPages("12345 678 90 1 0 2 0\n"), 678u);
  EXPECT_EQ(parseStatmResidentPages(""), std::nullopt);
  EXPECT_EQ(parseStatmResidentPages("12345"), std::nullopt);
}

TEST(ProcessProbe, ParsesThePeak) {
  EXPECT_EQ(parsePeakBytes("Name:\tnode\nVmPeak:\t  999 kB\nVmHWM:\t    1234 kB\n"), 1234u * 1024);
  EXPECT_EQ(parsePeakBytes("Name:\tnode\n"), std::nullopt);
}

TEST(ProcessProbe, ParsesPressure) {
  EXPECT_EQ(parsePressure("some avg10=1.25 avg60=0.50 avg300=0.10 total=123\n"
                          "full avg10=0.75 avg60=0.00 avg300=0.00 total=4\n"),
            1.25);
  EXPECT_EQ(parsePressure(""), std::nullopt);
  EXPECT_EQ(parsePressure("some avg60=1"), std::nullopt);
}

TEST(ProcessProbe, ResidentMemoryFollowsWhatIsTouched) {
  const uint64_t before = residentBytes();
  ASSERT_GT(before, 0u);
  constexpr size_t kSize = 96 * kMegabyte;
  auto block = std::make_unique<volatile char[]>(kSize);
  for (size_t i = 0; i < kSize; i += 4096) block[i] = 1;
  EXPECT_GE(residentBytes(), before + 90 * kMegabyte);
  EXPECT_GE(peakResidentBytes(), before + 90 * kMegabyte);
  block.reset();
  // The peak remembers what the present has given back.
  EXPECT_GE(peakResidentBytes(), before + 90 * kMegabyte);
}

TEST(ProcessProbe, ProcessorTimeCountsAllThreads) {
  const int64_t before = processCpuUs();
  std::thread other([before] {
    while (processCpuUs() - before < 20'000) {
    }
  });
  other.join();
  EXPECT_GE(processCpuUs() - before, 20'000);
}

TEST(ProcessProbe, TheMemoryLimitIsThatOfTheMachineOrSmaller) {
  EXPECT_GT(totalMemoryBytes(), 64 * kMegabyte);
  EXPECT_GT(memoryLimitBytes(), 16 * kMegabyte);
  EXPECT_LE(memoryLimitBytes(), totalMemoryBytes());
}

TEST(ProcessProbe, PressureIsAShareOfTime) {
  const auto pressure = memoryPressure();
  if (pressure) {
    EXPECT_GE(*pressure, 0.0);
    EXPECT_LE(*pressure, 100.0);
  }
}

}  // namespace
}  // namespace millrace
