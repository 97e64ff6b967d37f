// The first look at JSON: which bytes of a text matter to its structure, found 64 bytes at a time
// and compiled once per instruction set. Rows are pure and thread safe; a state belongs to its
// caller. The header avoids the standard library on purpose: files compiled for a wider instruction
// set must not emit shared inline functions, because the linker may keep that copy for processors
// that cannot run it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/cpu.h"

namespace millrace {

/// What one piece of a text leaves to the next. Zero at the beginning of a text.
struct StructuralState {
  uint64_t escape;    ///< 1: the piece ended with a backslash that escapes the next byte
  uint64_t inString;  ///< all ones: the piece ended inside a string
  uint64_t
      inScalar;    ///< 1: the piece ended inside something that is neither string nor punctuation
  uint64_t flaws;  ///< not zero: a string holds a control character or a bad escape
  uint64_t notAscii;  ///< not zero: some byte so far was above 127
};

/// How far beyond the last place a row may write, in places.
inline constexpr size_t kStructuralSlack = 72;

/// Writes the places of text[begin, end) where a token begins, counted from `begin`: punctuation
/// outside of strings, opening quotes, and the first byte of every other run of bytes that are not
/// white space. Returns how many. REQUIRES: end - begin is a multiple of 64 or end == size; room
/// for end - begin + kStructuralSlack places; `state` as the piece that ends at `begin` left it.
using StructuralScan = size_t (*)(const uint8_t* text, size_t begin, size_t end, size_t size,
                                  StructuralState* state, uint32_t* places);

StructuralScan structuralBaseline();
/// Null when the build has no such row. Whether the processor can run it is for the caller to ask.
StructuralScan structuralAvx2();
StructuralScan structuralAvx512();

/// The row for one instruction set; null when this build has none.
StructuralScan structuralFor(InstructionSet set);

/// The fastest row that this processor can run.
StructuralScan structuralScan();

}  // namespace millrace
