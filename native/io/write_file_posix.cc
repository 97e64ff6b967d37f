// Invariants: every call is repeated after EINTR, close excepted (it has closed even then);
// descriptors are close-on-exec; a temporary file is made with O_EXCL and so is nobody else's.
#include "io/platform.h"

#if !defined(MILLRACE_PORTABLE_IO)
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/stdio.h>
#endif

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

#include "io/status_posix.h"
#include "io/write_target.h"

namespace millrace {
namespace {

constexpr int kMaxLinks = 40;  // as Linux allows
constexpr int kMaxNames = 16;  // chances to draw a name that is taken: none in practice

/// What a chain of symbolic links ends at, whether that exists or not.
Result<std::string> followed(std::string path) {
  char link[PATH_MAX];
  for (int i = 0; i < kMaxLinks; ++i) {
    const ssize_t size =
        retryingInterrupts([&] { return readlink(path.c_str(), link, sizeof link); });
    // No link, or not there, or not to be reached: what follows says which.
    if (size == -1) return path;
    if (static_cast<size_t>(size) == sizeof link) return Error::system(ENAMETOOLONG, "readlink");
    const std::string_view target(link, static_cast<size_t>(size));
    if (target.starts_with('/')) {
      path = target;
    } else {
      path = folderOf(path).append("/").append(target);
    }
  }
  return Error::system(ELOOP, "open");
}

Result<void> unsupportedTarget() {
  return Error::of(
      ErrorCode::kUnsupported,
      "the target is a device, FIFO or socket, which writing atomically would replace");
}

/// Fails unless a regular file may be put where `status` describes what is there.
Result<void> checkReplaceable(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return Error::system(EISDIR, "open");
  if (!S_ISREG(status.st_mode)) return unsupportedTarget();
  return {};
}

/// Renames unless the new name is taken.
int renameToFree(const char* from, const char* to) {
#if defined(__linux__) && defined(RENAME_NOREPLACE)
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
#elif defined(__APPLE__)
  if (renamex_np(from, to, RENAME_EXCL) == 0) return 0;
  if (errno != ENOTSUP && errno != EINVAL) return -1;
#endif
  // The file system cannot: a hard link never replaces anything either.
  if (link(from, to) != 0) return -1;
  unlink(from);
  return 0;
}

int syncDescriptor(int descriptor) {
#if defined(__APPLE__)
  // fsync leaves the content in the device's cache there.
  if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
#endif
  return retryingInterrupts([&] { return fsync(descriptor); });
}

}  // namespace

std::string folderOf(const std::string& path) {
  size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return path.empty() ? "." : "/";
  const size_t slash = path.rfind('/', end);
  if (slash == std::string::npos) return ".";
  end = path.find_last_not_of('/', slash);
  return end == std::string::npos ? "/" : path.substr(0, end + 1);
}

Result<WriteTarget> writeTargetAt(std::string_view path, bool overwrite) {
  Result<std::string> checked = checkedPath(path);
  if (!checked) return std::move(checked).error();
  if (path.ends_with('/')) return Error::system(EISDIR, "open");
  WriteTarget target{std::move(checked).value()};
  struct stat status;
  const auto look = [&] { return lstat(target.path.c_str(), &status); };
  bool exists = retryingInterrupts(look) == 0;
  if (exists && !overwrite) return Error::system(EEXIST, "open");
  if (exists && S_ISLNK(status.st_mode)) {
    Result<std::string> end = followed(target.path);
    if (!end) return std::move(end).error();
    target.path = std::move(end).value();
    exists = retryingInterrupts(look) == 0;
  }
  if (!exists) return target;
  Result<void> replaceable = checkReplaceable(status);
  if (!replaceable) return std::move(replaceable).error();
  target.exists = true;
  target.mode = status.st_mode & 07777;
  target.userId = status.st_uid;
  target.groupId = status.st_gid;
  return target;
}

Result<void> createFolders(const std::string& folder, std::vector<std::string>& made) {
  std::vector<std::string> missing{folder};
  while (!missing.empty()) {
    const std::string& next = missing.back();
    if (mkdir(next.c_str(), 0777) == 0) {
      made.push_back(next);
    } else if (errno == ENOENT && made.empty() && folderOf(next) != next) {
      missing.push_back(folderOf(next));
      continue;
    } else if (errno != EEXIST) {
      return Error::system(errno, "mkdir");
    }
    missing.pop_back();
  }
  return {};
}

Result<void> syncFolder(const std::string& folder) {
  const int descriptor = retryingInterrupts(
      [&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor == -1) return Error::system(errno, "open");
  const int synced = syncDescriptor(descriptor);
  const int failure = errno;
  close(descriptor);
  // EINVAL: a file system that cannot sync folders, and then has nothing to lose.
  if (synced != 0 && failure != EINVAL) return Error::system(failure, "fsync");
  return {};
}

Result<TemporaryFile> TemporaryFile::create(const std::string& folder, uint32_t mode) {
  for (int i = 0; i < kMaxNames; ++i) {
    Result<std::string> name = temporaryName();
    if (!name) return std::move(name).error();
    TemporaryFile file;
    std::string path = folder + "/" + name.value();
    file.handle_ = retryingInterrupts([&] {
      return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                    static_cast<mode_t>(mode));
    });
    if (file.handle_ != kNone) {
      file.path_ = std::move(path);
      return file;
    }
    if (errno != EEXIST) return Error::system(errno, "open");
  }
  return Error::system(EEXIST, "open");
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : handle_(std::exchange(other.handle_, kNone)), path_(std::move(other.path_)) {
  other.path_.clear();
}

TemporaryFile::~TemporaryFile() {
  if (handle_ != kNone) close(static_cast<int>(handle_));
  if (!path_.empty()) unlink(path_.c_str());
}

Result<void> TemporaryFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = retryingInterrupts(
        [&] { return ::write(static_cast<int>(handle_), bytes.data(), bytes.size()); });
    if (count == -1) return Error::system(errno, "write");
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return {};
}

Result<void> TemporaryFile::becomeLike(const WriteTarget& target) {
  const int descriptor = static_cast<int>(handle_);
  struct stat mine;
  if (fstat(descriptor, &mine) != 0) return Error::system(errno, "fstat");
  uint32_t mode = target.mode;
  if (mine.st_uid != target.userId || mine.st_gid != target.groupId) {
    // Only root may give files away. A file of another owner must not run with that owner's rights.
    if (fchown(descriptor, target.userId, target.groupId) != 0) mode &= 0777;
  }
  if ((mine.st_mode & 07777) == mode) return {};
  if (fchmod(descriptor, static_cast<mode_t>(mode)) != 0) return Error::system(errno, "fchmod");
  return {};
}

Result<void> TemporaryFile::sync() {
  if (syncDescriptor(static_cast<int>(handle_)) != 0) return Error::system(errno, "fsync");
  return {};
}

Result<void> TemporaryFile::publish(const std::string& path, bool overwrite) {
  // Network file systems report at the end what they could not write.
  if (close(static_cast<int>(std::exchange(handle_, kNone))) != 0 && errno != EINTR) {
    return Error::system(errno, "close");
  }
  const int renamed =
      overwrite ? rename(path_.c_str(), path.c_str()) : renameToFree(path_.c_str(), path.c_str());
  if (renamed != 0) return Error::system(errno, errno == EEXIST ? "open" : "rename");
  path_.clear();
  return {};
}

}  // namespace millrace
#endif
