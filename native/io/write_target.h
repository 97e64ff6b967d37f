// The system calls behind writeFile, private to this room: where the content will go, and the
// temporary file it goes through. A TemporaryFile has one user and removes itself unless published.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "io/write_file.h"

namespace millrace {

/// Where the content goes, links resolved, and what is there now.
struct WriteTarget {
  std::string path;
  bool exists = false;
  uint32_t mode = 0;  // of what exists
  uint32_t userId = 0;
  uint32_t groupId = 0;
};

/// EEXIST for anything at the path unless `overwrite`; EISDIR; kUnsupported for devices and such.
Result<WriteTarget> writeTargetAt(std::string_view path, bool overwrite);

/// The folder that holds the path, without a slash at its end unless it is the root.
std::string folderOf(const std::string& path);

/// Makes the folder and those above it; `made` gets those that were missing, outermost first.
Result<void> createFolders(const std::string& folder, std::vector<std::string>& made);

/// Puts the names within a folder on the device.
Result<void> syncFolder(const std::string& folder);

class TemporaryFile {
 public:
  /// A new file in `folder` with the permissions `mode`, less the umask.
  static Result<TemporaryFile> create(const std::string& folder, uint32_t mode);

  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&& other) = delete;
  ~TemporaryFile();

  Result<void> write(ByteView bytes);

  /// Takes over owner and permissions of what it will replace.
  Result<void> becomeLike(const WriteTarget& target);

  /// Puts the content on the device.
  Result<void> sync();

  /// Closes it and gives it its name. EEXIST when there is one and not `overwrite`.
  Result<void> publish(const std::string& path, bool overwrite);

 private:
  TemporaryFile() = default;

  static constexpr intptr_t kNone = -1;
  intptr_t handle_ = kNone;  // a descriptor; where there are none, a FILE*
  std::string path_;         // empty once published
};

/// ".millrace-<16 hex>.tmp" with digits nobody can guess.
Result<std::string> temporaryName();

}  // namespace millrace
