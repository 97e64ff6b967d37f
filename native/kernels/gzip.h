// DEFLATE (RFC 1951) in its three wrappings: gzip (RFC 1952), zlib (RFC 1950) and none. Functions
// are thread safe.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "kernels/codec.h"

namespace millrace {

enum class DeflateFormat : uint8_t {
  kGzip,
  kZlib,
  kRaw,
  kDetected,  ///< gzip or zlib, by the first byte; for decompression only
};

inline constexpr int kDeflateMaxLevel = 12;
inline constexpr int kDeflateMaxStreamLevel = 9;

/// One member. Level 0 stores, 1 to 12 search longer. Content of more than 64 MiB is compressed as
/// the codec does it, at most at kDeflateMaxStreamLevel; below that the checkpoint is asked only
/// beforehand. REQUIRES: format is not kDetected.
Result<Bytes> compressDeflate(ByteView content, DeflateFormat format, int level,
                              const Checkpoint& checkpoint);

/// The content; of all members where gzip has several. kTooLarge as soon as there would be more
/// than `maxBytes`; kCorruptData for empty or truncated input, a bad checksum, or anything else
/// behind the end. The checkpoint is asked after each 64 MiB of content, and more often beyond.
Result<Bytes> decompressDeflate(ByteView input, DeflateFormat format, uint64_t maxBytes,
                                const Checkpoint& checkpoint);

/// The same in pieces. REQUIRES: level <= kDeflateMaxStreamLevel, format is not kDetected.
Result<std::unique_ptr<Codec>> makeDeflateCompressor(DeflateFormat format, int level);
Result<std::unique_ptr<Codec>> makeDeflateDecompressor(DeflateFormat format);

}  // namespace millrace
