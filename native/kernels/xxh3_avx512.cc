// The build compiles this file for AVX-512; where it does not, the row is absent.
#include "kernels/xxh3_rows.h"

#if defined(__AVX512F__)
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 sees an uninitialised value in its own "undefined vector" intrinsics.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include "kernels/xxh3_variant.h"

namespace millrace {
static constexpr Xxh3Kernels kRow = rowFor(InstructionSet::kAvx512);
const Xxh3Kernels* xxh3Avx512() {
  return &kRow;
}
}  // namespace millrace
#else
namespace millrace {
const Xxh3Kernels* xxh3Avx512() {
  return nullptr;
}
}  // namespace millrace
#endif
