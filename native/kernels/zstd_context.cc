// Invariant: a context that a thread keeps has been reset, refers to no dictionary and takes no
// more than kKeptBytes.
#include "kernels/zstd_context.h"

#include <zstd_errors.h>

#include <string>
#include <utility>

namespace millrace {
namespace {

constexpr size_t kKeptBytes = 8 * 1024 * 1024;  // what level 3 takes for large content, and more

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

std::unique_ptr<ZSTD_CCtx, FreeContext>& keptCompressor() {
  thread_local std::unique_ptr<ZSTD_CCtx, FreeContext> kept;
  return kept;
}

std::unique_ptr<ZSTD_DCtx, FreeContext>& keptDecompressor() {
  thread_local std::unique_ptr<ZSTD_DCtx, FreeContext> kept;
  return kept;
}

}  // namespace

void KeepZstdContext::operator()(ZSTD_CCtx* context) const noexcept {
  ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
  if (ZSTD_sizeof_CCtx(context) <= kKeptBytes) {
    keptCompressor().reset(context);
  } else {
    ZSTD_freeCCtx(context);
  }
}

void KeepZstdContext::operator()(ZSTD_DCtx* context) const noexcept {
  ZSTD_DCtx_reset(context, ZSTD_reset_session_and_parameters);
  if (ZSTD_sizeof_DCtx(context) <= kKeptBytes) {
    keptDecompressor().reset(context);
  } else {
    ZSTD_freeDCtx(context);
  }
}

Result<ZstdCompressor> takeZstdCompressor(const ZstdCompressOptions& options) {
  ZSTD_CCtx* taken = keptCompressor().release();
  ZstdCompressor context(taken != nullptr ? taken : ZSTD_createCCtx());
  if (!context) return Error::of(ErrorCode::kOutOfMemory);
  size_t status = ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, options.level);
  if (ZSTD_isError(status)) return zstdCompressError(status);
  status = ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, options.checksum ? 1 : 0);
  if (ZSTD_isError(status)) return zstdCompressError(status);
  if (options.dictionary) {
    status = ZSTD_CCtx_refCDict(context.get(), options.dictionary->compression());
    if (ZSTD_isError(status)) return zstdCompressError(status);
  }
  return context;
}

Result<ZstdDecompressor> takeZstdDecompressor(const ZstdDecompressOptions& options) {
  ZSTD_DCtx* taken = keptDecompressor().release();
  ZstdDecompressor context(taken != nullptr ? taken : ZSTD_createDCtx());
  if (!context) return Error::of(ErrorCode::kOutOfMemory);
  size_t status = ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, options.windowLogMax);
  if (ZSTD_isError(status)) return zstdDecompressError(status, 0);
  if (options.dictionary) {
    status = ZSTD_DCtx_refDDict(context.get(), options.dictionary->decompression());
    if (ZSTD_isError(status)) return zstdDecompressError(status, 0);
  }
  return context;
}

Error zstdCompressError(size_t status) {
  const bool exhausted = ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation;
  return exhausted ? Error::of(ErrorCode::kOutOfMemory)
                   : Error::of(ErrorCode::kInternal, ZSTD_getErrorName(status));
}

Error zstdDecompressError(size_t status, uint64_t offset) {
  switch (ZSTD_getErrorCode(status)) {
    case ZSTD_error_memory_allocation:
      return Error::of(ErrorCode::kOutOfMemory);
    case ZSTD_error_frameParameter_windowTooLarge:
      return Error::of(ErrorCode::kTooLarge,
                       "the zstd frame needs a window larger than windowLogMax allows");
    default:
      return corruptAt("zstd frame", offset, ZSTD_getErrorName(status));
  }
}

ZstdDictionary::Made ZstdDictionary::toCompress(ByteView content, int level) {
  ZSTD_CDict* made = ZSTD_createCDict(content.data(), content.size(), level);
  if (made == nullptr) return Error::of(ErrorCode::kInvalidArgument, "no valid zstd dictionary");
  return std::shared_ptr<const ZstdDictionary>(new ZstdDictionary(made, nullptr));
}

ZstdDictionary::Made ZstdDictionary::toDecompress(ByteView content) {
  ZSTD_DDict* made = ZSTD_createDDict(content.data(), content.size());
  if (made == nullptr) return Error::of(ErrorCode::kInvalidArgument, "no valid zstd dictionary");
  return std::shared_ptr<const ZstdDictionary>(new ZstdDictionary(nullptr, made));
}

ZstdDictionary::~ZstdDictionary() {
  ZSTD_freeCDict(compression_);
  ZSTD_freeDDict(decompression_);
}

}  // namespace millrace
