// Invariants: the decompressor never allocates more than twice what it has written plus what the
// rest of the input can plausibly expand to, whatever sizes a frame header claims; and never
// writes more than maxBytes.
#include "kernels/lz4_frame.h"

#include <lz4frame.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "kernels/lz4_checksum.h"

namespace millrace {
namespace {

constexpr size_t kStepBytes =
    1024 * 1024;  // of input between two checkpoints; a whole number of blocks
constexpr uint64_t kMaxExpansion = 256;  // no LZ4 block expands further

struct FreeDecompressor {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};
struct FreeCompressor {
  void operator()(LZ4F_cctx* context) const { LZ4F_freeCompressionContext(context); }
};

constexpr const char* kFormatName = "LZ4 frame";

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

Result<void> writeFrame(FrameWriter& writer, ByteView content,
                        const LZ4F_preferences_t& preferences, const Checkpoint& checkpoint) {
  // The source stays where it is during the whole frame, so nothing needs to be copied aside.
  LZ4F_compressOptions_t options = {};
  options.stableSrc = 1;
  const ByteView whole = content;
  std::byte* const header = writer.position();
  Result<void> done = writer.take(
      LZ4F_compressBegin(writer.context(), writer.position(), writer.room(), &preferences));
  if (done) declareLz4Checksum(header, writer.used());
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
  return writer.take(kLz4ChecksumBytes);
}

/// Decompresses frame after frame into one growing block.
class FrameReader {
 public:
  FrameReader(LZ4F_dctx* context, ByteView input, uint64_t maxBytes)
      : context_(context), input_(input), content_(maxBytes) {}

  Result<void> readFrame(const Checkpoint& checkpoint);
  bool atEnd() const { return offset_ == input_.size(); }
  Result<Bytes> finish() { return content_.finish(); }

 private:
  Result<void> readHeader();
  Result<void> verifyChecksum() const;
  Result<size_t> step();

  LZ4F_dctx* const context_;
  const ByteView input_;
  GrowingBlock content_;
  size_t offset_ = 0;  // of the input, consumed

  // Of the frame at hand.
  LZ4F_frameInfo_t info_ = {};
  size_t begin_ = 0;  // in content_
};

Result<void> FrameReader::readHeader() {
  size_t consumed = input_.size() - offset_;
  const size_t status = LZ4F_getFrameInfo(context_, &info_, input_.data() + offset_, &consumed);
  if (LZ4F_isError(status)) return corruptAt(kFormatName, offset_, LZ4F_getErrorName(status));
  offset_ += consumed;
  begin_ = content_.used();
  if (info_.frameType == LZ4F_skippableFrame || info_.contentSize == 0) return {};
  if (info_.contentSize > content_.maxBytes() - content_.used()) return content_.tooLarge();
  const uint64_t plausible = kMaxExpansion * (input_.size() - offset_);
  return content_.reserve(content_.used() + std::min<uint64_t>(info_.contentSize, plausible));
}

/// One call of the decoder. Returns its hint: 0 at the end of the frame.
Result<size_t> FrameReader::step() {
  // With the block full and no further growth allowed, one spare byte tells a frame that merely
  // has its end mark left from one that has more content.
  std::byte spare{};
  const bool full = content_.used() == content_.maxBytes();
  const MutableByteView room = full ? MutableByteView(&spare, 1) : content_.room();
  size_t produced = std::min(room.size(), kStepBytes);
  size_t consumed = std::min(input_.size() - offset_, kStepBytes);
  LZ4F_decompressOptions_t options = {};
  // Also turns off the checksums of single blocks, so it is not asked for where there are some.
  options.skipChecksums = info_.blockChecksumFlag == LZ4F_noBlockChecksum;
  const size_t hint = LZ4F_decompress(context_, room.data(), &produced, input_.data() + offset_,
                                      &consumed, &options);
  if (LZ4F_isError(hint)) return corruptAt(kFormatName, offset_, LZ4F_getErrorName(hint));
  offset_ += consumed;
  if (full && produced > 0) return content_.tooLarge();
  if (!full) content_.commit(produced);
  if (hint != 0 && produced == 0 && consumed == 0 && atEnd()) {
    return corruptAt(kFormatName, offset_, "the input ends inside a frame");
  }
  return hint;
}

/// REQUIRES: the frame has just ended.
Result<void> FrameReader::verifyChecksum() const {
  if (info_.frameType == LZ4F_skippableFrame ||
      info_.contentChecksumFlag == LZ4F_noContentChecksum) {
    return {};
  }
  std::byte expected[kLz4ChecksumBytes];
  const ByteView content = content_.written().subspan(begin_);
  storeLittleEndian(XXH32(content.data(), content.size(), 0), expected);
  const size_t at = offset_ - kLz4ChecksumBytes;
  if (std::memcmp(expected, input_.data() + at, kLz4ChecksumBytes) == 0) return {};
  return corruptAt(kFormatName, at, "the content's checksum does not match");
}

Result<void> FrameReader::readFrame(const Checkpoint& checkpoint) {
  Result<void> done = readHeader();
  while (done) {
    if (content_.used() < content_.maxBytes()) done = content_.makeRoom();
    if (!done) return done;
    const Result<size_t> hint = step();
    if (!hint) return hint.error();
    if (hint.value() == 0) return verifyChecksum();
    done = checkpoint();
  }
  return done;
}

}  // namespace

Result<Bytes> compressLz4(ByteView content, int level, const Checkpoint& checkpoint) {
  const LZ4F_preferences_t preferences = preferencesFor(content.size(), level);
  const size_t worstBytes = LZ4F_compressFrameBound(content.size(), &preferences);
  if (LZ4F_isError(worstBytes)) return Error::of(ErrorCode::kTooLarge);
  Result<Bytes> block = Bytes::allocate(worstBytes + kLz4ChecksumBytes);
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

Result<Bytes> decompressLz4(ByteView frames, uint64_t maxBytes, const Checkpoint& checkpoint) {
  if (frames.empty()) return corruptAt(kFormatName, 0, "the input is empty");
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
