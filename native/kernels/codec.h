// A codec: one direction of one compression format, fed in pieces of any size and emptied into
// blocks of any size. One user at a time; made by the functions of lz4_codec.h, zstd_codec.h,
// gzip_codec.h and detecting_decompressor.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "kernels/growing_block.h"

namespace millrace {

/// Asked about once per megabyte of work; a failure ends the work with that failure.
using Checkpoint = std::function<Result<void>()>;

struct CodecStep {
  size_t consumed;
  size_t produced;
  bool finished;  ///< the input has ended and everything that it yields has been produced
};

class Codec {
 public:
  Codec() = default;
  virtual ~Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  /// Converts as much of `input` as `output` has room for; `isLast` says that nothing follows
  /// `input`. Leaves room in `output` only when all of `input` has been consumed and what it yields
  /// so far has been produced. A decompressor fails with kCorruptData for input that is not valid
  /// or, once `isLast`, ends too early. After a failure or `finished` no more calls are made.
  /// REQUIRES: output is not empty.
  virtual Result<CodecStep> step(ByteView input, MutableByteView output, bool isLast) = 0;
};

/// kCorruptData, telling the format, where the input is at fault and why.
Error corruptAt(std::string_view format, uint64_t offset, std::string_view why);

/// Appends to `content` what the codec makes of the whole `input`. kTooLarge when that is more than
/// the block may hold.
Result<void> convertWhole(Codec& codec, ByteView input, GrowingBlock& content,
                          const Checkpoint& checkpoint);

}  // namespace millrace
