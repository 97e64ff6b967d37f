// Reading and describing files. A File owns one descriptor and has one user at a time; the free
// functions are thread safe. A path is bytes, which need not be UTF-8; failures carry the errno and
// the name of the system call as Node.js reports them (open, read, stat, lstat).
// FIFOs and sockets have no content to read as a file: ESPIPE from 'read'. Opening one never waits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace millrace {

enum class FileType : uint8_t {
  kUnknown,
  kFile,
  kDirectory,
  kSymlink,
  kFifo,
  kSocket,
  kCharacterDevice,
  kBlockDevice
};

/// What stat tells. Times are milliseconds since 1970; birthtimeMs is ctimeMs where the file system
/// does not know it.
struct FileStatus {
  uint64_t size = 0;
  uint64_t inode = 0;
  uint64_t device = 0;
  uint64_t links = 0;
  uint32_t mode = 0;
  uint32_t userId = 0;
  uint32_t groupId = 0;
  FileType type = FileType::kUnknown;
  double accessTimeMs = 0;
  double modifyTimeMs = 0;
  double changeTimeMs = 0;
  double birthTimeMs = 0;
};

/// What tells cheaply whether a file has changed. Nanoseconds since 1970, as the file system keeps
/// them.
struct FileStamp {
  uint64_t size = 0;
  int64_t modifyTimeNs = 0;
  bool regular = false;
  bool operator==(const FileStamp&) const = default;
};

/// A path ready for the operating system, or kInvalidPath (empty, or with a NUL byte inside).
Result<std::string> checkedPath(std::string_view path);

Result<FileStatus> statusOf(std::string_view path, bool followSymlinks);

class File {
 public:
  /// Opens for reading.
  static Result<File> open(std::string_view path);

  File(File&& other) noexcept : handle_(other.handle_), offset_(other.offset_) {
    other.handle_ = kNone;
  }
  File& operator=(File&& other) = delete;
  ~File();

  /// Fills `buffer` from where the last read ended; less than its size only at the end of the file.
  Result<size_t> read(MutableByteView buffer);

  /// The size as of now: a hint, since files grow, shrink, and have none in /proc.
  Result<uint64_t> size() const;

  /// Tells the system that the rest will be read front to back.
  void adviseSequential() const;

 private:
  friend class FolderCursor;

  static constexpr intptr_t kNone = -1;
  explicit File(intptr_t handle) : handle_(handle) {}

  intptr_t handle_;  // a descriptor; where there are none, a FILE*
  uint64_t offset_ = 0;
};

/// Asked between chunks of a long piece of work; a failure ends the work with that failure.
using Checkpoint = std::function<Result<void>()>;

/// The whole content as of the moment its end was reached; kTooLarge beyond `maxBytes`.
Result<Bytes> readFile(std::string_view path, uint64_t maxBytes, const Checkpoint& checkpoint);

/// Calls `receive(ByteView) -> Result<void>` with one chunk after the other, each in `buffer`; the
/// first failure ends it. Returns the number of bytes. REQUIRES: buffer is not empty.
template <typename Receive>
Result<uint64_t> streamFile(std::string_view path, MutableByteView buffer, Receive&& receive) {
  Result<File> file = File::open(path);
  if (!file) return std::move(file).error();
  for (uint64_t total = 0;;) {
    Result<size_t> count = file.value().read(buffer);
    if (!count) return std::move(count).error();
    if (count.value() > 0) {
      Result<void> received = receive(ByteView(buffer.first(count.value())));
      if (!received) return std::move(received).error();
    }
    if (total == 0 && count.value() == buffer.size()) file.value().adviseSequential();
    total += count.value();
    if (count.value() < buffer.size()) return total;
  }
}

}  // namespace millrace
