// zstd frames (the format of the `zstd` command) of the item's bytes, and back. Thread safe,
// immutable. Result: one block.
#pragma once

#include <cstdint>

#include "kernels/zstd_frame.h"
#include "operations/operation.h"

namespace millrace {

class ZstdCompressOperation final : public Operation {
 public:
  explicit ZstdCompressOperation(const ZstdCompressOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const ZstdCompressOptions options_;
};

class ZstdDecompressOperation final : public Operation {
 public:
  /// kTooLarge when an item's result would be larger than `maxBytes`.
  ZstdDecompressOperation(uint64_t maxBytes, const ZstdDecompressOptions& options)
      : maxBytes_(maxBytes), options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const uint64_t maxBytes_;
  const ZstdDecompressOptions options_;
};

}  // namespace millrace
