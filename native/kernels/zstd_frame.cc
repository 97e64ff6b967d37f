// Invariants: the decompressor never allocates more for its result than twice what it has written,
// or kPlausibleExpansion times the input, whatever sizes a frame header claims; and never writes
// more than maxBytes. Content up to kDirectBytes is converted in one call of the library, which
// spares its own buffers; beyond that in steps, so that the checkpoint is asked.
#include "kernels/zstd_frame.h"

#include <algorithm>
#include <utility>

#include "kernels/zstd_context.h"

namespace millrace {
namespace {

constexpr const char* kFormatName = "zstd frame";
constexpr size_t kDirectBytes = 1024 * 1024;
constexpr size_t kSlowStepBytes =
    128 * 1024;  // of the levels that take a millisecond for a few KiB
constexpr int kFirstSlowLevel = 10;
constexpr uint64_t kPlausibleExpansion = 64;  // more is possible: the block then grows in steps
constexpr size_t kDirectContentBytes = 16 * 1024 * 1024;  // some 10 ms of decompression

class ZstdFrameCompressor final : public Codec {
 public:
  ZstdFrameCompressor(ZstdCompressor context, std::shared_ptr<const ZstdDictionary> dictionary)
      : dictionary_(std::move(dictionary)), context_(std::move(context)) {}

  Result<CodecStep> step(ByteView input, MutableByteView output, bool isLast) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const size_t left =
        ZSTD_compressStream2(context_.get(), &out, &in, isLast ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left)) return zstdCompressError(left);
    return CodecStep{in.pos, out.pos, isLast && left == 0};
  }

 private:
  const std::shared_ptr<const ZstdDictionary> dictionary_;  // outlives the context's use of it
  const ZstdCompressor context_;
};

class ZstdFrameDecompressor final : public Codec {
 public:
  ZstdFrameDecompressor(ZstdDecompressor context, std::shared_ptr<const ZstdDictionary> dictionary,
                        uint64_t offset)
      : dictionary_(std::move(dictionary)), context_(std::move(context)), offset_(offset) {}

  Result<CodecStep> step(ByteView input, MutableByteView output, bool isLast) override;

 private:
  const std::shared_ptr<const ZstdDictionary> dictionary_;  // outlives the context's use of it
  const ZstdDecompressor context_;
  uint64_t offset_;  // of the input, consumed
  bool inFrame_ = false;
};

/// Whether a frame or a skippable frame may begin so. The library also reads what zstd wrote before
/// its format was settled, with decoders that nobody maintains: these are kept from hostile bytes.
bool mayBegin(std::byte first) {
  constexpr std::byte kFrame{0x28};
  constexpr std::byte kSkippable{0x50};
  constexpr std::byte kAnySkippable{0xf0};
  return first == kFrame || (first & kAnySkippable) == kSkippable;
}

Error notAFrame(uint64_t offset) {
  return corruptAt(kFormatName, offset, "no frame begins here");
}

Result<CodecStep> ZstdFrameDecompressor::step(ByteView input, MutableByteView output, bool isLast) {
  ZSTD_inBuffer in{input.data(), input.size(), 0};
  ZSTD_outBuffer out{output.data(), output.size(), 0};
  while (out.pos < out.size && (in.pos < in.size || inFrame_)) {
    if (!inFrame_ && !mayBegin(input[in.pos])) return notAFrame(offset_ + in.pos);
    const size_t before = in.pos + out.pos;
    const size_t hint = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(hint)) return zstdDecompressError(hint, offset_ + in.pos);
    inFrame_ = hint != 0;
    if (in.pos + out.pos == before) break;
  }
  offset_ += in.pos;
  const bool drained = in.pos == in.size && out.pos < out.size;
  if (isLast && drained && (inFrame_ || offset_ == 0)) {
    return corruptAt(kFormatName, offset_,
                     offset_ == 0 ? "the input is empty" : "the input ends inside a frame");
  }
  return CodecStep{in.pos, out.pos, isLast && in.pos == in.size && !inFrame_};
}

Result<size_t> compressInSteps(ZSTD_CCtx* context, ByteView content, Bytes& frame, int level,
                               const Checkpoint& checkpoint) {
  const size_t sized = ZSTD_CCtx_setPledgedSrcSize(context, content.size());
  if (ZSTD_isError(sized)) return zstdCompressError(sized);
  ZSTD_outBuffer out{frame.data(), frame.size(), 0};
  const size_t stepBytes = level < kFirstSlowLevel ? kDirectBytes : kSlowStepBytes;
  while (true) {
    const ByteView piece = content.first(std::min(content.size(), stepBytes));
    content = content.subspan(piece.size());
    ZSTD_inBuffer in{piece.data(), piece.size(), 0};
    const size_t left =
        ZSTD_compressStream2(context, &out, &in, content.empty() ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left)) return zstdCompressError(left);
    if (content.empty()) {
      // The block has room for the worst case, so one call takes all of it.
      return left == 0 ? Result<size_t>(out.pos) : Error::of(ErrorCode::kInternal);
    }
    Result<void> go = checkpoint();
    if (!go) return std::move(go).error();
  }
}

