// What every processor of the target architecture runs: SSE2 on x86-64, NEON on ARM64, else scalar.
#include "kernels/xxh3_rows.h"
#include "kernels/xxh3_variant.h"

namespace millrace {

static constexpr Xxh3Kernels kRow = rowFor(InstructionSet::kBaseline);

const Xxh3Kernels* xxh3Baseline() {
  return &kRow;
}

}  // namespace millrace
