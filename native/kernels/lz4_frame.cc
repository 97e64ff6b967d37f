// Invariants: the decompressor never allocates more than twice what it has written plus what the
// rest of the input can plausibly expand to, whatever sizes a frame header claims; and never
// writes more than maxBytes.
//
// Content checksums are computed here and not by liblz4: its own XXH32, as distributions build it,
// is slower than its decoder and would halve the speed of either direction (docs/decisions/0004).
#include "kernels/lz4_frame.h"

#include <lz4frame.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace millrace {
namespace {

constexpr size_t kChecksumBytes = 4;
constexpr size_t kStepBytes =
    1024 * 1024;  // of input between two checkpoints; a whole number of blocks
constexpr uint64_t kMaxExpansion = 256;       // no LZ4 block expands further
constexpr size_t kFirstCapacity = 64 * 1024;  // of frames that do not tell their size

struct FreeDecompressor {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};
struct FreeCompressor {
  void operator()(LZ4F_cctx* context) const { LZ4F_freeCompressionContext(context); }
};

Error corruptAt(size_t offset, std::string_view why) {
  return Error::of(ErrorCode::kCorruptData,
                   "LZ4 frame, at byte " + std::to_string(offset) + ": " + std::string(why));
}

LZ4F_preferences_t preferencesFor(size_t contentBytes, int level) {
  LZ4F_preferences_t preferences = LZ4F_INIT_PREFERENCES;
  preferences.frameInfo.blockSizeID = contentBytes <= 64 * 1024    ? LZ4F_max64KB
                                      : contentBytes <= 256 * 1024 ? LZ4F_max256KB
                                                                   : LZ4F_max1MB;
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.frameInfo.contentSize = contentBytes;
  preferences.compressionLevel = level;
  preferences.autoFlush = 1;
  return preferences;
}

/// Gives back what a block of the worst-case size does not use, once that is a good part of it.
Result<Bytes> fitted(Bytes block, size_t used) {
  if (used >= block.size() - block.size() / 4) {
    block.truncate(used);
    return block;
  }
  Result<Bytes> exact = Bytes::allocate(used);
  if (exact && used > 0) std::memcpy(exact.value().data(), block.data(), used);
  return exact;
}

/// Writes one frame, piece by piece, into a block that holds the worst case.
class FrameWriter {
 public:
  FrameWriter(LZ4F_cctx* context, Bytes& out) : context_(context), out_(out) {}

  Result<void> take(size_t written) {
    if (LZ4F_isError(written)) {
      return Error::of(ErrorCode::kInternal, LZ4F_getErrorName(written));
    }
    used_ += written;
    return {};
  }

  std::byte* position() { return out_.data() + used_; }
  size_t room() const { return out_.size() - used_; }
  size_t used() const { return used_; }
  LZ4F_cctx* context() { return context_; }

 private:
  LZ4F_cctx* const context_;
  Bytes& out_;
  size_t used_ = 0;
};

/// Declares a content checksum in a frame header that was written without one, and seals the
/// header again.
void declareChecksum(std::byte* header, size_t size) {
  constexpr size_t kMagicBytes = 4;
  constexpr std::byte kContentChecksum{0x04};
  header[kMagicBytes] |= kContentChecksum;
  const uint32_t seal = XXH32(header + kMagicBytes, size - kMagicBytes - 1, 0);
  header[size - 1] = static_cast<std::byte>(seal >> 8 & 0xff);
}

void storeLittleEndian(uint32_t value, std::byte* out) {
  for (size_t i = 0; i < 4; ++i, value >>= 8) out[i] = static_cast<std::byte>(value & 0xff);
}

Result<void> writeFrame(FrameWriter& writer, ByteView content,
                        const LZ4F_preferences_t& preferences, const Lz4Checkpoint& checkpoint) {
  // The source stays where it is during the whole frame, so nothing needs to be copied aside.
  LZ4F_compressOptions_t options = {};
  options.stableSrc = 1;
  const ByteView whole = content;
  std::byte* const header = writer.position();
  Result<void> done = writer.take(
      LZ4F_compressBegin(writer.context(), writer.position(), writer.room(), &preferences));
  if (done) declareChecksum(header, writer.used());
  while (done && !content.empty()) {
    const ByteView piece = content.first(std::min(content.size(), kStepBytes));
    done = writer.take(LZ4F_compressUpdate(writer.context(), writer.position(), writer.room(),
                                           piece.data(), piece.size(), &options));
    content = content.subspan(piece.size());
    if (done && !content.empty()) done = checkpoint();
  }
  if (!done) return done;
  done =
      writer.take(LZ4F_compressEnd(writer.context(), writer.position(), writer.room(), &options));
  if (!done) return done;
  storeLittleEndian(XXH32(whole.data(), whole.size(), 0), writer.position());
  return writer.take(kChecksumBytes);
}

/// Decompresses frame after frame into one growing block.
class FrameReader {
 public:
  FrameReader(LZ4F_dctx* context, ByteView input, uint64_t maxBytes)
      : context_(context), input_(input), maxBytes_(maxBytes) {}

  Result<void> readFrame(const Lz4Checkpoint& checkpoint);
  bool atEnd() const { return offset_ == input_.size(); }
  Result<Bytes> finish() { return fitted(std::move(content_), used_); }

 private:
  Result<void> readHeader();
  Result<void> verifyChecksum() const;
  Result<void> reserve(uint64_t capacity);
  Result<void> grow();
  Result<size_t> step();
  Error tooLarge() const {
    return Error::of(ErrorCode::kTooLarge, "the decompressed content is larger than maxBytes (" +
                                               std::to_string(maxBytes_) + ")");
  }

