// Decompresses anything, within a limit, in each wrapping; what zlib reads in pieces libdeflate
// reads as a whole, with the same content. What the bytes stand for as content survives a round
// trip both ways. The detecting decompressor reads the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "codec_agreement.h"
#include "kernels/detecting_decompressor.h"
#include "kernels/gzip.h"

namespace {
using namespace millrace;

constexpr uint64_t kMaxBytes = 1 << 20;
const Checkpoint kGoOn = [] { return Result<void>(); };

void decompressBothWays(ByteView input, DeflateFormat format, size_t pieceBytes) {
  const Result<Bytes> whole = decompressDeflate(input, format, kMaxBytes, kGoOn);
  auto codec = makeDeflateDecompressor(format);
  if (!codec) std::abort();
  const Result<std::string> pieces = inPieces(*codec.value(), input, kMaxBytes, pieceBytes, 1000);
  if (!whole) requireKnownFailure(whole.error());
  if (!pieces) requireKnownFailure(pieces.error());
  if (whole && whole.value().size() > kMaxBytes) std::abort();
  // The other way round libdeflate is the more lenient: it takes a few codes that zlib refuses, and
  // does not look at a header's own checksum.
  if (pieces && !whole) std::abort();
  if (pieces && !isSame(whole.value(), pieces.value())) std::abort();
}

void roundTrip(ByteView input, DeflateFormat format, int level, size_t pieceBytes) {
  const Result<Bytes> packed = compressDeflate(input, format, level, kGoOn);
  if (!packed) std::abort();
  auto decompressor = makeDeflateDecompressor(format);
  const Result<std::string> back =
      inPieces(*decompressor.value(), packed.value().view(), input.size(), pieceBytes, 1000);
  if (!back || back.value() != textOf(input)) std::abort();
  auto compressor = makeDeflateCompressor(format, std::min(level, kDeflateMaxStreamLevel));
  const Result<std::string> streamed =
      inPieces(*compressor.value(), input, UINT64_MAX, pieceBytes, 1000);
  if (!streamed) std::abort();
  const Result<Bytes> read =
      decompressDeflate(bytesOf(streamed.value()), format, input.size(), kGoOn);
  if (!read || !isSame(read.value(), textOf(input))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView input{reinterpret_cast<const std::byte*>(data), size};
  const size_t pieceBytes = size == 0 ? 1 : 1 + data[size - 1] % 61;
  for (const auto format : {DeflateFormat::kGzip, DeflateFormat::kZlib, DeflateFormat::kRaw,
                            DeflateFormat::kDetected}) {
    decompressBothWays(input, format, pieceBytes);
  }
  auto detecting = makeDetectingDecompressor({22, nullptr});
  const Result<std::string> detected =
      inPieces(*detecting.value(), input, kMaxBytes, pieceBytes, 1000);
  if (!detected) requireKnownFailure(detected.error());
  const int level = size == 0 ? 1 : data[0] % (kDeflateMaxLevel + 1);
  const auto format = static_cast<DeflateFormat>(size < 2 ? 0 : data[1] % 3);
  roundTrip(input, format, level, pieceBytes);
  return 0;
}
