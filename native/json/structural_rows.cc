#include "json/structural_rows.h"

namespace millrace {

StructuralScan structuralFor(InstructionSet set) {
  switch (set) {
    case InstructionSet::kBaseline:
      return structuralBaseline();
    case InstructionSet::kAvx2:
      return structuralAvx2();
    case InstructionSet::kAvx512:
      return structuralAvx512();
  }
  return nullptr;
}

StructuralScan structuralScan() {
  static const StructuralScan best = [] {
    for (const InstructionSet set : {InstructionSet::kAvx512, InstructionSet::kAvx2}) {
      const StructuralScan row = structuralFor(set);
      if (row && cpuSupports(set)) return row;
    }
    return structuralBaseline();
  }();
  return best;
}

}  // namespace millrace
