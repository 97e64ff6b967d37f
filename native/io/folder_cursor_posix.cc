// Invariants: folder_ is open exactly when folderPath_ names it; a folder that cannot be opened is
// no failure, the full path then says what is wrong.
#include "io/platform.h"

#if !defined(MILLRACE_PORTABLE_IO)
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/folder_cursor.h"
#include "io/status_posix.h"

namespace millrace {
namespace {

#if defined(O_PATH)
constexpr int kOpenFolder = O_PATH | O_DIRECTORY | O_CLOEXEC;  // needs no right to list it
#else
constexpr int kOpenFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif

}  // namespace

Result<FolderCursor> FolderCursor::from(std::string_view base) {
  FolderCursor cursor;
  cursor.base_ = AT_FDCWD;
  if (base.empty()) return cursor;
  const Result<std::string> checked = checkedPath(base);
  if (!checked) return checked.error();
  cursor.base_ = retryingInterrupts([&] { return ::open(checked.value().c_str(), kOpenFolder); });
  if (cursor.base_ == kNone) return Error::system(errno, "open");
  return cursor;
}

FolderCursor::FolderCursor(FolderCursor&& other) noexcept
    : base_(std::exchange(other.base_, kNone)),
      folder_(std::exchange(other.folder_, kNone)),
      folderPath_(std::move(other.folderPath_)) {}

FolderCursor::~FolderCursor() {
  if (folder_ != kNone) close(folder_);
  if (base_ != kNone && base_ != AT_FDCWD) close(base_);
}

bool FolderCursor::isWithin(std::string_view path) const {
  const size_t slash = folderPath_.size();
  return folder_ != kNone && path.size() > slash + 1 && path[slash] == '/' &&
         path.starts_with(folderPath_) && path.find('/', slash + 1) == std::string_view::npos;
}

FolderCursor::Place FolderCursor::placeOf(std::string_view path, bool stays) {
  if (isWithin(path)) return Place{folder_, path.data() + folderPath_.size() + 1};
  const Place whole{base_, path.data()};
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == path.size()) return whole;
  const std::string_view folder = path.substr(0, slash);
  if (!stays) return whole;
  if (folder_ != kNone) close(folder_);
  folderPath_ = folder;
  folder_ = retryingInterrupts([&] { return openat(base_, folderPath_.c_str(), kOpenFolder); });
  return folder_ == kNone ? whole : Place{folder_, path.data() + slash + 1};
}

Result<FileStamp> FolderCursor::stampOf(std::string_view path, bool stays) {
  if (path.empty()) return Error::of(ErrorCode::kInvalidPath, "the path is empty");
  const Place place = placeOf(path, stays);
  struct stat status;
  if (retryingInterrupts([&] { return fstatat(place.folder, place.name, &status, 0); }) != 0) {
    return Error::system(errno, "stat");
  }
  return stampFrom(status);
}

Result<FileStamp> FolderCursor::stampOf(const File& file, std::string_view) {
  struct stat status;
  if (fstat(static_cast<int>(file.handle_), &status) != 0) return Error::system(errno, "fstat");
  return stampFrom(status);
}

Result<File> FolderCursor::open(std::string_view path, bool stays) {
  if (path.empty()) return Error::of(ErrorCode::kInvalidPath, "the path is empty");
  const Place place = placeOf(path, stays);
  const int descriptor = retryingInterrupts([&] {
    return openat(place.folder, place.name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  });
  if (descriptor == -1) return Error::system(errno, "open");
  return File(descriptor);
}

}  // namespace millrace
#endif
