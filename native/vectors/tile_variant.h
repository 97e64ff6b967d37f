// The body of one row of the table of tile kernels, over a `Lanes` type: one vector register of an
// instruction set and what can be done with it. Included by exactly one .cc file per instruction
// set; everything is local to that file.
//
// Invariants: a score is one chain of fused multiply-adds per kChainColumns columns, in the order
// of the columns, whatever the tile's shape. Both sides of a product enter alike (a*b, (a-b)^2), so
// that a pair scores the same with its sides exchanged, and the same under every instruction set
// that has the fused operation.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <utility>

#include "vectors/tile_kernels.h"

namespace millrace {
namespace {

template <typename Lanes>
struct Dot {
  static void step(typename Lanes::Vector& sum, typename Lanes::Vector a,
                   typename Lanes::Vector b) {
    sum = Lanes::multiplyAdd(a, b, sum);
  }
};

template <typename Lanes>
struct SquaredDistance {
  static void step(typename Lanes::Vector& sum, typename Lanes::Vector a,
                   typename Lanes::Vector b) {
    const typename Lanes::Vector difference = Lanes::subtract(a, b);
    sum = Lanes::multiplyAdd(difference, difference, sum);
  }
};

/// Strip of `Rows` rows against a panel of `Vectors` registers: Rows * Vectors sums stay in
/// registers. Folds over index sequences, because the sums live in registers only if every index is
/// a constant at any level of optimisation.
template <typename Lanes, size_t Rows, size_t Vectors>
struct Tile {
  using Scalar = typename Lanes::Scalar;
  using Vector = typename Lanes::Vector;
  static constexpr size_t kPanelRows = Vectors * Lanes::kWidth;

  template <typename Score, size_t... V>
  static void stepRow(Vector* sums, Vector a, const Vector* b, std::index_sequence<V...>) {
    (Score::step(sums[V], a, b[V]), ...);
  }

  template <typename Score, size_t... R, size_t... V>
  static void column(Vector* sums, const Scalar* strip, const Scalar* panel,
                     std::index_sequence<R...>, std::index_sequence<V...> vectors) {
    const Vector b[Vectors] = {Lanes::load(panel + V * Lanes::kWidth)...};
    (stepRow<Score>(sums + R * Vectors, Lanes::broadcast(strip[R]), b, vectors), ...);
  }

  template <size_t... I>
  static void store(const Vector* sums, bool add, Scalar* tile, std::index_sequence<I...>) {
    if (add) {
      (Lanes::store(tile + I * Lanes::kWidth,
                    Lanes::add(Lanes::load(tile + I * Lanes::kWidth), sums[I])),
       ...);
    } else {
      (Lanes::store(tile + I * Lanes::kWidth, sums[I]), ...);
    }
  }

  template <typename Score>
  static void run(const Scalar* strip, const Scalar* panel, size_t columns, bool add,
                  Scalar* tile) {
    Vector sums[Rows * Vectors] = {};
    for (size_t k = 0; k < columns; ++k) {
      column<Score>(sums, strip, panel, std::make_index_sequence<Rows>(),
                    std::make_index_sequence<Vectors>());
      strip += kPanelRows;
      panel += kPanelRows;
    }
    store(sums, add, tile, std::make_index_sequence<Rows * Vectors>());
  }
};

template <typename Lanes>
void clampToUnit(typename Lanes::Scalar* scores, size_t count) {
  for (size_t i = 0; i < count; i += Lanes::kWidth) {
    Lanes::store(scores + i, Lanes::clampToUnit(Lanes::load(scores + i)));
  }
}

template <typename Lanes>
void squareRoot(typename Lanes::Scalar* scores, size_t count) {
  for (size_t i = 0; i < count; i += Lanes::kWidth) {
    Lanes::store(scores + i, Lanes::squareRoot(Lanes::load(scores + i)));
  }
}

/// Most vectors hold no score within the limit: one comparison and one branch each.
template <typename Lanes, bool AtLeast>
size_t select(const typename Lanes::Scalar* scores, size_t count, typename Lanes::Scalar limit,
              uint32_t* positions) {
  size_t found = 0;
  size_t i = 0;
  const typename Lanes::Vector limits = Lanes::broadcast(limit);
  for (; i + Lanes::kWidth <= count; i += Lanes::kWidth) {
    const typename Lanes::Vector values = Lanes::load(scores + i);
    uint32_t hits = AtLeast ? Lanes::atLeast(values, limits) : Lanes::atLeast(limits, values);
    for (uint32_t lane = 0; hits != 0; ++lane, hits >>= 1) {
      if (hits & 1U) positions[found++] = static_cast<uint32_t>(i) + lane;
    }
  }
  for (; i < count; ++i) {
    if (AtLeast ? scores[i] >= limit : scores[i] <= limit) {
      positions[found++] = static_cast<uint32_t>(i);
    }
  }
  return found;
}

template <typename Lanes, size_t Rows, size_t Vectors>
constexpr TileKernels<typename Lanes::Scalar> kernelsFor(InstructionSet set) {
  using Shape = Tile<Lanes, Rows, Vectors>;
  static_assert(Shape::kPanelRows % Rows == 0 && Shape::kPanelRows <= kMaxPanelRows);
  static_assert(kPanelMultiple % Shape::kPanelRows == 0);
  return {set,
          Shape::kPanelRows,
          Rows,
          Shape::template run<Dot<Lanes>>,
          Shape::template run<SquaredDistance<Lanes>>,
          clampToUnit<Lanes>,
          squareRoot<Lanes>,
          select<Lanes, true>,
          select<Lanes, false>};
}

}  // namespace
}  // namespace millrace
