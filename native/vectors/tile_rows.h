// The rows of the table of tile kernels, one file each, so that each can be compiled with flags of
// its own.
#pragma once

#include "vectors/tile_kernels.h"

namespace millrace {

/// Both precisions of one instruction set.
struct TileRow {
  TileKernels<float> single;
  TileKernels<double> wide;
};

const TileRow* tileBaseline();
const TileRow* tileAvx2();
const TileRow* tileAvx512();

}  // namespace millrace
