// Writes a file atomically (io/write_file.h). An item has two parts, the path and the content.
// Thread safe, immutable.
// Result: numbers[0] = bytes written; numbers[1] = 1 when the file is new.
#pragma once

#include "io/write_file.h"
#include "operations/operation.h"

namespace millrace {

class WriteFileOperation final : public Operation {
 public:
  explicit WriteFileOperation(const WriteFileOptions& options) : options_(options) {}

  bool blocking() const override { return true; }
  ResultShape shape() const override;
  size_t parts() const override { return 2; }
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const WriteFileOptions options_;
};

}  // namespace millrace
