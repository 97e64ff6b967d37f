// The whole content of a file. The item is the path. Thread safe, immutable.
// Result: bytes = the content. kTooLarge when it has more than maxBytes.
#pragma once

#include <cstdint>

#include "operations/operation.h"

namespace millrace {

struct ReadFileOptions {
  uint64_t maxBytes;
};

class ReadFileOperation final : public Operation {
 public:
  explicit ReadFileOperation(const ReadFileOptions& options) : options_(options) {}

  bool blocking() const override { return true; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const ReadFileOptions options_;
};

}  // namespace millrace
