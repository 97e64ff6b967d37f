#include "kernels/xxh3.h"

#include "kernels/xxh3_rows.h"

namespace millrace {

const Xxh3Kernels* xxh3For(InstructionSet set) {
  switch (set) {
    case InstructionSet::kBaseline:
      return xxh3Baseline();
    case InstructionSet::kAvx2:
      return xxh3Avx2();
    case InstructionSet::kAvx512:
      return xxh3Avx512();
  }
  return nullptr;
}

const Xxh3Kernels& xxh3() {
  static const Xxh3Kernels* const best = [] {
    for (const InstructionSet set : {InstructionSet::kAvx512, InstructionSet::kAvx2}) {
      const Xxh3Kernels* row = xxh3For(set);
      if (row && cpuSupports(set)) return row;
    }
    return xxh3Baseline();
  }();
  return *best;
}

}  // namespace millrace
