// Picks the scores within a limit out of a run of scores. Immutable, thread safe, owns nothing.
#pragma once

#include <cstdint>

#include "vectors/tiles.h"

namespace millrace {

template <typename Scalar>
class Selection {
 public:
  Selection(const TileKernels<Scalar>& kernels, Limit<Scalar> limit)
      : select_(isDistance(limit.metric) ? kernels.selectAtMost : kernels.selectAtLeast),
        limit_(limit.value) {}

  /// Calls `take(row, score)` for each row within the limit, ascending.
  template <typename Take>
  void each(const ScoreRow<Scalar>& row, Take&& take) const {
    uint32_t positions[kMaxPanelRows];
    const size_t count = select_(row.scores.data(), row.scores.size(), limit_, positions);
    for (size_t n = 0; n < count; ++n) {
      take(static_cast<uint32_t>(row.firstRow + positions[n]), row.scores[positions[n]]);
    }
  }

 private:
  typename TileKernels<Scalar>::Select select_;
  Scalar limit_;
};

}  // namespace millrace