  LZ4F_dctx* const context_;
  const ByteView input_;
  const uint64_t maxBytes_;
  size_t offset_ = 0;  // of the input, consumed
  Bytes content_;
  size_t used_ = 0;  // of content_

  // Of the frame at hand.
  LZ4F_frameInfo_t info_ = {};
  size_t begin_ = 0;  // in content_
};

Result<void> FrameReader::reserve(uint64_t capacity) {
  capacity = std::min(capacity, maxBytes_);
  if (capacity <= content_.size()) return {};
  Result<Bytes> larger = Bytes::allocate(capacity);
  if (!larger) return std::move(larger).error();
  if (used_ > 0) std::memcpy(larger.value().data(), content_.data(), used_);
  content_ = std::move(larger).value();
  return {};
}

Result<void> FrameReader::grow() {
  return reserve(std::max<uint64_t>(kFirstCapacity, uint64_t{content_.size()} * 2));
}

Result<void> FrameReader::readHeader() {
  size_t consumed = input_.size() - offset_;
  const size_t status = LZ4F_getFrameInfo(context_, &info_, input_.data() + offset_, &consumed);
  if (LZ4F_isError(status)) return corruptAt(offset_, LZ4F_getErrorName(status));
  offset_ += consumed;
  begin_ = used_;
  if (info_.frameType == LZ4F_skippableFrame || info_.contentSize == 0) return {};
  if (info_.contentSize > maxBytes_ - used_) return tooLarge();
  const uint64_t plausible = kMaxExpansion * (input_.size() - offset_);
  return reserve(used_ + std::min<uint64_t>(info_.contentSize, plausible));
}

/// One call of the decoder. Returns its hint: 0 at the end of the frame.
Result<size_t> FrameReader::step() {
  // With the block full and no further growth allowed, one spare byte tells a frame that merely
  // has its end mark left from one that has more content.
  std::byte spare{};
  const bool full = used_ == maxBytes_;
  size_t produced = full ? 1 : content_.size() - used_;
  size_t consumed = std::min(input_.size() - offset_, kStepBytes);
  LZ4F_decompressOptions_t options = {};
  // Also turns off the checksums of single blocks, so it is not asked for where there are some.
  options.skipChecksums = info_.blockChecksumFlag == LZ4F_noBlockChecksum;
  const size_t hint = LZ4F_decompress(context_, full ? &spare : content_.data() + used_, &produced,
                                      input_.data() + offset_, &consumed, &options);
  if (LZ4F_isError(hint)) return corruptAt(offset_, LZ4F_getErrorName(hint));
  offset_ += consumed;
  if (full && produced > 0) return tooLarge();
  if (!full) used_ += produced;
  if (hint != 0 && produced == 0 && consumed == 0 && atEnd()) {
    return corruptAt(offset_, "the input ends inside a frame");
  }
  return hint;
}

/// REQUIRES: the frame has just ended.
Result<void> FrameReader::verifyChecksum() const {
  if (info_.frameType == LZ4F_skippableFrame ||
      info_.contentChecksumFlag == LZ4F_noContentChecksum) {
    return {};
  }
  std::byte expected[kChecksumBytes];
  storeLittleEndian(XXH32(content_.data() + begin_, used_ - begin_, 0), expected);
  const size_t at = offset_ - kChecksumBytes;
  if (std::memcmp(expected, input_.data() + at, kChecksumBytes) == 0) return {};
  return corruptAt(at, "the content's checksum does not match");
}

Result<void> FrameReader::readFrame(const Lz4Checkpoint& checkpoint) {
  Result<void> done = readHeader();
  while (done) {
    if (used_ == content_.size() && used_ < maxBytes_) done = grow();
    if (!done) return done;
    const Result<size_t> hint = step();
    if (!hint) return hint.error();
    if (hint.value() == 0) return verifyChecksum();
    done = checkpoint();
  }
  return done;
}

}  // namespace

Result<Bytes> compressLz4(ByteView content, int level, const Lz4Checkpoint& checkpoint) {
  const LZ4F_preferences_t preferences = preferencesFor(content.size(), level);
  const size_t worstBytes = LZ4F_compressFrameBound(content.size(), &preferences);
  if (LZ4F_isError(worstBytes)) return Error::of(ErrorCode::kTooLarge);
  Result<Bytes> block = Bytes::allocate(worstBytes + kChecksumBytes);
  if (!block) return block;
  LZ4F_cctx* made = nullptr;
  if (LZ4F_isError(LZ4F_createCompressionContext(&made, LZ4F_VERSION))) {
    return Error::of(ErrorCode::kOutOfMemory);
  }
  const std::unique_ptr<LZ4F_cctx, FreeCompressor> context(made);
  FrameWriter writer(context.get(), block.value());
  Result<void> done = writeFrame(writer, content, preferences, checkpoint);
  if (!done) return std::move(done).error();
  return fitted(std::move(block).value(), writer.used());
}

Result<Bytes> decompressLz4(ByteView frames, uint64_t maxBytes, const Lz4Checkpoint& checkpoint) {
  if (frames.empty()) return corruptAt(0, "the input is empty");
  LZ4F_dctx* made = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION))) {
    return Error::of(ErrorCode::kOutOfMemory);
  }
  const std::unique_ptr<LZ4F_dctx, FreeDecompressor> context(made);
  FrameReader reader(context.get(), frames, maxBytes);
  while (!reader.atEnd()) {
    Result<void> done = reader.readFrame(checkpoint);
    if (!done) return std::move(done).error();
  }
  return reader.finish();
}

}  // namespace millrace
