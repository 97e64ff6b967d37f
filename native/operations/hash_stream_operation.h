// Digest of a stream. Like CodecOperation it has a state: the items are the pieces of one input, in
// order, on one lane with a limit of one; an empty item ends it. Result: fixedText = the digest in
// lower-case hex, of the item that ends the input; of others spaces.
#pragma once

#include <mutex>

#include "kernels/hash.h"
#include "operations/operation.h"

namespace millrace {

class HashStreamOperation final : public Operation {
 public:
  explicit HashStreamOperation(HashAlgorithm algorithm) : hasher_(algorithm) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override { return {.fixedText = 2 * digestBytes(hasher_.algorithm())}; }
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  mutable std::mutex mutex_;  // guards hasher_
  mutable Hasher hasher_;
};

}  // namespace millrace
