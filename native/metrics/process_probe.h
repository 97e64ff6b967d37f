// What this process uses and may use: memory, processor time, limits, pressure. Thread safe. Each
// call asks the operating system; 0 or nothing where the platform cannot say.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {

/// Resident memory in bytes. Linux: one pread of an open file, about a microsecond.
uint64_t residentBytes();

/// The largest resident memory so far, in bytes.
uint64_t peakResidentBytes();

/// Processor time of all threads, user and system, in microseconds.
int64_t processCpuUs();

/// Memory of the whole machine in bytes.
uint64_t totalMemoryBytes();

/// How much memory this process may use: its control group's limit or the machine's total,
/// whichever is smaller.
uint64_t memoryLimitBytes();

/// Share of time, 0 to 100, in which some task of the machine waited for memory, averaged over ten
/// seconds; nothing without Linux PSI.
std::optional<double> memoryPressure();

/// The pure parts of the above, for tests. /proc/self/statm: the second field, in pages.
std::optional<uint64_t> parseStatmResidentPages(std::string_view text);
/// /proc/self/status: "VmHWM:     1234 kB".
std::optional<uint64_t> parsePeakBytes(std::string_view text);
/// /proc/pressure/memory: "some avg10=0.12 ...".
std::optional<double> parsePressure(std::string_view text);

}  // namespace millrace
