// The fallback for platforms without POSIX calls: standard C++ only. It knows no inode, device or
// owner, and all four times are the time of the last change to the content.
#include "io/platform.h"

#if defined(MILLRACE_PORTABLE_IO)
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "io/file.h"
#include "io/portable_path.h"

namespace millrace {
namespace {

FILE* streamOf(intptr_t handle) {
  return reinterpret_cast<FILE*>(handle);
}

uint32_t modeOf(FileType type, std::filesystem::perms permissions) {
  constexpr uint32_t kTypeBits[] = {0,       0100000, 0040000, 0120000,
                                    0010000, 0140000, 0020000, 0060000};
  return kTypeBits[static_cast<size_t>(type)] | (static_cast<uint32_t>(permissions) & 07777);
}

double millisecondsOf(std::filesystem::file_time_type time) {
  // Both clocks are read now; their difference moves the time from one epoch to the other.
  const auto age = std::filesystem::file_time_type::clock::now() - time;
  const auto system = std::chrono::system_clock::now().time_since_epoch() - age;
  return std::chrono::duration<double, std::milli>(system).count();
}

}  // namespace

Result<FileStatus> statusOf(std::string_view path, bool followSymlinks) {
  const char* const call = followSymlinks ? "stat" : "lstat";
  const Result<std::string> checked = checkedPath(path);
  if (!checked) return checked.error();
  const std::filesystem::path native = pathFrom(checked.value());
  std::error_code error;
  const auto found = followSymlinks ? std::filesystem::status(native, error)
                                    : std::filesystem::symlink_status(native, error);
  if (error || !std::filesystem::exists(found)) {
    return Error::system(error ? errnoOf(error) : ENOENT, call);
  }
  FileStatus status;
  status.type = typeFrom(found.type());
  status.mode = modeOf(status.type, found.permissions());
  status.links = std::filesystem::hard_link_count(native, error);
  if (status.type == FileType::kFile) status.size = std::filesystem::file_size(native, error);
  if (status.type == FileType::kSymlink) {
    status.size = utf8From(std::filesystem::read_symlink(native, error)).size();
  }
  status.modifyTimeMs = millisecondsOf(std::filesystem::last_write_time(native, error));
  status.accessTimeMs = status.changeTimeMs = status.birthTimeMs = status.modifyTimeMs;
  return status;
}

Result<File> File::open(std::string_view path) {
  const Result<std::string> checked = checkedPath(path);
  if (!checked) return checked.error();
  const std::filesystem::path native = pathFrom(checked.value());
  std::error_code error;
  const auto type = std::filesystem::status(native, error).type();
  // Opening a FIFO would wait, and directories cannot be opened everywhere.
  if (type == std::filesystem::file_type::directory) return Error::system(EISDIR, "read");
  if (type == std::filesystem::file_type::fifo) return Error::system(ESPIPE, "read");
#if defined(_WIN32)
  FILE* const stream = _wfopen(native.c_str(), L"rbN");
#else
  FILE* const stream = std::fopen(native.c_str(), "rb");
#endif
  if (!stream) return Error::system(errno, "open");
  std::setvbuf(stream, nullptr, _IONBF, 0);
  return File(reinterpret_cast<intptr_t>(stream));
}

File::~File() {
  if (handle_ != kNone) std::fclose(streamOf(handle_));
}

Result<size_t> File::read(MutableByteView buffer) {
  const size_t count = std::fread(buffer.data(), 1, buffer.size(), streamOf(handle_));
  if (count < buffer.size() && std::ferror(streamOf(handle_))) return Error::system(errno, "read");
  offset_ += count;
  return count;
}

Result<uint64_t> File::size() const {
  return uint64_t{0};
}

void File::adviseSequential() const {}

}  // namespace millrace
#endif
