// Invariants: pathEnds_ has one entry per row; index_ is empty or a power of two, at most half
// full, so that every probe ends.
#include "operations/detect_changes_manifest.h"

#include <bit>
#include <utility>

#include "kernels/xxh3.h"

namespace millrace {
namespace {

/// Where each path ends; empty text is no path when `count` is 0, and one empty path otherwise.
std::vector<uint32_t> endsOf(std::string_view paths, size_t count) {
  std::vector<uint32_t> ends;
  if (count == 0) return ends;
  ends.reserve(count);
  for (size_t at = paths.find('\0'); at != std::string_view::npos; at = paths.find('\0', at + 1)) {
    ends.push_back(static_cast<uint32_t>(at));
  }
  ends.push_back(static_cast<uint32_t>(paths.size()));
  return ends;
}

}  // namespace

Result<std::shared_ptr<const DetectChangesManifest>> DetectChangesManifest::from(
    ManifestColumns columns, size_t digestBytes) {
  const size_t count = columns.sizes.size();
  if (columns.paths.size() >= UINT32_MAX || count >= UINT32_MAX) {
    return Error::of(ErrorCode::kTooLarge, "the manifest has more than 4 GiB of paths");
  }
  std::vector<uint32_t> ends = endsOf(columns.paths, count);
  if (ends.size() != count || columns.modifyTimesNs.size() != count ||
      columns.digests.size() != count * digestBytes) {
    return Error::of(ErrorCode::kInvalidArgument, "the manifest's columns differ in length");
  }
  return std::make_shared<const DetectChangesManifest>(std::move(columns), digestBytes,
                                                       std::move(ends));
}

DetectChangesManifest::DetectChangesManifest(ManifestColumns columns, size_t digestBytes,
                                             std::vector<uint32_t> pathEnds)
    : columns_(std::move(columns)), digestBytes_(digestBytes), pathEnds_(std::move(pathEnds)) {}

std::string_view DetectChangesManifest::pathAt(uint32_t row) const {
  const size_t begin = row == 0 ? 0 : pathEnds_[row - 1] + size_t{1};
  return std::string_view(columns_.paths).substr(begin, pathEnds_[row] - begin);
}

void DetectChangesManifest::makeIndex() const {
  index_.assign(std::bit_ceil(2 * size() + 1), kNone);
  for (uint32_t row = 0; row < size(); ++row) {
    const std::string_view path = pathAt(row);
    size_t slot = xxh3().hash64(path.data(), path.size());
    while (index_[slot &= index_.size() - 1] != kNone) ++slot;
    index_[slot] = row;
  }
}

uint32_t DetectChangesManifest::find(std::string_view path, uint32_t expected) const {
  if (expected < size() && pathAt(expected) == path) return expected;
  if (size() == 0) return kNone;
  std::call_once(indexMade_, [this] { makeIndex(); });
  size_t slot = xxh3().hash64(path.data(), path.size());
  while (index_[slot &= index_.size() - 1] != kNone) {
    if (pathAt(index_[slot]) == path) return index_[slot];
    ++slot;
  }
  return kNone;
}

}  // namespace millrace
