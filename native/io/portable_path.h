// Conversions between our bytes and std::filesystem, private to this room. On POSIX systems bytes
// that are not UTF-8 pass unchanged.
#pragma once

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "io/file.h"

namespace millrace {

inline std::filesystem::path pathFrom(std::string_view utf8) {
#if defined(_WIN32)
  return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
#else
  return std::filesystem::path(utf8);
#endif
}

inline std::string utf8From(const std::filesystem::path& path) {
  const std::u8string text = path.generic_u8string();
  return std::string(text.begin(), text.end());
}

inline int errnoOf(const std::error_code& error) {
  const std::error_condition condition = error.default_error_condition();
  return condition.category() == std::generic_category() ? condition.value() : EIO;
}

inline FileType typeFrom(std::filesystem::file_type type) {
  switch (type) {
    case std::filesystem::file_type::regular:
      return FileType::kFile;
    case std::filesystem::file_type::directory:
      return FileType::kDirectory;
    case std::filesystem::file_type::symlink:
      return FileType::kSymlink;
    case std::filesystem::file_type::fifo:
      return FileType::kFifo;
    case std::filesystem::file_type::socket:
      return FileType::kSocket;
    case std::filesystem::file_type::character:
      return FileType::kCharacterDevice;
    case std::filesystem::file_type::block:
      return FileType::kBlockDevice;
    default:
      return FileType::kUnknown;
  }
}

}  // namespace millrace
