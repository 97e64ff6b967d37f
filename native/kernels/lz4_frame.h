// The LZ4 frame format, as written and read by the `lz4` command. Functions are thread safe.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "kernels/codec.h"

namespace millrace {

inline constexpr int kLz4MaxLevel = 12;

/// One frame with the content's size and checksum. Levels 0 to 2 are fast, 3 to 12 search longer.
/// REQUIRES: 0 <= level <= kLz4MaxLevel.
Result<Bytes> compressLz4(ByteView content, int level, const Checkpoint& checkpoint);

/// The content of all frames of `frames`, one after the other; skippable frames are passed over.
/// kTooLarge as soon as there would be more than `maxBytes`; kCorruptData, with the offset, for
/// empty or truncated input, a bad checksum, or anything that is no frame.
Result<Bytes> decompressLz4(ByteView frames, uint64_t maxBytes, const Checkpoint& checkpoint);

/// The same in pieces. A frame that is compressed so does not tell the content's size.
Result<std::unique_ptr<Codec>> makeLz4Compressor(int level);
Result<std::unique_ptr<Codec>> makeLz4Decompressor();

}  // namespace millrace
