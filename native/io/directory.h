// The entries of one directory, as they come from the system. A Directory owns one descriptor and
// has one user at a time. Failures carry the system call as Node.js reports it (scandir, stat,
// lstat).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "io/file.h"

namespace millrace {

/// One entry; `name` is valid until the next call of next().
struct DirectoryEntry {
  std::string_view name;
  FileType type = FileType::kUnknown;  ///< kUnknown where the file system does not tell
};

/// What identifies a file while it exists.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

class Directory {
 public:
  static constexpr size_t kBufferBytes = 64 * 1024;

  /// Opens for reading; entries are read into `buffer`. A symbolic link in the last place is
  /// followed only when `followSymlink`. REQUIRES: buffer has kBufferBytes, is aligned for any type
  /// and outlives the directory.
  static Result<Directory> open(const std::string& path, bool followSymlink,
                                MutableByteView buffer);

  Directory(Directory&& other) noexcept;
  Directory& operator=(Directory&& other) = delete;
  ~Directory();

  /// The next entry, never "." or ".."; false at the end.
  Result<bool> next(DirectoryEntry& entry);

  /// The status of an entry by its name. REQUIRES: a NUL byte follows the name, as it does in what
  /// next() returns.
  Result<FileStatus> statusOf(std::string_view name, bool followSymlink) const;

  Result<FileIdentity> identity() const;

 private:
  Directory() = default;

  intptr_t handle_ = -1;
  MutableByteView buffer_;
  size_t used_ = 0;
  size_t filled_ = 0;
  bool finished_ = false;
  void* stream_ = nullptr;  // where the system offers one instead of blocks of entries
  std::string path_;        // where the system knows no descriptors of directories
};

}  // namespace millrace
