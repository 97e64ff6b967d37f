// The fallback for platforms without POSIX calls: whole paths, standard C++ only.
#include "io/platform.h"

#if defined(MILLRACE_PORTABLE_IO)
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <utility>

#include "io/folder_cursor.h"
#include "io/portable_path.h"

namespace millrace {
namespace {

std::string joined(const std::string& base, std::string_view path) {
  return base.empty() ? std::string(path) : utf8From(pathFrom(base) / pathFrom(path));
}

int64_t nanosecondsOf(std::filesystem::file_time_type time) {
#if defined(_MSC_VER)
  const auto system = std::chrono::clock_cast<std::chrono::system_clock>(time);
#else
  const auto system = std::chrono::file_clock::to_sys(time);
#endif
  return std::chrono::duration_cast<std::chrono::nanoseconds>(system.time_since_epoch()).count();
}

Result<FileStamp> stampAt(const std::string& path) {
  const std::filesystem::path native = pathFrom(path);
  std::error_code error;
  const auto status = std::filesystem::status(native, error);
  if (error || !std::filesystem::exists(status)) {
    return Error::system(error ? errnoOf(error) : ENOENT, "stat");
  }
  FileStamp stamp;
  stamp.regular = std::filesystem::is_regular_file(status);
  if (stamp.regular) stamp.size = std::filesystem::file_size(native, error);
  if (!error) stamp.modifyTimeNs = nanosecondsOf(std::filesystem::last_write_time(native, error));
  if (error) return Error::system(errnoOf(error), "stat");
  return stamp;
}

}  // namespace

Result<FolderCursor> FolderCursor::from(std::string_view base) {
  FolderCursor cursor;
  if (base.empty()) return cursor;
  const Result<FileStatus> status = millrace::statusOf(base, true);
  if (!status) return status.error();
  if (status.value().type != FileType::kDirectory) return Error::system(ENOTDIR, "open");
  cursor.basePath_ = base;
  return cursor;
}

FolderCursor::FolderCursor(FolderCursor&& other) noexcept : basePath_(std::move(other.basePath_)) {}

FolderCursor::~FolderCursor() = default;

bool FolderCursor::isWithin(std::string_view) const {
  return false;
}

Result<FileStamp> FolderCursor::stampOf(std::string_view path, bool) {
  if (path.empty()) return Error::of(ErrorCode::kInvalidPath, "the path is empty");
  return stampAt(joined(basePath_, path));
}

Result<FileStamp> FolderCursor::stampOf(const File&, std::string_view path) {
  return stampAt(joined(basePath_, path));
}

Result<File> FolderCursor::open(std::string_view path, bool) {
  if (path.empty()) return Error::of(ErrorCode::kInvalidPath, "the path is empty");
  return File::open(joined(basePath_, path));
}

}  // namespace millrace
#endif
