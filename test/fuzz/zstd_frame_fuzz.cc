// Decompresses anything, within a limit, whole and in pieces with the same answer; what the bytes
// stand for as content survives a round trip both ways.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "codec_agreement.h"
#include "kernels/zstd_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  constexpr uint64_t kMaxBytes = 1 << 20;
  constexpr int kWindowLog = 22;
  const auto goOn = [] { return Result<void>(); };
  const ByteView input{reinterpret_cast<const std::byte*>(data), size};
  const size_t pieceBytes = size == 0 ? 1 : 1 + data[size - 1] % 61;
  const ZstdDecompressOptions reading{kWindowLog, nullptr};

  const Result<Bytes> whole = decompressZstd(input, kMaxBytes, reading, goOn);
  auto decompressor = makeZstdDecompressor(reading);
  if (!decompressor) std::abort();
  const Result<std::string> pieces =
      inPieces(*decompressor.value(), input, kMaxBytes, pieceBytes, 1000);
  if (!whole) requireKnownFailure(whole.error());
  if (!pieces) requireKnownFailure(pieces.error());
  if (whole && whole.value().size() > kMaxBytes) std::abort();
  if (whole && pieces && !isSame(whole.value(), pieces.value())) std::abort();
  // The window's limit binds only where a window is needed, and libzstd's streaming decoder does
  // not hold a frame to the size that it states when its last block is empty. Everything else is
  // the same.
  if (whole && !pieces && pieces.error().code != ErrorCode::kTooLarge) std::abort();
  if (pieces && !whole && whole.error().code != ErrorCode::kTooLarge &&
      whole.error().code != ErrorCode::kCorruptData) {
    std::abort();
  }

  const int level = size == 0 ? 1 : data[0] % 9 - 3;
  const ZstdCompressOptions writing{level, true, nullptr};
  const Result<Bytes> frame = compressZstd(input, writing, goOn);
  if (!frame) std::abort();
  auto again = makeZstdDecompressor(reading);
  const Result<std::string> back =
      inPieces(*again.value(), frame.value().view(), size, pieceBytes, 1000);
  if (!back || back.value() != textOf(input)) std::abort();

  auto compressor = makeZstdCompressor(writing);
  const Result<std::string> streamed =
      inPieces(*compressor.value(), input, UINT64_MAX, pieceBytes, 1000);
  if (!streamed) std::abort();
  const Result<Bytes> read = decompressZstd(bytesOf(streamed.value()), size, reading, goOn);
  if (!read || !isSame(read.value(), textOf(input))) std::abort();
  return 0;
}
