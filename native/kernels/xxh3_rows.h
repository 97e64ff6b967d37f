// The rows of the XXH3 table, one per file, so that each can be compiled with flags of its own.
#pragma once

#include "kernels/xxh3.h"

namespace millrace {

const Xxh3Kernels* xxh3Baseline();
const Xxh3Kernels* xxh3Avx2();
const Xxh3Kernels* xxh3Avx512();

}  // namespace millrace
