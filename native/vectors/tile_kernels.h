// Micro-kernels that score one tile: every row of a strip against every row of a panel. Compiled
// once per instruction set; the best one is picked at run time. Pure and thread safe. A panel holds
// `panelRows` rows column by column: element k of row r is at [k * panelRows + r].
// The header avoids the standard library on purpose: files compiled for a wider instruction set
// must not emit shared inline functions, because the linker may keep that copy for processors that
// cannot run it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/cpu.h"

namespace millrace {

/// Columns that are summed in one chain. The sum over a pair of rows is the sum of its chains, in
/// the order of the columns: this alone decides a score's last bits, wherever the pair lies.
inline constexpr size_t kChainColumns = 128;

/// One row of the table, for Scalar float or double.
template <typename Scalar>
struct TileKernels {
  /// Scores rows strip[0 .. stripRows) against the panel over `columns` columns; both advance
  /// `panelRows` values a column. Writes to tile[r * panelRows + c], or adds to it.
  using Tile = void (*)(const Scalar* strip, const Scalar* panel, size_t columns, bool add,
                        Scalar* tile);
  /// Writes the positions of scores within the limit, ascending; returns how many there are.
  using Select = size_t (*)(const Scalar* scores, size_t count, Scalar limit, uint32_t* positions);

  InstructionSet instructionSet;
  size_t panelRows;
  size_t stripRows;  ///< divides panelRows
  Tile dot;
  Tile squaredDistance;
  /// In place over `count` scores, a multiple of panelRows.
  void (*clampToUnit)(Scalar* scores, size_t count);
  void (*squareRoot)(Scalar* scores, size_t count);
  Select selectAtLeast;
  Select selectAtMost;
};

/// No row of the table has wider panels.
inline constexpr size_t kMaxPanelRows = 32;

/// Every panel width of every row divides this: ranges cut at its multiples waste no tile.
inline constexpr size_t kPanelMultiple = 96;

/// The row for one instruction set; null when this build has none. Whether the processor can run
/// it is for the caller to ask (cpuSupports).
template <typename Scalar>
const TileKernels<Scalar>* tileKernelsFor(InstructionSet set);

/// The fastest row that this processor can run.
template <typename Scalar>
const TileKernels<Scalar>& tileKernels();

}  // namespace millrace
