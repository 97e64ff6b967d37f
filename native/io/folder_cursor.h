// Stamps and files of one path after the other. Paths that follow each other in one folder are
// looked up relative to it, which halves the cost of a stamp. One user at a time; short-lived: it
// keeps a folder open and would not see it replaced. Owns up to two descriptors.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "io/file.h"

namespace millrace {

class FolderCursor {
 public:
  /// Relative paths start at `base`, or at the working directory when it is empty.
  static Result<FolderCursor> from(std::string_view base);

  FolderCursor(FolderCursor&& other) noexcept;
  FolderCursor& operator=(FolderCursor&& other) = delete;
  ~FolderCursor();

  /// Whether the path is in the folder that is open: whether more follow does not matter then.
  bool isWithin(std::string_view path) const;

  /// `stays` says that more paths of the same folder follow, so that opening it pays. Symbolic
  /// links are followed. REQUIRES: a NUL byte follows the path, and none is in it.
  Result<FileStamp> stampOf(std::string_view path, bool stays);

  /// The stamp of a file that open() has opened at `path`, as of now.
  Result<FileStamp> stampOf(const File& file, std::string_view path);

  /// Opens for reading, as File::open(). The rest as in stampOf().
  Result<File> open(std::string_view path, bool stays);

 private:
  FolderCursor() = default;

  /// Where the system finds a path most cheaply: a name relative to a descriptor.
  struct Place {
    int folder;
    const char* name;
  };
  Place placeOf(std::string_view path, bool stays);

  int base_ = kNone;
  int folder_ = kNone;
  std::string folderPath_;
  std::string basePath_;  // where the system knows no descriptors of folders

  static constexpr int kNone = -1;
};

}  // namespace millrace
