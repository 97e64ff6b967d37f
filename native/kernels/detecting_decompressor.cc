// Invariant: what was consumed is skippable frames, the first headSize_ bytes of head_, and what
// the codec, once there is one, has taken.
#include "kernels/detecting_decompressor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "kernels/gzip.h"
#include "kernels/lz4_frame.h"

namespace millrace {
namespace {

constexpr const char* kFormatName = "compressed data";
constexpr size_t kMagicBytes = 4;
constexpr size_t kSkippableHeaderBytes = 8;
constexpr uint32_t kLz4Magic = 0x184D2204;
constexpr uint32_t kZstdMagic = 0xFD2FB528;
constexpr uint32_t kSkippableMagic = 0x184D2A50;  // and fifteen more

uint32_t loadLittleEndian(const std::byte* from) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | std::to_integer<uint32_t>(from[i]);
  return value;
}

bool isZlibHeader(uint32_t magic) {
  const uint32_t method = magic & 0xff;
  const uint32_t flags = magic >> 8 & 0xff;
  return (method & 0x0f) == 8 && method >> 4 <= 7 && (method << 8 | flags) % 31 == 0;
}

class DetectingDecompressor final : public Codec {
 public:
  explicit DetectingDecompressor(const ZstdDecompressOptions& options) : options_(options) {}

  Result<CodecStep> step(ByteView input, MutableByteView output, bool isLast) override;

 private:
  Result<size_t> detect(ByteView input);
  Result<std::unique_ptr<Codec>> codecFor(uint32_t magic) const;
  Result<size_t> replay(MutableByteView output);
  size_t collect(ByteView input, size_t wanted);

  const ZstdDecompressOptions options_;
  std::unique_ptr<Codec> codec_;
  std::array<std::byte, kSkippableHeaderBytes> head_{};
  size_t headSize_ = 0;
  uint64_t skip_ = 0;    // bytes left of a skippable frame
  uint64_t offset_ = 0;  // of the input, consumed
};

/// Adds to head_ until it has `wanted` bytes. Returns what it has consumed.
size_t DetectingDecompressor::collect(ByteView input, size_t wanted) {
  if (headSize_ >= wanted) return 0;
  const size_t size = std::min(wanted - headSize_, input.size());
  if (size > 0) std::memcpy(head_.data() + headSize_, input.data(), size);
  headSize_ += size;
  return size;
}

Result<std::unique_ptr<Codec>> DetectingDecompressor::codecFor(uint32_t magic) const {
  if (magic == kLz4Magic) return makeLz4Decompressor();
  if (magic == kZstdMagic) return makeZstdDecompressor(options_);
  if ((magic & 0xffff) == 0x8b1f) return makeDeflateDecompressor(DeflateFormat::kGzip);
  if (isZlibHeader(magic)) return makeDeflateDecompressor(DeflateFormat::kZlib);
  return corruptAt(kFormatName, offset_ - headSize_,
                   "neither LZ4, zstd, gzip nor zlib begins here");
}

/// Hands the first bytes on to the codec, which may make content of them. Returns how much.
Result<size_t> DetectingDecompressor::replay(MutableByteView output) {
  size_t produced = 0;
  while (headSize_ > 0 && produced < output.size()) {
    const Result<CodecStep> step =
        codec_->step(ByteView(head_).first(headSize_), output.subspan(produced), false);
    if (!step) return step.error();
    produced += step.value().produced;
    headSize_ -= step.value().consumed;
    std::shift_left(head_.begin(), head_.end(), static_cast<ptrdiff_t>(step.value().consumed));
  }
  return produced;
}

/// Passes over skippable frames and finds the codec for what follows. Returns what it has consumed.
Result<size_t> DetectingDecompressor::detect(ByteView input) {
  size_t consumed = 0;
  while (!codec_ && consumed < input.size()) {
    const size_t before = consumed;
    if (skip_ > 0) {
      const size_t size = std::min<uint64_t>(skip_, input.size() - consumed);
      skip_ -= size;
      consumed += size;
      offset_ += size;
      continue;
    }
    consumed += collect(input.subspan(consumed), kMagicBytes);
    offset_ += consumed - before;
    if (headSize_ < kMagicBytes) break;
    const uint32_t magic = loadLittleEndian(head_.data());
    if ((magic & ~uint32_t{15}) != kSkippableMagic) {
      Result<std::unique_ptr<Codec>> made = codecFor(magic);
      if (!made) return std::move(made).error();
      codec_ = std::move(made).value();
      break;
    }
    const size_t size = collect(input.subspan(consumed), kSkippableHeaderBytes);
    consumed += size;
    offset_ += size;
    if (headSize_ < kSkippableHeaderBytes) break;
    skip_ = loadLittleEndian(head_.data() + kMagicBytes);
    headSize_ = 0;
  }
  return consumed;
}

Result<CodecStep> DetectingDecompressor::step(ByteView input, MutableByteView output, bool isLast) {
  size_t consumed = 0;
  if (!codec_) {
    const Result<size_t> detected = detect(input);
    if (!detected) return detected.error();
    consumed = detected.value();
  }
  if (codec_) {
    const Result<size_t> produced = replay(output);
    if (!produced) return produced.error();
    const MutableByteView room = output.subspan(produced.value());
    if (room.empty()) return CodecStep{consumed, produced.value(), false};
    Result<CodecStep> step = codec_->step(input.subspan(consumed), room, isLast);
    if (!step) return step;
    step.value().consumed += consumed;
    step.value().produced += produced.value();
    return step;
  }
  if (isLast && (offset_ == 0 || headSize_ > 0 || skip_ > 0)) {
    return corruptAt(kFormatName, offset_,
                     offset_ == 0 ? "the input is empty" : "the input ends too early");
  }
  return CodecStep{consumed, 0, isLast};
}

}  // namespace

Result<std::unique_ptr<Codec>> makeDetectingDecompressor(const ZstdDecompressOptions& options) {
  return std::unique_ptr<Codec>(new DetectingDecompressor(options));
}

}  // namespace millrace
