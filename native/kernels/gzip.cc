// libdeflate is two to three times as fast as zlib but takes whole members only, cannot be
// interrupted and, when the result does not fit, has to start again. So: content up to
// kDirectBytes goes to libdeflate, anything longer to zlib in steps. Invariants: the block for the
// result never exceeds maxBytes, kPlausibleExpansion times the input or four times what a failed
// attempt has shown to be needed, whatever size a trailer claims; attempts at one member grow
// fourfold, so that all of them take at most a third longer than the last.
#include "kernels/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace millrace {
namespace {

constexpr size_t kDirectBytes = 64 * 1024 * 1024;
constexpr size_t kFirstCapacity = 64 * 1024;
constexpr uint64_t kPlausibleExpansion = 64;
constexpr uint64_t kUsualExpansion = 4;
constexpr int kKeptMaxLevel = 9;  // above, a compressor takes megabytes
constexpr const char* kFormatName = "deflate data";

struct FreeCompressor {
  void operator()(libdeflate_compressor* each) const { libdeflate_free_compressor(each); }
};
struct FreeDecompressor {
  void operator()(libdeflate_decompressor* each) const { libdeflate_free_decompressor(each); }
};
using Compressor = std::unique_ptr<libdeflate_compressor, FreeCompressor>;

/// The calling thread's compressor of its latest level.
struct KeptCompressor {
  int level = -1;
  Compressor compressor;
};

KeptCompressor& keptCompressor() {
  thread_local KeptCompressor kept;
  return kept;
}

Compressor takeCompressor(int level) {
  KeptCompressor& kept = keptCompressor();
  if (kept.compressor && kept.level == level) return std::move(kept.compressor);
  return Compressor(libdeflate_alloc_compressor(level));
}

void keepCompressor(Compressor compressor, int level) {
  if (level <= kKeptMaxLevel) keptCompressor() = {level, std::move(compressor)};
}

libdeflate_decompressor* threadDecompressor() {
  thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> kept(
      libdeflate_alloc_decompressor());
  return kept.get();
}

/// libdeflate's functions for one format.
struct Functions {
  size_t (*bound)(libdeflate_compressor*, size_t);
  size_t (*compress)(libdeflate_compressor*, const void*, size_t, void*, size_t);
  libdeflate_result (*decompress)(libdeflate_decompressor*, const void*, size_t, void*, size_t,
                                  size_t*, size_t*);
};

const Functions& functionsOf(DeflateFormat format) {
  static constexpr Functions kGzip{libdeflate_gzip_compress_bound, libdeflate_gzip_compress,
                                   libdeflate_gzip_decompress_ex};
  static constexpr Functions kZlib{libdeflate_zlib_compress_bound, libdeflate_zlib_compress,
                                   libdeflate_zlib_decompress_ex};
  static constexpr Functions kRaw{libdeflate_deflate_compress_bound, libdeflate_deflate_compress,
                                  libdeflate_deflate_decompress_ex};
  if (format == DeflateFormat::kGzip) return kGzip;
  return format == DeflateFormat::kZlib ? kZlib : kRaw;
}

/// What the trailer says about the content's size, modulo 2 to the 32. REQUIRES: four bytes.
uint64_t trailingSize(ByteView input) {
  uint64_t size = 0;
  for (size_t i = 0; i < 4; ++i) {
    size |= uint64_t{std::to_integer<uint8_t>(input[input.size() - 4 + i])} << (8 * i);
  }
  return size;
}

/// Decompresses member after member into one growing block.
class MemberReader {
 public:
  MemberReader(ByteView input, DeflateFormat format, uint64_t maxBytes,
               const Checkpoint& checkpoint)
      : rest_(input), format_(format), checkpoint_(checkpoint), content_(maxBytes) {}

  Result<Bytes> read();

 private:
  enum class Attempt : uint8_t { kDone, kNoRoom, kTooLong };
  Result<Attempt> attempt();
  Result<void> readMember();
  Result<void> readInSteps();
  uint64_t expectedBytes() const;

