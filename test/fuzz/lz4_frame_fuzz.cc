// Decompresses anything, within a limit, whole and in pieces with the same answer; what the bytes
// stand for as content survives a round trip both ways.
#include <cstdint>
#include <cstdlib>

#include "codec_agreement.h"
#include "kernels/lz4_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  constexpr uint64_t kMaxBytes = 1 << 20;
  const auto goOn = [] { return Result<void>(); };
  const ByteView input{reinterpret_cast<const std::byte*>(data), size};
  const size_t pieceBytes = size == 0 ? 1 : 1 + data[size - 1] % 61;

  const Result<Bytes> whole = decompressLz4(input, kMaxBytes, goOn);
  auto decompressor = makeLz4Decompressor();
  if (!decompressor) std::abort();
  const Result<std::string> pieces =
      inPieces(*decompressor.value(), input, kMaxBytes, pieceBytes, 1000);
  if (!whole) requireKnownFailure(whole.error());
  if (!pieces) requireKnownFailure(pieces.error());
  if (whole && whole.value().size() > kMaxBytes) std::abort();
  if (whole && pieces && !isSame(whole.value(), pieces.value())) std::abort();
  // A header that claims more than the limit is refused at once by the one, in the end by the
  // other.
  if (whole.ok() != pieces.ok() && (whole || whole.error().code != ErrorCode::kTooLarge)) {
    std::abort();
  }

  const int level = size == 0 ? 0 : data[0] % (kLz4MaxLevel + 1);
  const Result<Bytes> frame = compressLz4(input, level, goOn);
  if (!frame) std::abort();
  auto again = makeLz4Decompressor();
  const Result<std::string> back =
      inPieces(*again.value(), frame.value().view(), size, pieceBytes, 1000);
  if (!back || back.value() != textOf(input)) std::abort();

  auto compressor = makeLz4Compressor(level);
  const Result<std::string> streamed =
      inPieces(*compressor.value(), input, UINT64_MAX, pieceBytes, 1000);
  if (!streamed) std::abort();
  const Result<Bytes> read = decompressLz4(bytesOf(streamed.value()), size, goOn);
  if (!read || !isSame(read.value(), textOf(input))) std::abort();
  return 0;
}
