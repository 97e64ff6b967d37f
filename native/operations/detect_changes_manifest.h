// What is known of files from an earlier look at them: columns, one row per file, found by path.
// Immutable and thread safe; owns its columns. The index by path is made when a look-up first needs
// it: as long as files are asked for in the manifest's own order, none does.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace millrace {

/// The time of a row whose stamp must not be trusted: the file is read the next time.
inline constexpr int64_t kUntrustedTimeNs = INT64_MIN;

struct ManifestColumns {
  std::string paths;                   ///< joined by NUL
  std::vector<double> sizes;           ///< bytes
  std::vector<int64_t> modifyTimesNs;  ///< since 1970, or kUntrustedTimeNs
  std::vector<std::byte> digests;      ///< digestBytes for each row
};

class DetectChangesManifest {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  /// kInvalidArgument when the columns are not of one length.
  static Result<std::shared_ptr<const DetectChangesManifest>> from(ManifestColumns columns,
                                                                   size_t digestBytes);

  DetectChangesManifest(ManifestColumns columns, size_t digestBytes,
                        std::vector<uint32_t> pathEnds);

  size_t size() const { return columns_.sizes.size(); }

  /// The row of a path, or kNone. `expected` is where it is likely to be.
  uint32_t find(std::string_view path, uint32_t expected) const;

  double sizeAt(uint32_t row) const { return columns_.sizes[row]; }
  int64_t modifyTimeNsAt(uint32_t row) const { return columns_.modifyTimesNs[row]; }
  ByteView digestAt(uint32_t row) const {
    return ByteView(columns_.digests).subspan(row * digestBytes_, digestBytes_);
  }

 private:
  std::string_view pathAt(uint32_t row) const;
  void makeIndex() const;

  const ManifestColumns columns_;
  const size_t digestBytes_;
  const std::vector<uint32_t> pathEnds_;

  mutable std::once_flag indexMade_;
  mutable std::vector<uint32_t> index_;  // open addressing, at most half full; written once
};

}  // namespace millrace