/// Decompresses frame after frame into one growing block.
class FrameReader {
 public:
  FrameReader(ByteView input, uint64_t maxBytes, const ZstdDecompressOptions& options,
              const Checkpoint& checkpoint)
      : input_(input), options_(options), checkpoint_(checkpoint), content_(maxBytes) {}

  Result<Bytes> read();

 private:
  Result<void> readFrame(ZSTD_DCtx* context, size_t frameBytes);
  Result<void> readInSteps(ZstdDecompressor context);
  uint64_t sizeAhead() const;

  const ByteView input_;
  const ZstdDecompressOptions& options_;
  const Checkpoint& checkpoint_;
  GrowingBlock content_;
  size_t offset_ = 0;  // of the input, consumed
};

/// What the frame at hand says about its content's size, skippable frames having none.
uint64_t FrameReader::sizeAhead() const {
  return ZSTD_getFrameContentSize(input_.data() + offset_, input_.size() - offset_);
}

Result<void> FrameReader::readFrame(ZSTD_DCtx* context, size_t frameBytes) {
  const ByteView frame = input_.subspan(offset_, frameBytes);
  // libzstd refuses a null destination even for no content.
  std::byte none{};
  const MutableByteView room = content_.room();
  const size_t written = ZSTD_decompressDCtx(context, room.empty() ? &none : room.data(),
                                             room.size(), frame.data(), frame.size());
  if (ZSTD_isError(written)) return zstdDecompressError(written, offset_);
  content_.commit(written);
  offset_ += frameBytes;
  return checkpoint_();
}

Result<void> FrameReader::readInSteps(ZstdDecompressor context) {
  ZstdFrameDecompressor codec(std::move(context), options_.dictionary, offset_);
  const ByteView rest = input_.subspan(offset_);
  offset_ = input_.size();
  return convertWhole(codec, rest, content_, checkpoint_);
}

Result<Bytes> FrameReader::read() {
  Result<ZstdDecompressor> taken = takeZstdDecompressor(options_);
  if (!taken) return std::move(taken).error();
  ZstdDecompressor context = std::move(taken).value();
  Result<void> done;
  do {
    if (!mayBegin(input_[offset_])) return notAFrame(offset_);
    const uint64_t size = sizeAhead();
    const uint64_t left = content_.maxBytes() - content_.used();
    const bool isKnown = size != ZSTD_CONTENTSIZE_UNKNOWN && size != ZSTD_CONTENTSIZE_ERROR;
    if (isKnown && size > left) return content_.tooLarge();
    if (isKnown) {
      const uint64_t plausible = kPlausibleExpansion * (input_.size() - offset_);
      done = content_.reserve(content_.used() + std::min(size, plausible));
      if (!done) return std::move(done).error();
    }
    const bool fits = isKnown && size <= kDirectContentBytes && size <= content_.room().size();
    const size_t frameBytes =
        fits ? ZSTD_findFrameCompressedSize(input_.data() + offset_, input_.size() - offset_) : 0;
    const bool isWhole = fits && !ZSTD_isError(frameBytes);
    done = isWhole ? readFrame(context.get(), frameBytes) : readInSteps(std::move(context));
    if (!done) return std::move(done).error();
    if (!isWhole) break;  // the steps have gone to the end
  } while (offset_ < input_.size());
  return content_.finish();
}

}  // namespace

Result<Bytes> compressZstd(ByteView content, const ZstdCompressOptions& options,
                           const Checkpoint& checkpoint) {
  const size_t worstBytes = ZSTD_compressBound(content.size());
  if (ZSTD_isError(worstBytes)) return Error::of(ErrorCode::kTooLarge);
  Result<Bytes> frame = Bytes::allocate(worstBytes);
  if (!frame) return frame;
  Result<ZstdCompressor> context = takeZstdCompressor(options);
  if (!context) return std::move(context).error();
  if (content.size() > kDirectBytes) {
    const Result<size_t> written =
        compressInSteps(context.value().get(), content, frame.value(), options.level, checkpoint);
    if (!written) return written.error();
    return fitted(std::move(frame).value(), written.value());
  }
  const size_t written = ZSTD_compress2(context.value().get(), frame.value().data(), worstBytes,
                                        content.data(), content.size());
  if (ZSTD_isError(written)) return zstdCompressError(written);
  return fitted(std::move(frame).value(), written);
}

Result<Bytes> decompressZstd(ByteView frames, uint64_t maxBytes,
                             const ZstdDecompressOptions& options, const Checkpoint& checkpoint) {
  if (frames.empty()) return corruptAt(kFormatName, 0, "the input is empty");
  return FrameReader(frames, maxBytes, options, checkpoint).read();
}

Result<std::unique_ptr<Codec>> makeZstdCompressor(const ZstdCompressOptions& options) {
  Result<ZstdCompressor> context = takeZstdCompressor(options);
  if (!context) return std::move(context).error();
  return std::unique_ptr<Codec>(
      new ZstdFrameCompressor(std::move(context).value(), options.dictionary));
}

Result<std::unique_ptr<Codec>> makeZstdDecompressor(const ZstdDecompressOptions& options) {
  Result<ZstdDecompressor> context = takeZstdDecompressor(options);
  if (!context) return std::move(context).error();
  return std::unique_ptr<Codec>(
      new ZstdFrameDecompressor(std::move(context).value(), options.dictionary, 0));
}

}  // namespace millrace
