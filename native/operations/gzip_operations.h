// DEFLATE data, as gzip, zlib or without a wrapping, of the item's bytes, and back. Thread safe,
// immutable. Result: one block.
#pragma once

#include <cstdint>

#include "kernels/gzip.h"
#include "operations/operation.h"

namespace millrace {

struct GzipOptions {
  DeflateFormat format;
  int level;  ///< 0 stores, 12 compresses furthest
};

class GzipOperation final : public Operation {
 public:
  explicit GzipOperation(const GzipOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const GzipOptions options_;
};

struct GunzipOptions {
  DeflateFormat format;
  uint64_t maxBytes;  ///< kTooLarge when an item's result would be larger
};

class GunzipOperation final : public Operation {
 public:
  explicit GunzipOperation(const GunzipOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const GunzipOptions options_;
};

}  // namespace millrace
