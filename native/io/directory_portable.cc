// The fallback for platforms without POSIX calls: std::filesystem. What identifies a
// directory is its canonical path.
#include "io/platform.h"

#if defined(MILLRACE_PORTABLE_IO)
#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

#include "io/directory.h"
#include "io/portable_path.h"

namespace millrace {
namespace {

struct Stream {
  std::filesystem::directory_iterator next;
  std::string name;
};

}  // namespace

Result<Directory> Directory::open(const std::string& path, bool followSymlink,
                                  MutableByteView buffer) {
  std::error_code error;
  const std::filesystem::path native = pathFrom(path);
  if (!followSymlink &&
      std::filesystem::is_symlink(std::filesystem::symlink_status(native, error))) {
    return Error::system(ENOTDIR, "scandir");
  }
  auto stream = std::make_unique<Stream>();
  stream->next = std::filesystem::directory_iterator(native, error);
  if (error) return Error::system(errnoOf(error), "scandir");
  Directory opened;
  opened.buffer_ = buffer;
  opened.path_ = path;
  opened.stream_ = stream.release();
  return opened;
}

Directory::Directory(Directory&& other) noexcept
    : buffer_(other.buffer_),
      stream_(std::exchange(other.stream_, nullptr)),
      path_(std::move(other.path_)) {}

Directory::~Directory() {
  delete static_cast<Stream*>(stream_);
}

Result<bool> Directory::next(DirectoryEntry& entry) {
  auto& stream = *static_cast<Stream*>(stream_);
  if (stream.next == std::filesystem::directory_iterator()) return false;
  stream.name = utf8From(stream.next->path().filename());
  std::error_code error;
  entry.type = typeFrom(stream.next->symlink_status(error).type());
  entry.name = stream.name;
  stream.next.increment(error);
  if (error) return Error::system(errnoOf(error), "scandir");
  return true;
}

Result<FileStatus> Directory::statusOf(std::string_view name, bool followSymlink) const {
  return millrace::statusOf(path_ + "/" + std::string(name), followSymlink);
}

Result<FileIdentity> Directory::identity() const {
  std::error_code error;
  const std::filesystem::path canonical = std::filesystem::canonical(pathFrom(path_), error);
  if (error) return Error::system(errnoOf(error), "realpath");
  return FileIdentity{0, std::hash<std::string>()(canonical.string())};
}

}  // namespace millrace
#endif
