// Invariants: every call is repeated after EINTR; descriptors are close-on-exec. Reads name their
// offset (pread), so that a FIFO or a socket is refused by the kernel before anything is taken out
// of it.
#include "io/platform.h"

#if !defined(MILLRACE_PORTABLE_IO)
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/sysmacros.h>
#endif

#include <algorithm>
#include <cerrno>

#include "io/file.h"
#include "io/status_posix.h"

namespace millrace {
namespace {

constexpr size_t kMaxReadBytes = size_t{1} << 30;  // some systems refuse more than INT_MAX at once

FileType typeOf(uint32_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileType::kFile;
    case S_IFDIR:
      return FileType::kDirectory;
    case S_IFLNK:
      return FileType::kSymlink;
    case S_IFIFO:
      return FileType::kFifo;
    case S_IFSOCK:
      return FileType::kSocket;
    case S_IFCHR:
      return FileType::kCharacterDevice;
    case S_IFBLK:
      return FileType::kBlockDevice;
    default:
      return FileType::kUnknown;
  }
}

template <typename Timestamp>
double millisecondsOf(const Timestamp& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

FileStatus statusFrom(const struct stat& from) {
  FileStatus status;
  status.size = static_cast<uint64_t>(from.st_size);
  status.inode = from.st_ino;
  status.device = static_cast<uint64_t>(from.st_dev);
  status.links = from.st_nlink;
  status.mode = from.st_mode;
  status.userId = from.st_uid;
  status.groupId = from.st_gid;
  status.type = typeOf(from.st_mode);
#if defined(__APPLE__)
  status.accessTimeMs = millisecondsOf(from.st_atimespec);
  status.modifyTimeMs = millisecondsOf(from.st_mtimespec);
  status.changeTimeMs = millisecondsOf(from.st_ctimespec);
  status.birthTimeMs = millisecondsOf(from.st_birthtimespec);
#else
  status.accessTimeMs = millisecondsOf(from.st_atim);
  status.modifyTimeMs = millisecondsOf(from.st_mtim);
  status.changeTimeMs = millisecondsOf(from.st_ctim);
  status.birthTimeMs = status.changeTimeMs;
#endif
  return status;
}

#if defined(__linux__)
FileStatus statusFrom(const struct statx& from) {
  FileStatus status;
  status.size = from.stx_size;
  status.inode = from.stx_ino;
  status.device = makedev(from.stx_dev_major, from.stx_dev_minor);
  status.links = from.stx_nlink;
  status.mode = from.stx_mode;
  status.userId = from.stx_uid;
  status.groupId = from.stx_gid;
  status.type = typeOf(from.stx_mode);
  status.accessTimeMs = millisecondsOf(from.stx_atime);
  status.modifyTimeMs = millisecondsOf(from.stx_mtime);
  status.changeTimeMs = millisecondsOf(from.stx_ctime);
  status.birthTimeMs =
      (from.stx_mask & STATX_BTIME) ? millisecondsOf(from.stx_btime) : status.changeTimeMs;
  return status;
}
#endif

}  // namespace

Result<FileStatus> statusAt(int directory, const char* name, bool followSymlink) {
  const int flags = followSymlink ? 0 : AT_SYMLINK_NOFOLLOW;
#if defined(__linux__)
  struct statx extended;
  if (retryingInterrupts([&] {
        return statx(directory, name, flags, STATX_BASIC_STATS | STATX_BTIME, &extended);
      }) == 0) {
    return statusFrom(extended);
  }
  // Sandboxes refuse statx with EPERM; fstatat below then has the last word.
#endif
  struct stat plain;
  if (retryingInterrupts([&] { return fstatat(directory, name, &plain, flags); }) != 0) {
    return Error::system(errno, followSymlink ? "stat" : "lstat");
  }
  return statusFrom(plain);
}

Result<FileStatus> statusOf(std::string_view path, bool followSymlinks) {
  const Result<std::string> checked = checkedPath(path);
  if (!checked) return checked.error();
  return statusAt(AT_FDCWD, checked.value().c_str(), followSymlinks);
}

Result<File> File::open(std::string_view path) {
  const Result<std::string> checked = checkedPath(path);
  if (!checked) return checked.error();
  // O_NONBLOCK: opening a FIFO must not wait for a writer. Regular files ignore it.
  const int descriptor = retryingInterrupts([&] {
    return ::open(checked.value().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  });
  if (descriptor == -1) return Error::system(errno, "open");
  return File(descriptor);
}

File::~File() {
  if (handle_ != kNone) close(static_cast<int>(handle_));
}

Result<size_t> File::read(MutableByteView buffer) {
  size_t used = 0;
  while (used < buffer.size()) {
    const ssize_t count = retryingInterrupts([&] {
      return pread(static_cast<int>(handle_), buffer.data() + used,
                   std::min(buffer.size() - used, kMaxReadBytes), static_cast<off_t>(offset_));
    });
    if (count == -1) {
      Error error = Error::system(errno, "read");
      if (errno == ESPIPE) error.message = "a FIFO, socket or terminal cannot be read as a file";
      return error;
    }
    if (count == 0) break;
    used += static_cast<size_t>(count);
    offset_ += static_cast<uint64_t>(count);
  }
  return used;
}

Result<uint64_t> File::size() const {
  struct stat status;
  if (fstat(static_cast<int>(handle_), &status) != 0) return Error::system(errno, "fstat");
  return S_ISREG(status.st_mode) ? static_cast<uint64_t>(status.st_size) : 0;
}

void File::adviseSequential() const {
#if defined(POSIX_FADV_SEQUENTIAL)
  (void)posix_fadvise(static_cast<int>(handle_), 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
}

}  // namespace millrace
#endif
