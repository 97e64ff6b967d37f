#include "kernels/lz4_frame.h"

#include <gtest/gtest.h>
#include <lz4frame.h>

#include <random>
#include <string>
#include <vector>

namespace millrace {
namespace {

constexpr uint64_t kNoLimit = UINT64_MAX;
const Checkpoint kGoOn = [] { return Result<void>(); };

std::string compressed(std::string_view text, int level = 0) {
  const Result<Bytes> frame = compressLz4(bytesOf(text), level, kGoOn);
  return frame ? std::string(textOf(frame.value().view())) : "error";
}

Result<Bytes> decompress(std::string_view frames, uint64_t maxBytes = kNoLimit) {
  return decompressLz4(bytesOf(frames), maxBytes, kGoOn);
}

std::string decompressed(std::string_view frames, uint64_t maxBytes = kNoLimit) {
  const Result<Bytes> content = decompress(frames, maxBytes);
  return content ? std::string(textOf(content.value().view())) : "error " + content.error().message;
}

std::string sampleText(size_t size) {
  std::mt19937 random(42);
  std::string text;
  while (text.size() < size) text += "word" + std::to_string(random() % 500) + ' ';
  text.resize(size);
  return text;
}

std::string noiseText(size_t size) {
  std::mt19937 random(7);
  std::string text(size, ' ');
  for (char& each : text) each = static_cast<char>(random());
  return text;
}

TEST(Lz4Frame, RoundTripsEverySizeAndLevel) {
  for (const size_t size : {0u, 1u, 12u, 13u, 65535u, 65536u, 65537u, 262'145u, 3'000'000u}) {
    for (const int level : {0, 1, 3, 9, kLz4MaxLevel}) {
      const std::string text = sampleText(size);
      EXPECT_TRUE(decompressed(compressed(text, level)) == text) << size << " level " << level;
      const std::string noise = noiseText(size);
      EXPECT_TRUE(decompressed(compressed(noise, level)) == noise) << size << " level " << level;
    }
  }
}

TEST(Lz4Frame, HigherLevelsCompressFurther) {
  const std::string text = sampleText(500'000);
  EXPECT_LT(compressed(text, 0).size(), text.size());
  EXPECT_LT(compressed(text, 9).size(), compressed(text, 0).size());
}

TEST(Lz4Frame, CarriesTheContentSizeAndAChecksum) {
  const std::string frame = compressed("hello hello hello hello hello");
  LZ4F_dctx* context = nullptr;
  ASSERT_FALSE(LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)));
  LZ4F_frameInfo_t info;
  size_t size = frame.size();
  ASSERT_FALSE(LZ4F_isError(LZ4F_getFrameInfo(context, &info, frame.data(), &size)));
  LZ4F_freeDecompressionContext(context);
  EXPECT_EQ(info.contentSize, 29u);
  EXPECT_EQ(info.contentChecksumFlag, LZ4F_contentChecksumEnabled);
}

/// A frame as another program may write it: linked blocks, no content size.
std::string foreignFrame(std::string_view text) {
  LZ4F_preferences_t preferences = LZ4F_INIT_PREFERENCES;
  preferences.frameInfo.blockMode = LZ4F_blockLinked;
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  std::string frame(LZ4F_compressFrameBound(text.size(), &preferences), '\0');
  frame.resize(
      LZ4F_compressFrame(frame.data(), frame.size(), text.data(), text.size(), &preferences));
  return frame;
}

TEST(Lz4Frame, ReadsLinkedBlocksWithoutAStatedSize) {
  const std::string text = sampleText(1'000'000);
  EXPECT_TRUE(decompressed(foreignFrame(text)) == text);
}

std::string skippable(std::string_view payload) {
  std::string frame("\x53\x2a\x4d\x18", 4);
  for (int shift = 0; shift < 32; shift += 8) {
    frame += static_cast<char>(payload.size() >> shift & 0xff);
  }
  return frame + std::string(payload);
}

TEST(Lz4Frame, JoinsFramesAndPassesOverSkippableOnes) {
  EXPECT_EQ(decompressed(compressed("one ") + compressed("") + foreignFrame("two ") +
                         compressed("three")),
            "one two three");
  EXPECT_EQ(decompressed(skippable("ignored") + compressed("kept") + skippable("")), "kept");
  EXPECT_EQ(decompressed(skippable("only this")), "");
}

void expectCorrupt(std::string_view frames, std::string_view why) {
  const Result<Bytes> content = decompress(frames);
  ASSERT_FALSE(content) << why;
  EXPECT_EQ(content.error().code, ErrorCode::kCorruptData) << why;
  EXPECT_NE(content.error().message.find("at byte "), std::string::npos) << why;
}

TEST(Lz4Frame, EveryTruncationIsCorrupt) {
  const std::string frame = compressed(sampleText(2000));
  for (size_t size = 0; size < frame.size(); ++size) {
    expectCorrupt(std::string_view(frame).substr(0, size), "cut at " + std::to_string(size));
  }
  expectCorrupt(skippable("ignored").substr(0, 10), "cut skippable frame");
}

TEST(Lz4Frame, GarbageAndDamageAreCorrupt) {
  const std::string frame = compressed(sampleText(2000));
  expectCorrupt("", "empty");
  expectCorrupt("plain text, no frame at all", "no frame");
  expectCorrupt(frame + "x", "one byte too many");
  expectCorrupt(frame + "trailing garbage", "trailing garbage");
  std::string damaged = frame;
  damaged[frame.size() - 1] ^= 1;
  expectCorrupt(damaged, "checksum");
  const std::string message = decompress(frame + "trailing garbage").error().message;
  EXPECT_NE(message.find("at byte " + std::to_string(frame.size())), std::string::npos) << message;
}

TEST(Lz4Frame, TheLimitIsExact) {
  const std::string text = sampleText(300'000);
  for (const std::string& frame : {compressed(text), foreignFrame(text)}) {
    EXPECT_TRUE(decompressed(frame, text.size()) == text);
    const Result<Bytes> content = decompress(frame, text.size() - 1);
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().code, ErrorCode::kTooLarge);
  }
  EXPECT_EQ(decompressed(compressed(""), 0), "");
  EXPECT_EQ(decompressed(foreignFrame(""), 0), "");
  EXPECT_EQ(decompress(foreignFrame("x"), 0).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(decompress(compressed("ab") + compressed("cd"), 3).error().code, ErrorCode::kTooLarge);
}

TEST(Lz4Frame, AHeaderThatClaimsAnEnormousSizeAllocatesNothingLikeIt) {
  std::string frame = compressed(sampleText(1000));
  LZ4F_preferences_t preferences = LZ4F_INIT_PREFERENCES;
  preferences.frameInfo.contentSize = uint64_t{1} << 46;
  char header[LZ4F_HEADER_SIZE_MAX];
  LZ4F_cctx* context = nullptr;
  ASSERT_FALSE(LZ4F_isError(LZ4F_createCompressionContext(&context, LZ4F_VERSION)));
  const size_t size = LZ4F_compressBegin(context, header, sizeof header, &preferences);
  LZ4F_freeCompressionContext(context);
  ASSERT_FALSE(LZ4F_isError(size));
  expectCorrupt(std::string(header, size) + std::string(4, '\0'), "claims 64 TB, has nothing");
}

TEST(Lz4Frame, AFailingCheckpointEndsBothWays) {
  const std::string text = sampleText(4'000'000);
  const Checkpoint stop = [] { return Result<void>(Error::of(ErrorCode::kCancelled)); };
  EXPECT_EQ(compressLz4(bytesOf(text), 0, stop).error().code, ErrorCode::kCancelled);
  const std::string frame = compressed(text);
  EXPECT_EQ(decompressLz4(bytesOf(frame), kNoLimit, stop).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace millrace
