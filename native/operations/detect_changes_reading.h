// The digest of a file that may be written to meanwhile. Functions are thread safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "io/file.h"
#include "io/folder_cursor.h"
#include "kernels/hash.h"
#include "operations/operation.h"

namespace millrace {

struct FileReading {
  Digest digest;
  uint64_t size = 0;
  int64_t modifyTimeNs = 0;  ///< kUntrustedTimeNs when a later change might not show in the stamp
  bool settled =
      true;  ///< false: it changed during every attempt, and the digest may be of a mixture
};

/// Reads and digests the file; the stamp is taken on the same descriptor before and after. `stays`
/// as in FolderCursor.
Result<FileReading> readForChanges(FolderCursor& cursor, std::string_view path, bool stays,
                                   HashAlgorithm algorithm, const ItemContext& context);

/// Whether a file with this time may change once more without getting another one, because the
/// clock of its file system has not ticked since.
bool isRacy(int64_t modifyTimeNs, int64_t nowNs);

}  // namespace millrace
