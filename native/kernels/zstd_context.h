// Compression and decompression contexts of libzstd, which cost more to make than to use on small
// content: each thread keeps one of each kind, unless it has grown large. Thread safe.
#pragma once

#include <zstd.h>

#include <memory>

#include "base/result.h"
#include "kernels/zstd_frame.h"

namespace millrace {

/// Resets the context and keeps it for the calling thread's next use, or frees it.
struct KeepZstdContext {
  void operator()(ZSTD_CCtx* context) const noexcept;
  void operator()(ZSTD_DCtx* context) const noexcept;
};

using ZstdCompressor = std::unique_ptr<ZSTD_CCtx, KeepZstdContext>;
using ZstdDecompressor = std::unique_ptr<ZSTD_DCtx, KeepZstdContext>;

/// A context with these options set; the dictionary has to outlive its use.
Result<ZstdCompressor> takeZstdCompressor(const ZstdCompressOptions& options);
Result<ZstdDecompressor> takeZstdDecompressor(const ZstdDecompressOptions& options);

/// The Error for a status of libzstd that is one.
Error zstdCompressError(size_t status);
Error zstdDecompressError(size_t status, uint64_t offset);

}  // namespace millrace
