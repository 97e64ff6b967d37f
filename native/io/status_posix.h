// The status call relative to a descriptor, shared by the POSIX files of this room only.
#pragma once

#include <sys/stat.h>

#include <cerrno>

#include "io/file.h"

namespace millrace {

/// Repeats a system call for as long as a signal interrupts it.
template <typename Call>
auto retryingInterrupts(Call&& call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

inline FileStamp stampFrom(const struct stat& status) {
#if defined(__APPLE__)
  const timespec& time = status.st_mtimespec;
#else
  const timespec& time = status.st_mtim;
#endif
  return FileStamp{static_cast<uint64_t>(status.st_size),
                   int64_t{time.tv_sec} * 1'000'000'000 + int64_t{time.tv_nsec},
                   S_ISREG(status.st_mode)};
}

/// Thread safe. `directory` is a descriptor or AT_FDCWD.
Result<FileStatus> statusAt(int directory, const char* name, bool followSymlink);

}  // namespace millrace
