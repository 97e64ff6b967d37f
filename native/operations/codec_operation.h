// One stream through a codec. Unlike other operations it has a state: the items are the pieces of
// one input, in order, so the lane that uses it has a limit of one and no other lane uses it; a
// second run() at the same time is refused. Owned by that lane, so that work under way keeps the
// state alive however the stream ends. Result: numbers[0] = 1 when there is more to be had before
// the next piece, else 0; one block.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "kernels/codec.h"
#include "operations/operation.h"

namespace millrace {

class CodecOperation final : public Operation {
 public:
  /// kTooLarge as soon as all blocks together are larger than `maxBytes`.
  CodecOperation(std::unique_ptr<Codec> codec, uint64_t maxBytes)
      : codec_(std::move(codec)), maxBytes_(maxBytes) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override { return {.numbers = 1, .blocks = 1}; }

  /// An empty item asks for more where there is more, and otherwise ends the input. Once an item
  /// has failed all further ones fail alike.
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  Result<void> runLocked(const ItemContext& context, ByteView input, ItemOutput& output) const;
  Result<size_t> fill(const ItemContext& context, ByteView& input, MutableByteView room) const;

  const std::unique_ptr<Codec> codec_;
  const uint64_t maxBytes_;

  mutable std::mutex mutex_;       // guards the codec and everything below
  mutable std::string waiting_;    // input not yet consumed
  mutable bool hasMore_ = false;   // the latest block was full
  mutable bool hasEnded_ = false;  // nothing follows waiting_
  mutable bool finished_ = false;  // and all of the result has been handed over
  mutable uint64_t producedBytes_ = 0;
  mutable std::optional<Error> failure_;
};

}  // namespace millrace
