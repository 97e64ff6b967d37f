// The fallback for platforms without POSIX calls: standard C++ only, but for the one call that puts
// a file's content on the device. It keeps permissions but no owner, and syncs no folder.
#include "io/platform.h"

#if defined(MILLRACE_PORTABLE_IO)
#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "io/portable_path.h"
#include "io/write_target.h"

namespace millrace {
namespace {

constexpr int kMaxLinks = 40;

FILE* streamOf(intptr_t handle) {
  return reinterpret_cast<FILE*>(handle);
}

FILE* createNew(const std::filesystem::path& path) {
#if defined(_WIN32)
  return _wfopen(path.c_str(), L"wbxN");
#else
  return std::fopen(path.c_str(), "wbx");
#endif
}

}  // namespace

std::string folderOf(const std::string& path) {
  const std::filesystem::path folder = pathFrom(path).parent_path();
  return folder.empty() ? "." : utf8From(folder);
}

Result<WriteTarget> writeTargetAt(std::string_view path, bool overwrite) {
  Result<std::string> checked = checkedPath(path);
  if (!checked) return std::move(checked).error();
  std::filesystem::path native = pathFrom(checked.value());
  if (!native.has_filename()) return Error::system(EISDIR, "open");
  std::error_code error;
  auto status = std::filesystem::symlink_status(native, error);
  if (std::filesystem::exists(status) && !overwrite) return Error::system(EEXIST, "open");
  for (int i = 0; std::filesystem::is_symlink(status); ++i) {
    if (i == kMaxLinks) return Error::system(ELOOP, "open");
    native = native.parent_path() / std::filesystem::read_symlink(native, error);
    if (error) return Error::system(errnoOf(error), "open");
    status = std::filesystem::symlink_status(native, error);
  }
  WriteTarget target{utf8From(native)};
  if (!std::filesystem::exists(status)) return target;
  if (std::filesystem::is_directory(status)) return Error::system(EISDIR, "open");
  if (!std::filesystem::is_regular_file(status)) {
    return Error::of(
        ErrorCode::kUnsupported,
        "the target is a device, FIFO or socket, which writing atomically would replace");
  }
  target.exists = true;
  target.mode = static_cast<uint32_t>(status.permissions()) & 07777;
  return target;
}

Result<void> createFolders(const std::string& folder, std::vector<std::string>& made) {
  std::error_code error;
  std::filesystem::create_directories(pathFrom(folder), error);
  if (error) return Error::system(errnoOf(error), "mkdir");
  made.clear();  // there is nothing to do for them
  return {};
}

Result<void> syncFolder(const std::string&) {
  return {};
}

Result<TemporaryFile> TemporaryFile::create(const std::string& folder, uint32_t) {
  Result<std::string> name = temporaryName();
  if (!name) return std::move(name).error();
  TemporaryFile file;
  std::string path = folder + "/" + name.value();
  FILE* const stream = createNew(pathFrom(path));
  if (!stream) return Error::system(errno, "open");
  std::setvbuf(stream, nullptr, _IONBF, 0);
  file.handle_ = reinterpret_cast<intptr_t>(stream);
  file.path_ = std::move(path);
  return file;
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : handle_(std::exchange(other.handle_, kNone)), path_(std::move(other.path_)) {
  other.path_.clear();
}

TemporaryFile::~TemporaryFile() {
  if (handle_ != kNone) std::fclose(streamOf(handle_));
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(pathFrom(path_), ignored);
}

Result<void> TemporaryFile::write(ByteView bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), streamOf(handle_)) != bytes.size()) {
    return Error::system(errno, "write");
  }
  return {};
}

Result<void> TemporaryFile::becomeLike(const WriteTarget& target) {
  std::error_code error;
  std::filesystem::permissions(pathFrom(path_), static_cast<std::filesystem::perms>(target.mode),
                               error);
  if (error) return Error::system(errnoOf(error), "fchmod");
  return {};
}

Result<void> TemporaryFile::sync() {
#if defined(_WIN32)
  const int synced = _commit(_fileno(streamOf(handle_)));
#else
  const int synced = fsync(fileno(streamOf(handle_)));
#endif
  if (synced != 0) return Error::system(errno, "fsync");
  return {};
}

Result<void> TemporaryFile::publish(const std::string& path, bool overwrite) {
  if (std::fclose(streamOf(std::exchange(handle_, kNone))) != 0) {
    return Error::system(errno, "close");
  }
  std::error_code error;
  if (overwrite) {
    std::filesystem::rename(pathFrom(path_), pathFrom(path), error);
    if (!error) path_.clear();
  } else {
    // A hard link never replaces anything; the temporary name goes with this object.
    std::filesystem::create_hard_link(pathFrom(path_), pathFrom(path), error);
  }
  if (!error) return {};
  const int code = errnoOf(error);
  return Error::system(code, code == EEXIST ? "open" : "rename");
}

}  // namespace millrace
#endif
