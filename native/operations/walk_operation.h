// Walks the directory tree below the item, which is the path of the root. Thread safe, immutable.
// Result:
//   text     the paths that are UTF-8, joined by NUL (no NUL at the end)
//   numbers  in the order of WalkColumn
//   bytes    these blocks, one behind the other without padding, where n = kCount +
//            kUndecodableCount:
//              1. with sizes only: n float64 of the machine's byte order, the sizes
//              2. n bytes: the types, as FileType (io/file.h): 0 unknown, 1 file, 2 directory,
//                 3 symlink, 4 FIFO, 5 socket, 6 character device, 7 block device
//              3. kErrorBytes of JSON text in UTF-8: an array of objects {"path", "code", "errno",
//                 "syscall", "message"} with code as in base/error_code.h and errno 0 where there
//                 is none; a path that is not UTF-8 has U+FFFD in place of its broken bytes, and
//                 "pathHex" with all of its bytes
//              4. kUndecodableBytes: the paths that are not UTF-8, joined by NUL
//            Sizes and types are first those of the paths in text, then of the undecodable ones.
#pragma once

#include <memory>
#include <utility>

#include "executor/task.h"
#include "io/walk.h"
#include "operations/operation.h"

namespace millrace {

enum class WalkColumn : uint8_t {
  kCount,
  kDirectories,  // read, the root included
  kErrorCount,
  kUndecodableCount,
  kErrorBytes,
  kUndecodableBytes
};
inline constexpr size_t kWalkColumnCount = 6;

class WalkOperation final : public Operation {
 public:
  /// `helpers` is where a walk gets its further threads from; it outlives the operation.
  static Result<std::shared_ptr<const WalkOperation>> make(const WalkOptions& options,
                                                           TaskSink& helpers);

  WalkOperation(Walk walk, TaskSink& helpers) : walk_(std::move(walk)), helpers_(helpers) {}

  bool blocking() const override { return true; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const Walk walk_;
  TaskSink& helpers_;
};

}  // namespace millrace
