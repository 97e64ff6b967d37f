// What a row of the structural scan has to know of each of 64 bytes.
#pragma once

#include <stdint.h>

namespace millrace {

struct BlockMasks {
  uint64_t backslash;
  uint64_t quote;
  uint64_t punctuation;  ///< { } [ ] : ,
  uint64_t space;        ///< space, tab, line feed, carriage return
  uint64_t control;      ///< below 32
  uint64_t notAscii;     ///< above 127
};

}  // namespace millrace
