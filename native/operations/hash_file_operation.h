// Digest of a file's content, read in chunks that stay in the processor's cache. The item is the
// path. Thread safe, immutable.
// Result: numbers[0] = bytes read; fixedText = the digest in lower-case hex (2 *
// digestBytes(algorithm) characters).
#pragma once

#include "kernels/hash.h"
#include "operations/operation.h"

namespace millrace {

struct HashFileOptions {
  HashAlgorithm algorithm;
};

class HashFileOperation final : public Operation {
 public:
  explicit HashFileOperation(const HashFileOptions& options) : options_(options) {}

  bool blocking() const override { return true; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const HashFileOptions options_;
};

}  // namespace millrace
