// What stat tells about a path. The item is the path. Thread safe, immutable.
// Result: numbers, in the order of StatColumn. Inode and device numbers beyond 2^53 lose their
// lowest bits, as in Node's fs.Stats.
#pragma once

#include "operations/operation.h"

namespace millrace {

/// Columns of the result. Times are milliseconds since 1970; the type is a FileType (io/file.h):
/// 0 unknown, 1 file, 2 directory, 3 symlink, 4 FIFO, 5 socket, 6 character device, 7 block device.
enum class StatColumn : uint8_t {
  kSize,
  kModifyTimeMs,
  kMode,
  kInode,
  kDevice,
  kType,
  kLinks,
  kChangeTimeMs,
  kBirthTimeMs,
  kAccessTimeMs,
  kUserId,
  kGroupId
};
inline constexpr size_t kStatColumnCount = 12;

struct StatOptions {
  bool followSymlinks;
};

class StatOperation final : public Operation {
 public:
  explicit StatOperation(const StatOptions& options) : options_(options) {}

  bool blocking() const override { return true; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const StatOptions options_;
};

}  // namespace millrace
