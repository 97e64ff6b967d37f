// Blocks of a streamed frame are linked: each may refer to the 64 KiB before it, which costs
// nothing here and compresses further than the independent blocks of lz4_frame.cc.
#include <lz4frame.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "kernels/lz4_checksum.h"
#include "kernels/lz4_frame.h"

namespace millrace {
namespace {

constexpr const char* kFormatName = "LZ4 frame";
constexpr size_t kBlockBytes = 256 * 1024;  // LZ4F_max256KB

struct FreeContext {
  void operator()(LZ4F_cctx* context) const { LZ4F_freeCompressionContext(context); }
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};
using CompressionContext = std::unique_ptr<LZ4F_cctx, FreeContext>;
using DecompressionContext = std::unique_ptr<LZ4F_dctx, FreeContext>;

/// liblz4 compresses only into room for the worst case: into a block of our own, from which the
/// caller's blocks are filled.
class Lz4Compressor final : public Codec {
 public:
  Lz4Compressor(CompressionContext context, const LZ4F_preferences_t& preferences, Bytes staged)
      : context_(std::move(context)), preferences_(preferences), staged_(std::move(staged)) {
    XXH32_reset(&checksum_, 0);
  }

  Result<CodecStep> step(ByteView input, MutableByteView output, bool isLast) override;

 private:
  enum class Phase : uint8_t { kHeader, kContent, kEnded };
  Result<void> writeHeader();
  Result<void> writeContent(ByteView piece);
  Result<void> writeEnd();
  Result<void> stage(size_t written);
  size_t drainInto(MutableByteView output);

  const CompressionContext context_;
  const LZ4F_preferences_t preferences_;
  XXH32_state_t checksum_;
  Phase phase_ = Phase::kHeader;
  Bytes staged_;
  size_t stagedBegin_ = 0;
  size_t stagedEnd_ = 0;
};

Result<void> Lz4Compressor::stage(size_t written) {
  if (LZ4F_isError(written)) return Error::of(ErrorCode::kInternal, LZ4F_getErrorName(written));
  stagedBegin_ = 0;
  stagedEnd_ = written;
  return {};
}

Result<void> Lz4Compressor::writeHeader() {
  phase_ = Phase::kContent;
  Result<void> done =
      stage(LZ4F_compressBegin(context_.get(), staged_.data(), staged_.size(), &preferences_));
  if (done) declareLz4Checksum(staged_.data(), stagedEnd_);
  return done;
}

Result<void> Lz4Compressor::writeContent(ByteView piece) {
  XXH32_update(&checksum_, piece.data(), piece.size());
  return stage(LZ4F_compressUpdate(context_.get(), staged_.data(), staged_.size(), piece.data(),
                                   piece.size(), nullptr));
}

Result<void> Lz4Compressor::writeEnd() {
  phase_ = Phase::kEnded;
  Result<void> done =
      stage(LZ4F_compressEnd(context_.get(), staged_.data(), staged_.size(), nullptr));
  if (!done) return done;
  storeLittleEndian(XXH32_digest(&checksum_), staged_.data() + stagedEnd_);
  stagedEnd_ += kLz4ChecksumBytes;
  return {};
}

size_t Lz4Compressor::drainInto(MutableByteView output) {
  const size_t size = std::min(stagedEnd_ - stagedBegin_, output.size());
  if (size > 0) std::memcpy(output.data(), staged_.data() + stagedBegin_, size);
  stagedBegin_ += size;
  return size;
}

Result<CodecStep> Lz4Compressor::step(ByteView input, MutableByteView output, bool isLast) {
  CodecStep done{0, 0, false};
  while (true) {
    done.produced += drainInto(output.subspan(done.produced));
    if (stagedBegin_ < stagedEnd_) return done;  // the output is full
    Result<void> written;
    if (phase_ == Phase::kHeader) {
      written = writeHeader();
    } else if (done.consumed < input.size()) {
      const ByteView rest = input.subspan(done.consumed);
      const ByteView piece = rest.first(std::min(rest.size(), kBlockBytes));
      written = writeContent(piece);
      done.consumed += piece.size();
    } else if (isLast && phase_ == Phase::kContent) {
      written = writeEnd();
    } else {
      done.finished = phase_ == Phase::kEnded;
      return done;
    }
    if (!written) return std::move(written).error();
  }
}

class Lz4Decompressor final : public Codec {
 public:
  explicit Lz4Decompressor(DecompressionContext context) : context_(std::move(context)) {}

