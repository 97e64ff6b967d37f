// The status call relative to a descriptor, shared by the POSIX files of this room only.
#pragma once

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

/// Thread safe. `directory` is a descriptor or AT_FDCWD.
Result<FileStatus> statusAt(int directory, const char* name, bool followSymlink);

}  // namespace millrace
