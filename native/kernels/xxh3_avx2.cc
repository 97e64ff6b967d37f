// The build compiles this file for AVX2; where it does not, the row is absent.
#include "kernels/xxh3_rows.h"

#if defined(__AVX2__)
#include "kernels/xxh3_variant.h"

namespace millrace {
static constexpr Xxh3Kernels kRow = rowFor(InstructionSet::kAvx2);
const Xxh3Kernels* xxh3Avx2() {
  return &kRow;
}
}  // namespace millrace
#else
namespace millrace {
const Xxh3Kernels* xxh3Avx2() {
  return nullptr;
}
}  // namespace millrace
#endif
