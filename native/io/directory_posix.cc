// Invariants: every call is repeated after EINTR; the descriptor is close-on-exec. On Linux blocks
// of entries come straight from getdents64 into the caller's buffer; elsewhere from readdir.
#include "io/platform.h"

#if !defined(MILLRACE_PORTABLE_IO)
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "io/directory.h"
#include "io/status_posix.h"

namespace millrace {
namespace {

FileType typeOfEntry(unsigned char type) {
  switch (type) {
    case DT_REG:
      return FileType::kFile;
    case DT_DIR:
      return FileType::kDirectory;
    case DT_LNK:
      return FileType::kSymlink;
    case DT_FIFO:
      return FileType::kFifo;
    case DT_SOCK:
      return FileType::kSocket;
    case DT_CHR:
      return FileType::kCharacterDevice;
    case DT_BLK:
      return FileType::kBlockDevice;
    default:
      return FileType::kUnknown;
  }
}

bool isSelfOrParent(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

#if defined(__linux__)
/// What the kernel writes, one after the other.
struct KernelEntry {
  uint64_t inode;
  int64_t offset;
  uint16_t size;
  uint8_t type;
  char name[1];
};
#endif

}  // namespace

Result<Directory> Directory::open(const std::string& path, bool followSymlink,
                                  MutableByteView buffer) {
  const int flags =
      O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (followSymlink ? 0 : O_NOFOLLOW);
  const int descriptor = retryingInterrupts([&] { return ::open(path.c_str(), flags); });
  if (descriptor == -1) return Error::system(errno, "scandir");
  Directory opened;
  opened.handle_ = descriptor;
  opened.buffer_ = buffer;
#if !defined(__linux__)
  opened.stream_ = fdopendir(descriptor);
  if (!opened.stream_) return Error::system(errno, "scandir");
#endif
  return opened;
}

Directory::Directory(Directory&& other) noexcept
    : handle_(other.handle_),
      buffer_(other.buffer_),
      used_(other.used_),
      filled_(other.filled_),
      finished_(other.finished_),
      stream_(other.stream_) {
  other.handle_ = -1;
  other.stream_ = nullptr;
}

Directory::~Directory() {
#if !defined(__linux__)
  if (stream_) {
    closedir(static_cast<DIR*>(stream_));
    return;
  }
#endif
  if (handle_ != -1) close(static_cast<int>(handle_));
}

#if defined(__linux__)
Result<bool> Directory::next(DirectoryEntry& entry) {
  for (;;) {
    if (used_ == filled_) {
      const long count = retryingInterrupts([&] {
        return syscall(SYS_getdents64, static_cast<int>(handle_), buffer_.data(), buffer_.size());
      });
      if (count == -1) return Error::system(errno, "scandir");
      if (count == 0) return false;
      used_ = 0;
      filled_ = static_cast<size_t>(count);
    }
    const auto* from = reinterpret_cast<const KernelEntry*>(buffer_.data() + used_);
    used_ += from->size;
    if (isSelfOrParent(from->name)) continue;
    entry.name = std::string_view(from->name);
    entry.type = typeOfEntry(from->type);
    return true;
  }
}
#else
Result<bool> Directory::next(DirectoryEntry& entry) {
  for (;;) {
    errno = 0;
    const dirent* from = readdir(static_cast<DIR*>(stream_));
    if (!from && errno != 0) return Error::system(errno, "scandir");
    if (!from) return false;
    if (isSelfOrParent(from->d_name)) continue;
    entry.name = std::string_view(from->d_name);
    entry.type = typeOfEntry(from->d_type);
    return true;
  }
}
#endif

Result<FileStatus> Directory::statusOf(std::string_view name, bool followSymlink) const {
  return statusAt(static_cast<int>(handle_), name.data(), followSymlink);
}

Result<FileIdentity> Directory::identity() const {
  struct stat status;
  if (fstat(static_cast<int>(handle_), &status) != 0) return Error::system(errno, "fstat");
  return FileIdentity{static_cast<uint64_t>(status.st_dev), status.st_ino};
}

}  // namespace millrace
#endif