  ByteView rest_;
  const DeflateFormat format_;
  const Checkpoint& checkpoint_;
  GrowingBlock content_;
  uint64_t offset_ = 0;  // of the input, consumed
};

uint64_t MemberReader::expectedBytes() const {
  if (format_ != DeflateFormat::kGzip || rest_.size() < 4) {
    return std::min<uint64_t>(kUsualExpansion * rest_.size(), kDirectBytes);
  }
  return std::min(trailingSize(rest_), kPlausibleExpansion * rest_.size());
}

/// One call of libdeflate for the member at hand.
Result<MemberReader::Attempt> MemberReader::attempt() {
  libdeflate_decompressor* decompressor = threadDecompressor();
  if (decompressor == nullptr) return Error::of(ErrorCode::kOutOfMemory);
  const ByteView piece = rest_.first(std::min(rest_.size(), kDirectBytes));
  const MutableByteView room = content_.room();
  std::byte none{};
  size_t consumed = 0;
  size_t produced = 0;
  const libdeflate_result result = functionsOf(format_).decompress(
      decompressor, piece.data(), piece.size(), room.empty() ? &none : room.data(),
      std::min(room.size(), kDirectBytes), &consumed, &produced);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
    return room.size() < kDirectBytes ? Attempt::kNoRoom : Attempt::kTooLong;
  }
  if (result != LIBDEFLATE_SUCCESS) {
    if (piece.size() < rest_.size()) return Attempt::kTooLong;  // it may only have been cut
    return corruptAt(kFormatName, offset_, "what begins here is damaged or incomplete");
  }
  content_.commit(produced);
  rest_ = rest_.subspan(consumed);
  offset_ += consumed;
  return Attempt::kDone;
}

Result<void> MemberReader::readInSteps() {
  Result<std::unique_ptr<Codec>> codec = makeDeflateDecompressor(format_);
  if (!codec) return std::move(codec).error();
  const ByteView rest = std::exchange(rest_, {});
  return convertWhole(*codec.value(), rest, content_, checkpoint_);
}

Result<void> MemberReader::readMember() {
  while (true) {
    const Result<Attempt> outcome = attempt();
    if (!outcome) return outcome.error();
    if (outcome.value() == Attempt::kDone) return checkpoint_();
    if (outcome.value() == Attempt::kTooLong) return readInSteps();
    if (content_.capacity() == content_.maxBytes()) return content_.tooLarge();
    Result<void> done = content_.reserve(
        content_.used() + std::max<uint64_t>(kFirstCapacity, 4 * uint64_t{content_.room().size()}));
    if (done) done = checkpoint_();
    if (!done) return done;
  }
}

Result<Bytes> MemberReader::read() {
  const uint64_t expected = expectedBytes();
  Result<void> done = expected > kDirectBytes ? readInSteps() : content_.reserve(expected);
  while (done && !rest_.empty()) {
    done = readMember();
    if (done && !rest_.empty() && format_ != DeflateFormat::kGzip) {
      return corruptAt(kFormatName, offset_, "something follows the end");
    }
  }
  if (!done) return std::move(done).error();
  return content_.finish();
}

DeflateFormat detected(ByteView input, DeflateFormat format) {
  constexpr std::byte kGzipMagic{0x1f};
  if (format != DeflateFormat::kDetected) return format;
  return input[0] == kGzipMagic ? DeflateFormat::kGzip : DeflateFormat::kZlib;
}

Result<Bytes> compressInSteps(ByteView content, DeflateFormat format, int level,
                              const Checkpoint& checkpoint) {
  Result<std::unique_ptr<Codec>> codec =
      makeDeflateCompressor(format, std::min(level, kDeflateMaxStreamLevel));
  if (!codec) return std::move(codec).error();
  GrowingBlock member(UINT64_MAX);
  Result<void> done = convertWhole(*codec.value(), content, member, checkpoint);
  if (!done) return std::move(done).error();
  return member.finish();
}

}  // namespace

Result<Bytes> compressDeflate(ByteView content, DeflateFormat format, int level,
                              const Checkpoint& checkpoint) {
  if (content.size() > kDirectBytes) return compressInSteps(content, format, level, checkpoint);
  Result<void> go = checkpoint();
  if (!go) return std::move(go).error();
  Compressor compressor = takeCompressor(level);
  if (!compressor) return Error::of(ErrorCode::kOutOfMemory);
  const Functions& functions = functionsOf(format);
  Result<Bytes> member = Bytes::allocate(functions.bound(compressor.get(), content.size()));
  if (!member) return member;
  const size_t written = functions.compress(compressor.get(), content.data(), content.size(),
                                            member.value().data(), member.value().size());
  keepCompressor(std::move(compressor), level);
  if (written == 0) return Error::of(ErrorCode::kInternal, "libdeflate found its bound too small");
  return fitted(std::move(member).value(), written);
}

Result<Bytes> decompressDeflate(ByteView input, DeflateFormat format, uint64_t maxBytes,
                                const Checkpoint& checkpoint) {
  if (input.empty()) return corruptAt(kFormatName, 0, "the input is empty");
  return MemberReader(input, detected(input, format), maxBytes, checkpoint).read();
}

}  // namespace millrace
