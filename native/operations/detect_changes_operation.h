// Which files of a list have changed since a manifest was made. The item is a slice of the list:
// the number of its first path in the whole list in decimal, then the paths, each after a NUL.
// Thread safe, immutable; shares the manifest.
// Result: numbers = DetectChangesColumn; texts[0] = the failures as a JSON array of [row, code,
// errno, syscall, message]; blocks[0] = for n paths, one column after the other: n int64 times
// (kUntrustedTimeNs), n double sizes, n int32 rows of the manifest (-1: none), n digests, n bytes
// of FileChange.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kernels/hash.h"
#include "operations/detect_changes_manifest.h"
#include "operations/operation.h"

namespace millrace {

struct DetectChangesOptions {
  HashAlgorithm algorithm;
  bool readAll;      ///< digest every file, whatever its stamp says
  std::string base;  ///< where relative paths start; empty: the working directory
  std::shared_ptr<const DetectChangesManifest> previous;
};

enum class FileChange : uint8_t {
  kUnchanged,
  kChanged,
  kAdded,
  kRemoved,  ///< of the manifest, and not there any more
  kFailed,   ///< could not be read, or is missing without being of the manifest
};

enum class DetectChangesColumn : uint8_t { kPaths, kFilesRead, kBytesRead };
inline constexpr size_t kDetectChangesColumns = 3;

class DetectChangesOperation final : public Operation {
 public:
  explicit DetectChangesOperation(DetectChangesOptions options) : options_(std::move(options)) {}

  bool blocking() const override { return true; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const DetectChangesOptions options_;
};

}  // namespace millrace
