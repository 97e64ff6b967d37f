// Digest of the item's bytes. Thread safe, immutable.
// Result: fixedText = the digest in lower-case hex (2 * digestBytes(algorithm) characters).
#pragma once

#include "kernels/hash.h"
#include "operations/operation.h"

namespace millrace {

struct HashOptions {
  HashAlgorithm algorithm;
};

class HashOperation final : public Operation {
 public:
  explicit HashOperation(const HashOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const HashOptions options_;
};

}  // namespace millrace
