// XXH3, compiled once per instruction set; the best one is picked at run time. Functions are pure
// and thread safe; a state belongs to whoever allocated it. The header avoids the standard library
// on purpose: files compiled for a wider instruction set must not emit shared inline functions,
// because the linker may keep that copy for processors that cannot run it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/cpu.h"

namespace millrace {

struct Xxh3Digest128 {
  uint64_t low;
  uint64_t high;
};

inline constexpr size_t kXxh3StateSize = 576;
inline constexpr size_t kXxh3StateAlignment = 64;

/// One row of the table. A state started by one row must be continued by the same row.
struct Xxh3Kernels {
  InstructionSet instructionSet;
  uint64_t (*hash64)(const void* data, size_t size);
  Xxh3Digest128 (*hash128)(const void* data, size_t size);
  void (*reset)(void* state);
  void (*update)(void* state, const void* data, size_t size);
  uint64_t (*digest64)(const void* state);
  Xxh3Digest128 (*digest128)(const void* state);
};

/// The row for one instruction set; null when this build has none. Whether the processor can run
/// it is for the caller to ask (cpuSupports).
const Xxh3Kernels* xxh3For(InstructionSet set);

/// The fastest row that this processor can run.
const Xxh3Kernels& xxh3();

}  // namespace millrace
