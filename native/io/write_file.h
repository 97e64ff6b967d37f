// Writing a file atomically: whoever opens the path sees the whole old content or the whole new
// one, also after the process was killed. Thread safe; concurrent writers of one path do not mix,
// the last rename wins. Failures carry the errno and the system call as in io/file.h.
// The content first goes into a temporary file beside the target, named ".millrace-<16 hex>.tmp";
// only a killed process leaves one behind, and removing it is always safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "io/file.h"

namespace millrace {

/// What survives a loss of power, once the call has returned.
enum class Durability : uint8_t {
  kNone,  ///< nothing is promised: the target may then be old, new or empty
  kFile,  ///< the content is on the device before it gets its name: the target is old or new
  kFull,  ///< the name too: the target is new
};

struct WriteFileOptions {
  uint32_t mode = 0666;  ///< of a file that did not exist, less the process's umask
  Durability durability = Durability::kFile;
  bool overwrite = true;  ///< false: EEXIST when there is anything at the path, a link included
  bool createDirectories = false;
};

/// Whether the file is new. A symbolic link is followed: what it points to is replaced. An existing
/// file keeps its permissions, and its owner where the system allows it. kUnsupported when the
/// target is neither missing nor a regular file.
Result<bool> writeFile(std::string_view path, ByteView content, const WriteFileOptions& options,
                       const Checkpoint& checkpoint);

}  // namespace millrace
