// The LZ4 frame format, as written and read by the `lz4` command. Pure functions, thread safe.
#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/result.h"

namespace millrace {

inline constexpr int kLz4MaxLevel = 12;

/// Asked about once per megabyte; a failure ends the work with that failure.
using Lz4Checkpoint = std::function<Result<void>()>;

/// One frame with the content's size and checksum. Levels 0 to 2 are fast, 3 to 12 search longer.
/// REQUIRES: 0 <= level <= kLz4MaxLevel.
Result<Bytes> compressLz4(ByteView content, int level, const Lz4Checkpoint& checkpoint);

/// The content of all frames of `frames`, one after the other; skippable frames are passed over.
/// kTooLarge as soon as there would be more than `maxBytes`; kCorruptData, with the offset, for
/// empty or truncated input, a bad checksum, or anything that is no frame.
Result<Bytes> decompressLz4(ByteView frames, uint64_t maxBytes, const Lz4Checkpoint& checkpoint);

}  // namespace millrace