  Result<CodecStep> step(ByteView input, MutableByteView output, bool isLast) override;

 private:
  Result<size_t> readHeader(ByteView input);
  Result<size_t> headerBytes() const;
  Result<bool> readFrame(ByteView input, MutableByteView output, CodecStep& done);
  Result<void> verifyChecksum();
  void remember(ByteView consumed);

  const DecompressionContext context_;
  uint64_t offset_ = 0;  // of the input, consumed
  std::array<std::byte, LZ4F_HEADER_SIZE_MAX> header_{};
  size_t headerSize_ = 0;  // of the next frame, collected

  // Of the frame at hand.
  bool inFrame_ = false;
  LZ4F_frameInfo_t info_ = {};
  XXH32_state_t checksum_;
  std::array<std::byte, kLz4ChecksumBytes> latest_{};  // input bytes: in the end, the checksum
};

/// How many bytes the header has, as far as those collected tell.
Result<size_t> Lz4Decompressor::headerBytes() const {
  if (headerSize_ < LZ4F_MIN_SIZE_TO_KNOW_HEADER_LENGTH) {
    return size_t{LZ4F_MIN_SIZE_TO_KNOW_HEADER_LENGTH};
  }
  const size_t size = LZ4F_headerSize(header_.data(), headerSize_);
  if (LZ4F_isError(size)) return corruptAt(kFormatName, offset_, LZ4F_getErrorName(size));
  return size;
}

/// Collects a header, byte by byte if need be, and begins its frame. Returns what it has consumed.
Result<size_t> Lz4Decompressor::readHeader(ByteView input) {
  size_t consumed = 0;
  while (true) {
    const Result<size_t> wanted = headerBytes();
    if (!wanted) return wanted.error();
    if (headerSize_ == wanted.value()) break;
    const size_t size = std::min(wanted.value() - headerSize_, input.size() - consumed);
    if (size == 0) return consumed;
    std::memcpy(header_.data() + headerSize_, input.data() + consumed, size);
    headerSize_ += size;
    consumed += size;
    offset_ += size;
  }
  const size_t size = std::exchange(headerSize_, 0);
  size_t taken = size;
  size_t status = LZ4F_getFrameInfo(context_.get(), &info_, header_.data(), &taken);
  // Of a skippable frame's header it takes the magic number only.
  for (size_t begin = taken; begin < size && !LZ4F_isError(status); begin += taken) {
    size_t produced = 0;
    taken = size - begin;
    status = LZ4F_decompress(context_.get(), nullptr, &produced, header_.data() + begin, &taken,
                             nullptr);
    if (taken == 0) return Error::of(ErrorCode::kInternal, "LZ4 header");
  }
  if (LZ4F_isError(status)) return corruptAt(kFormatName, offset_, LZ4F_getErrorName(status));
  XXH32_reset(&checksum_, 0);
  inFrame_ = status != 0;  // an empty skippable frame ends with its header
  return consumed;
}

void Lz4Decompressor::remember(ByteView consumed) {
  const size_t size = std::min(consumed.size(), latest_.size());
  std::shift_left(latest_.begin(), latest_.end(), static_cast<ptrdiff_t>(size));
  const ByteView tail = consumed.last(size);
  std::copy(tail.begin(), tail.end(), latest_.end() - static_cast<ptrdiff_t>(size));
}

Result<void> Lz4Decompressor::verifyChecksum() {
  if (info_.frameType == LZ4F_skippableFrame ||
      info_.contentChecksumFlag == LZ4F_noContentChecksum) {
    return {};
  }
  std::array<std::byte, kLz4ChecksumBytes> expected{};
  storeLittleEndian(XXH32_digest(&checksum_), expected.data());
  if (expected == latest_) return {};
  return corruptAt(kFormatName, offset_ - kLz4ChecksumBytes,
                   "the content's checksum does not match");
}

/// One call of the decoder; false when it could do nothing.
Result<bool> Lz4Decompressor::readFrame(ByteView input, MutableByteView output, CodecStep& done) {
  size_t produced = output.size();
  size_t consumed = input.size();
  LZ4F_decompressOptions_t options = {};
  // Also turns off the checksums of single blocks, so it is not asked for where there are some.
  options.skipChecksums = info_.blockChecksumFlag == LZ4F_noBlockChecksum;
  std::byte none{};
  const size_t hint = LZ4F_decompress(context_.get(), output.data(), &produced,
                                      input.empty() ? &none : input.data(), &consumed, &options);
  if (LZ4F_isError(hint)) return corruptAt(kFormatName, offset_, LZ4F_getErrorName(hint));
  if (options.skipChecksums != 0) XXH32_update(&checksum_, output.data(), produced);
  remember(input.first(consumed));
  done.consumed += consumed;
  done.produced += produced;
  offset_ += consumed;
  if (hint != 0) return consumed + produced > 0;
  inFrame_ = false;
  if (options.skipChecksums != 0) {
    Result<void> verified = verifyChecksum();
    if (!verified) return std::move(verified).error();
  }
  return true;
}

Result<CodecStep> Lz4Decompressor::step(ByteView input, MutableByteView output, bool isLast) {
  CodecStep done{0, 0, false};
  bool moved = true;
  while (moved && done.produced < output.size()) {
    const ByteView rest = input.subspan(done.consumed);
    if (inFrame_) {
      const Result<bool> read = readFrame(rest, output.subspan(done.produced), done);
      if (!read) return read.error();
      moved = read.value();
    } else {
      if (rest.empty()) break;
      const Result<size_t> consumed = readHeader(rest);
      if (!consumed) return consumed.error();
      done.consumed += consumed.value();
    }
  }
  const bool isBetween = !inFrame_ && headerSize_ == 0;
  const bool isDrained = done.consumed == input.size() && done.produced < output.size();
  if (isLast && isDrained && (!isBetween || offset_ == 0)) {
    return corruptAt(kFormatName, offset_,
                     offset_ == 0 ? "the input is empty" : "the input ends inside a frame");
  }
  done.finished = isLast && done.consumed == input.size() && isBetween;
  return done;
}

}  // namespace

Result<std::unique_ptr<Codec>> makeLz4Compressor(int level) {
  LZ4F_preferences_t preferences = LZ4F_INIT_PREFERENCES;
  preferences.frameInfo.blockSizeID = LZ4F_max256KB;
  preferences.frameInfo.blockMode = LZ4F_blockLinked;
  preferences.compressionLevel = level;
  Result<Bytes> staged =
      Bytes::allocate(LZ4F_compressBound(kBlockBytes, &preferences) + kLz4ChecksumBytes);
  if (!staged) return std::move(staged).error();
  LZ4F_cctx* context = nullptr;
  if (LZ4F_isError(LZ4F_createCompressionContext(&context, LZ4F_VERSION))) {
    return Error::of(ErrorCode::kOutOfMemory);
  }
  return std::unique_ptr<Codec>(
      new Lz4Compressor(CompressionContext(context), preferences, std::move(staged).value()));
}

Result<std::unique_ptr<Codec>> makeLz4Decompressor() {
  LZ4F_dctx* context = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION))) {
    return Error::of(ErrorCode::kOutOfMemory);
  }
  return std::unique_ptr<Codec>(new Lz4Decompressor(DecompressionContext(context)));
}

}  // namespace millrace
