// Invariant: a z_stream keeps its address from init to end, because zlib's state points back at it.
#include <zlib.h>

#include <algorithm>
#include <climits>
#include <string_view>

#include "kernels/gzip.h"

namespace millrace {
namespace {

constexpr int kLargestWindow = 15;
constexpr int kMemoryLevel = 8;  // zlib's default
constexpr const char* kFormatName = "deflate data";

/// zlib's way to choose the wrapping.
int windowBits(DeflateFormat format) {
  if (format == DeflateFormat::kGzip) return kLargestWindow + 16;
  return format == DeflateFormat::kRaw ? -kLargestWindow : kLargestWindow;
}

uInt clamped(size_t size) {
  return static_cast<uInt>(std::min<size_t>(size, UINT_MAX));
}

/// Points the stream at what is left of input and output.
void aim(z_stream& stream, ByteView input, MutableByteView output) {
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data()));
  stream.avail_in = clamped(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = clamped(output.size());
}

class DeflateCompressor final : public Codec {
 public:
  DeflateCompressor() = default;
  ~DeflateCompressor() override { deflateEnd(&stream_); }

  int init(DeflateFormat format, int level) {
    return deflateInit2(&stream_, level, Z_DEFLATED, windowBits(format), kMemoryLevel,
                        Z_DEFAULT_STRATEGY);
  }

  Result<CodecStep> step(ByteView input, MutableByteView output, bool isLast) override {
    aim(stream_, input, output);
    const uInt givenIn = stream_.avail_in;
    const uInt givenOut = stream_.avail_out;
    const bool ends = isLast && givenIn == input.size();
    const int status = deflate(&stream_, ends ? Z_FINISH : Z_NO_FLUSH);
    if (status == Z_STREAM_ERROR) return Error::of(ErrorCode::kInternal, "deflate");
    return CodecStep{givenIn - stream_.avail_in, givenOut - stream_.avail_out,
                     status == Z_STREAM_END};
  }

 private:
  z_stream stream_ = {};
};

class DeflateDecompressor final : public Codec {
 public:
  explicit DeflateDecompressor(DeflateFormat format) : format_(format) {}
  ~DeflateDecompressor() override { inflateEnd(&stream_); }

  int init() { return inflateInit2(&stream_, windowBits(format_)); }

  Result<CodecStep> step(ByteView input, MutableByteView output, bool isLast) override;

 private:
  Result<void> begin(std::byte first);
  Result<bool> advance(ByteView input, MutableByteView output, CodecStep& done);

  z_stream stream_ = {};
  DeflateFormat format_;
  bool inMember_ = false;
  uint64_t offset_ = 0;  // of the input, consumed
};

/// A member begins; a second one only where the format has such.
Result<void> DeflateDecompressor::begin(std::byte first) {
  constexpr std::byte kGzipMagic{0x1f};
  if (offset_ > 0 && format_ != DeflateFormat::kGzip) {
    return corruptAt(kFormatName, offset_, "something follows the end");
  }
  if (format_ == DeflateFormat::kDetected) {
    format_ = first == kGzipMagic ? DeflateFormat::kGzip : DeflateFormat::kZlib;
  }
  if (inflateReset2(&stream_, windowBits(format_)) != Z_OK) {
    return Error::of(ErrorCode::kOutOfMemory);
  }
  inMember_ = true;
  return {};
}

/// One call of zlib; false when it could do nothing.
Result<bool> DeflateDecompressor::advance(ByteView input, MutableByteView output, CodecStep& done) {
  aim(stream_, input, output);
  const uInt givenIn = stream_.avail_in;
  const uInt givenOut = stream_.avail_out;
  const int status = inflate(&stream_, Z_NO_FLUSH);
  const uInt consumed = givenIn - stream_.avail_in;
  const uInt produced = givenOut - stream_.avail_out;
  done.consumed += consumed;
  done.produced += produced;
  offset_ += consumed;
  if (status == Z_STREAM_END) {
    inMember_ = false;
    return true;
  }
  if (status == Z_MEM_ERROR) return Error::of(ErrorCode::kOutOfMemory);
  if (status == Z_NEED_DICT) {
    return corruptAt(kFormatName, offset_, "it needs a preset dictionary");
  }
  if (status != Z_OK && status != Z_BUF_ERROR) {
    return corruptAt(kFormatName, offset_, stream_.msg != nullptr ? stream_.msg : "inflate");
  }
  return consumed + produced > 0;
}

Result<CodecStep> DeflateDecompressor::step(ByteView input, MutableByteView output, bool isLast) {
  CodecStep done{0, 0, false};
  bool moved = true;
  while (moved && done.produced < output.size()) {
    const ByteView rest = input.subspan(done.consumed);
    if (!inMember_) {
      if (rest.empty()) break;
      Result<void> begun = begin(rest.front());
      if (!begun) return std::move(begun).error();
    }
    const Result<bool> advanced = advance(rest, output.subspan(done.produced), done);
    if (!advanced) return advanced.error();
    moved = advanced.value();
  }
  const bool isDrained = done.consumed == input.size() && done.produced < output.size();
  if (isLast && isDrained && (inMember_ || offset_ == 0)) {
    return corruptAt(kFormatName, offset_,
                     offset_ == 0 ? "the input is empty" : "the input ends too early");
  }
  done.finished = isLast && done.consumed == input.size() && !inMember_;
  return done;
}

}  // namespace

Result<std::unique_ptr<Codec>> makeDeflateCompressor(DeflateFormat format, int level) {
  auto codec = std::make_unique<DeflateCompressor>();
  if (codec->init(format, level) != Z_OK) return Error::of(ErrorCode::kOutOfMemory);
  return std::unique_ptr<Codec>(std::move(codec));
}

Result<std::unique_ptr<Codec>> makeDeflateDecompressor(DeflateFormat format) {
  auto codec = std::make_unique<DeflateDecompressor>(format);
  if (codec->init() != Z_OK) return Error::of(ErrorCode::kOutOfMemory);
  return std::unique_ptr<Codec>(std::move(codec));
}

}  // namespace millrace
