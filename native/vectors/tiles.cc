// Invariants: chains of kChainColumns columns are added to the tile in the order of the columns.
// Within a chain both panels' parts stay in the first-level cache for all strips.
#include "vectors/tiles.h"

namespace millrace {
namespace {
constexpr size_t kBlockBytes = 384 * 1024;
constexpr size_t kMaxBlockMultiples = 8;
}  // namespace

template <typename Scalar>
void Tiles<Scalar>::score(size_t q, size_t p, size_t count, ScoreTile<Scalar>& tile) const {
  const TileKernels<Scalar>& kernels = rows_.kernels();
  const Metric metric = rows_.metric();
  const auto run = isDistance(metric) ? kernels.squaredDistance : kernels.dot;
  const size_t strips = (count + kernels.stripRows - 1) / kernels.stripRows;
  for (size_t k = 0; k < rows_.columns(); k += kChainColumns) {
    const size_t columns = std::min(kChainColumns, rows_.columns() - k);
    const Scalar* queries = queries_.panel(q) + k * kernels.panelRows;
    const Scalar* rows = rows_.panel(p) + k * kernels.panelRows;
    for (size_t strip = 0; strip < strips; ++strip) {
      const size_t first = strip * kernels.stripRows;
      run(queries + first, rows, columns, k != 0, tile.scores + first * kernels.panelRows);
    }
  }
  const size_t scored = strips * kernels.stripRows * kernels.panelRows;
  if (metric == Metric::kCosine) kernels.clampToUnit(tile.scores, scored);
  if (metric == Metric::kEuclidean) kernels.squareRoot(tile.scores, scored);
}

size_t queriesPerBlock(size_t columns, size_t scalarSize) {
  const size_t multipleBytes = kPanelMultiple * std::max<size_t>(columns, 1) * scalarSize;
  return kPanelMultiple * std::clamp<size_t>(kBlockBytes / multipleBytes, 1, kMaxBlockMultiples);
}

template class Tiles<float>;
template class Tiles<double>;

}  // namespace millrace
