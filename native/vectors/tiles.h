// Walks the scores of a range of queries against a range of rows, one tile (panel by panel) at a
// time. A score depends on the two rows alone: not on the ranges, the order or the thread. Const
// and thread safe; the tile in work lies on the caller's stack.
#pragma once

#include <algorithm>
#include <span>

#include "vectors/matrix.h"
#include "vectors/metric.h"

namespace millrace {

/// One query's scores against consecutive rows.
template <typename Scalar>
struct ScoreRow {
  size_t query;
  size_t firstRow;
  std::span<const Scalar> scores;
};

/// Scores of one panel of queries against one panel of rows.
template <typename Scalar>
struct alignas(64) ScoreTile {
  Scalar scores[kMaxPanelRows * kMaxPanelRows];
};

template <typename Scalar>
class Tiles {
 public:
  /// REQUIRES: both outlive this object and agree in columns, metric and kernels.
  Tiles(const Matrix<Scalar>& queries, const Matrix<Scalar>& rows)
      : queries_(queries), rows_(rows) {}

  /// Calls `visit(ScoreRow)` for every query and every run of rows within the ranges; for one
  /// query, rows ascend. `checkpoint` is asked before each tile.
  template <typename Visit>
  Result<void> walk(RowRange queries, RowRange rows, const Checkpoint& checkpoint,
                    Visit&& visit) const {
    return walkPanels(queries, rows, false, checkpoint, visit);
  }

  /// As walk, for a matrix against itself: tiles in which no row comes after its query are left
  /// out. Other tiles are visited whole.
  template <typename Visit>
  Result<void> walkUpper(RowRange queries, RowRange rows, const Checkpoint& checkpoint,
                         Visit&& visit) const {
    return walkPanels(queries, rows, true, checkpoint, visit);
  }

 private:
  size_t panelRows() const { return rows_.kernels().panelRows; }

  template <typename Visit>
  Result<void> walkPanels(RowRange queries, RowRange rows, bool upper, const Checkpoint& checkpoint,
                          Visit&& visit) const {
    if (queries.size() == 0 || rows.size() == 0) return {};
    ScoreTile<Scalar> tile;
    // The queries' panels stay in the second-level cache while the rows' panels pass by.
    for (size_t p = rows.begin / panelRows(); p * panelRows() < rows.end; ++p) {
      for (size_t q = queries.begin / panelRows(); q * panelRows() < queries.end; ++q) {
        if (upper && q > p) break;
        if (Result<void> outcome = checkpoint(); !outcome) return outcome;
        const RowRange tileQueries = within(q, queries);
        score(q, p, tileQueries.end - q * panelRows(), tile);
        visitTile(tile, q, tileQueries, within(p, rows), visit);
      }
    }
    return {};
  }

  /// The part of a panel that lies in the range.
  RowRange within(size_t panel, RowRange range) const {
    const size_t begin = panel * panelRows();
    return {std::max(begin, range.begin), std::min(begin + panelRows(), range.end)};
  }

  template <typename Visit>
  void visitTile(const ScoreTile<Scalar>& tile, size_t q, RowRange queries, RowRange rows,
                 Visit&& visit) const {
    for (size_t query = queries.begin; query < queries.end; ++query) {
      const Scalar* line = tile.scores + (query - q * panelRows()) * panelRows();
      visit(ScoreRow<Scalar>{query, rows.begin,
                             std::span(line + rows.begin % panelRows(), rows.size())});
    }
  }

  /// Scores at least the first `count` queries of panel q against panel p.
  void score(size_t q, size_t p, size_t count, ScoreTile<Scalar>& tile) const;

  const Matrix<Scalar>& queries_;
  const Matrix<Scalar>& rows_;
};

/// How many queries to walk at once: their panels fill a part of the second-level cache. A multiple
/// of kPanelMultiple.
size_t queriesPerBlock(size_t columns, size_t scalarSize);

}  // namespace millrace
