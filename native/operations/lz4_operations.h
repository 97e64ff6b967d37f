// LZ4 frames (the format of the `lz4` command) of the item's bytes, and back. Thread safe,
// immutable. Result: bytes.
#pragma once

#include <cstdint>

#include "operations/operation.h"

namespace millrace {

struct Lz4CompressOptions {
  int level;  ///< 0 to 2 fast, 3 to 12 high compression
};

class Lz4CompressOperation final : public Operation {
 public:
  explicit Lz4CompressOperation(const Lz4CompressOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const Lz4CompressOptions options_;
};

struct Lz4DecompressOptions {
  uint64_t maxBytes;  ///< kTooLarge when an item's result would be larger
};

class Lz4DecompressOperation final : public Operation {
 public:
  explicit Lz4DecompressOperation(const Lz4DecompressOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const Lz4DecompressOptions options_;
};

}  // namespace millrace
