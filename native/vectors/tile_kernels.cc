#include "vectors/tile_kernels.h"

#include <type_traits>

#include "vectors/tile_rows.h"

namespace millrace {
namespace {

const TileRow* rowFor(InstructionSet set) {
  switch (set) {
    case InstructionSet::kBaseline:
      return tileBaseline();
    case InstructionSet::kAvx2:
      return tileAvx2();
    case InstructionSet::kAvx512:
      return tileAvx512();
  }
  return nullptr;
}

template <typename Scalar>
const TileKernels<Scalar>* ofPrecision(const TileRow* row) {
  if (!row) return nullptr;
  if constexpr (std::is_same_v<Scalar, float>) {
    return &row->single;
  } else {
    return &row->wide;
  }
}

}  // namespace

template <typename Scalar>
const TileKernels<Scalar>* tileKernelsFor(InstructionSet set) {
  return ofPrecision<Scalar>(rowFor(set));
}

template <typename Scalar>
const TileKernels<Scalar>& tileKernels() {
  static const TileKernels<Scalar>* const best = [] {
    for (const InstructionSet set : {InstructionSet::kAvx512, InstructionSet::kAvx2}) {
      const TileKernels<Scalar>* row = tileKernelsFor<Scalar>(set);
      if (row && cpuSupports(set)) return row;
    }
    return tileKernelsFor<Scalar>(InstructionSet::kBaseline);
  }();
  return *best;
}

template const TileKernels<float>* tileKernelsFor<float>(InstructionSet);
template const TileKernels<double>* tileKernelsFor<double>(InstructionSet);
template const TileKernels<float>& tileKernels<float>();
template const TileKernels<double>& tileKernels<double>();

}  // namespace millrace
