// The buffer that a thread reads files into, piece by piece. Each thread has one, made on first use
// and kept until the thread ends.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace millrace {

/// Small enough for the level-2 cache, so that a digest reads what the copy from the page cache has
/// just written there.
inline constexpr size_t kChunkBytes = 256 * 1024;

/// The calling thread's buffer of kChunkBytes, or kOutOfMemory.
Result<MutableByteView> chunkBuffer();

}  // namespace millrace
