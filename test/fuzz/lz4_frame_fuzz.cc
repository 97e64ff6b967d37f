// Decompresses anything, within a limit; what the bytes stand for as content survives a round trip.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "kernels/lz4_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  constexpr uint64_t kMaxBytes = 1 << 20;
  const auto goOn = [] { return Result<void>(); };
  const ByteView input{reinterpret_cast<const std::byte*>(data), size};
  const Result<Bytes> content = decompressLz4(input, kMaxBytes, goOn);
  if (content && content.value().size() > kMaxBytes) std::abort();
  if (!content && content.error().code != ErrorCode::kCorruptData &&
      content.error().code != ErrorCode::kTooLarge) {
    std::abort();
  }

  const int level = size == 0 ? 0 : data[0] % (kLz4MaxLevel + 1);
  const Result<Bytes> frame = compressLz4(input, level, goOn);
  if (!frame) std::abort();
  const Result<Bytes> back = decompressLz4(frame.value().view(), size, goOn);
  if (!back || back.value().size() != size) std::abort();
  if (size > 0 && std::memcmp(back.value().data(), data, size) != 0) std::abort();
  return 0;
}
