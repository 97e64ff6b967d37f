// What the processor this process runs on can execute: the one place that asks. Thread safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace millrace {

/// Instruction sets that kernels are compiled for, from the most portable to the widest.
enum class InstructionSet : uint8_t { kBaseline, kAvx2, kAvx512 };

/// True when both the processor and the operating system support all of what the build compiles
/// files named *_avx2.cc or *_avx512.cc for.
bool cpuSupports(InstructionSet set);

std::string_view nameOf(InstructionSet set);

}  // namespace millrace
