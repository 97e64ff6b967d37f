// The Zstandard frame format (RFC 8878), as written and read by the `zstd` command. Functions are
// thread safe; a dictionary may be used by any number of threads at once.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "kernels/codec.h"

struct ZSTD_CDict_s;
struct ZSTD_DDict_s;

namespace millrace {

inline constexpr int kZstdMinLevel = -7;
inline constexpr int kZstdMaxLevel = 22;
inline constexpr int kZstdMinWindowLog = 10;
inline constexpr int kZstdMaxWindowLog = 31;

/// What compressor and decompressor both know beforehand: what `zstd --train` has made, or any
/// bytes. Digested once, for one direction.
class ZstdDictionary {
 public:
  using Made = Result<std::shared_ptr<const ZstdDictionary>>;
  /// kInvalidArgument for a trained dictionary that is damaged.
  static Made toCompress(ByteView content, int level);
  static Made toDecompress(ByteView content);

  ~ZstdDictionary();
  ZstdDictionary(const ZstdDictionary&) = delete;
  ZstdDictionary& operator=(const ZstdDictionary&) = delete;

  /// Null in the other direction.
  const ZSTD_CDict_s* compression() const { return compression_; }
  const ZSTD_DDict_s* decompression() const { return decompression_; }

 private:
  ZstdDictionary(ZSTD_CDict_s* compression, ZSTD_DDict_s* decompression)
      : compression_(compression), decompression_(decompression) {}

  ZSTD_CDict_s* const compression_;
  ZSTD_DDict_s* const decompression_;
};

struct ZstdCompressOptions {
  int level;      ///< kZstdMinLevel to kZstdMaxLevel; a dictionary brings its own
  bool checksum;  ///< of the content, at the end of the frame
  std::shared_ptr<const ZstdDictionary> dictionary;  ///< may be null
};

struct ZstdDecompressOptions {
  int windowLogMax;  ///< kTooLarge for frames that need a window larger than 2 to this many bytes
  std::shared_ptr<const ZstdDictionary> dictionary;  ///< may be null
};

/// One frame with the content's size.
Result<Bytes> compressZstd(ByteView content, const ZstdCompressOptions& options,
                           const Checkpoint& checkpoint);

/// The content of all frames of `frames`, one after the other; skippable frames are passed over.
/// kTooLarge as soon as there would be more than `maxBytes`; kCorruptData for empty or truncated
/// input, a bad checksum, or anything that is no frame.
Result<Bytes> decompressZstd(ByteView frames, uint64_t maxBytes,
                             const ZstdDecompressOptions& options, const Checkpoint& checkpoint);

/// The same in pieces. A frame that is compressed so does not tell the content's size.
Result<std::unique_ptr<Codec>> makeZstdCompressor(const ZstdCompressOptions& options);
Result<std::unique_ptr<Codec>> makeZstdDecompressor(const ZstdDecompressOptions& options);

}  // namespace millrace
