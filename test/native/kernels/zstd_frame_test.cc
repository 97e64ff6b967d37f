#include "kernels/zstd_frame.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <random>
#include <string>
#include <thread>

namespace millrace {
namespace {

constexpr uint64_t kNoLimit = uint64_t{1} << 40;
const Checkpoint kGoOn = [] { return Result<void>(); };

std::string textOrCode(const Result<Bytes>& result) {
  if (!result) return std::string(codeOf(result.error().code));
  return std::string(textOf(result.value().view()));
}

std::string compressed(std::string_view text, const ZstdCompressOptions& options) {
  return textOrCode(compressZstd(bytesOf(text), options, kGoOn));
}

std::string compressed(std::string_view text, int level = 3) {
  return compressed(text, ZstdCompressOptions{level, true, nullptr});
}

Result<Bytes> decompress(std::string_view frames, uint64_t maxBytes = kNoLimit,
                         int windowLogMax = 27) {
  return decompressZstd(bytesOf(frames), maxBytes, {windowLogMax, nullptr}, kGoOn);
}

std::string decompressed(std::string_view frames) {
  return textOrCode(decompress(frames));
}

std::string sampleText(size_t size, unsigned seed = 42) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < size) text += "word" + std::to_string(random() % 500) + ' ';
  text.resize(size);
  return text;
}

/// As another program may write it in pieces: no content size.
std::string foreignFrame(std::string_view text, int windowLog = 0) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  if (windowLog > 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog);
  std::string frame(ZSTD_compressBound(text.size()), '\0');
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return frame;
}

TEST(ZstdFrame, RoundTripsEverySizeAndLevel) {
  for (const size_t size : {0u, 1u, 100u, 131'072u, 1'048'576u, 1'048'577u, 3'000'000u}) {
    const std::string text = sampleText(size);
    for (const int level : {kZstdMinLevel, 0, 1, 3, 12, kZstdMaxLevel}) {
      if (level > 12 && size > 200'000) continue;
      EXPECT_TRUE(decompressed(compressed(text, level)) == text) << size << " level " << level;
    }
  }
}

TEST(ZstdFrame, CarriesTheContentSizeAndTheChecksumThatIsAskedFor) {
  const std::string text = sampleText(2'000'000);
  for (const size_t size : {1000u, 2'000'000u}) {
    const std::string frame = compressed(text.substr(0, size));
    EXPECT_EQ(ZSTD_getFrameContentSize(frame.data(), frame.size()), size);
    const std::string plain =
        compressed(text.substr(0, size), ZstdCompressOptions{3, false, nullptr});
    EXPECT_EQ(plain.size() + 4, frame.size());
  }
}

TEST(ZstdFrame, AWrongChecksumIsCorrupt) {
  std::string frame = compressed(sampleText(5000));
  frame.back() = static_cast<char>(frame.back() ^ 1);
  EXPECT_EQ(decompressed(frame), "ERR_CORRUPT_DATA");
}

std::string skippable(std::string_view payload) {
  std::string frame("\x5f\x2a\x4d\x18", 4);
  for (int shift = 0; shift < 32; shift += 8) {
    frame += static_cast<char>(payload.size() >> shift & 0xff);
  }
  return frame + std::string(payload);
}

TEST(ZstdFrame, JoinsFramesAndPassesOverSkippableOnes) {
  EXPECT_EQ(decompressed(compressed("one ") + compressed("") + skippable("not this") +
                         foreignFrame("two ") + compressed("three")),
            "one two three");
  EXPECT_EQ(decompressed(skippable("only this")), "");
  EXPECT_EQ(decompressed(skippable("only this").substr(0, 12)), "ERR_CORRUPT_DATA");
  EXPECT_EQ(decompress(compressed("ab") + compressed("cd"), 3).error().code, ErrorCode::kTooLarge);
}

TEST(ZstdFrame, FormatsFromBeforeTheStandardAreRefused) {
  for (const char* magic : {"\x22", "\x23", "\x24", "\x25", "\x26", "\x27", "\xfd"}) {
    const std::string frame = std::string(magic) + "\xb5\x2f\xfd and more of it";
    const Result<Bytes> content = decompress(frame);
    ASSERT_FALSE(content);
    EXPECT_NE(content.error().message.find("no frame begins here"), std::string::npos);
    GrowingBlock block(1000);
    const auto codec = makeZstdDecompressor({27, nullptr});
    const Result<void> done = convertWhole(*codec.value(), bytesOf(frame), block, kGoOn);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::kCorruptData);
  }
}

TEST(ZstdFrame, ManySmallFramesTakeLinearTime) {
  const std::string one = compressed("0123456789");
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += one;
  const Result<Bytes> content = decompress(many);
  ASSERT_TRUE(content);
  EXPECT_EQ(content.value().size(), 1'000'000u);
}

TEST(ZstdFrame, AHeaderThatClaimsAnEnormousSizeAllocatesNothingLikeIt) {
  // Single segment, eight bytes of content size: 2 to the 46.
  const std::string header("\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\x40\0\0", 13);
  ASSERT_EQ(ZSTD_getFrameContentSize(header.data(), header.size()), uint64_t{1} << 46);
  EXPECT_EQ(decompress(header + "more", uint64_t{1} << 50).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(decompress(header + "more", 1000).error().code, ErrorCode::kTooLarge);
}

TEST(ZstdFrame, RefusesAWindowBeyondTheLimit) {
  const std::string text = sampleText(3'000'000);
  const std::string frame = foreignFrame(text, 21);
  EXPECT_TRUE(textOrCode(decompress(frame, kNoLimit, 21)) == text);
  const Result<Bytes> refused = decompress(frame, kNoLimit, 20);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_NE(refused.error().message.find("windowLogMax"), std::string::npos);
}

TEST(ZstdFrame, ADictionaryShortensSmallContent) {
  const std::string known = sampleText(20'000);
  const std::string text = sampleText(300);
  const auto writing = ZstdDictionary::toCompress(bytesOf(known), 3);
  const auto reading = ZstdDictionary::toDecompress(bytesOf(known));
  ASSERT_TRUE(writing && reading);
  const std::string frame = compressed(text, ZstdCompressOptions{3, true, writing.value()});
  EXPECT_LT(frame.size() * 2, compressed(text).size());
  const ZstdDecompressOptions options{27, reading.value()};
  EXPECT_TRUE(textOrCode(decompressZstd(bytesOf(frame), kNoLimit, options, kGoOn)) == text);
  EXPECT_EQ(decompressed(frame), "ERR_CORRUPT_DATA");
  // The thread's contexts forget the dictionary.
  EXPECT_TRUE(decompressed(compressed(text)) == text);
}

TEST(ZstdFrame, ADamagedTrainedDictionaryIsRefused) {
  const std::string damaged = std::string("\x37\xa4\x30\xec", 4) + std::string(100, 'x');
  const auto writing = ZstdDictionary::toCompress(bytesOf(damaged), 3);
  const auto reading = ZstdDictionary::toDecompress(bytesOf(damaged));
  ASSERT_FALSE(writing);
  ASSERT_FALSE(reading);
  EXPECT_EQ(writing.error().code, ErrorCode::kInvalidArgument);
}

TEST(ZstdFrame, AFailingCheckpointEndsBothWays) {
  const std::string text = sampleText(20'000'000);
  const Checkpoint stop = [] { return Result<void>(Error::of(ErrorCode::kCancelled)); };
  EXPECT_EQ(compressZstd(bytesOf(text), {1, false, nullptr}, stop).error().code,
            ErrorCode::kCancelled);
  const std::string frame = compressed(text, 1);
  EXPECT_EQ(decompressZstd(bytesOf(frame), kNoLimit, {27, nullptr}, stop).error().code,
            ErrorCode::kCancelled);
}

TEST(ZstdFrame, ThreadsDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  std::vector<int> failures(4);
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([t, &failures] {
      for (unsigned i = 0; i < 50; ++i) {
        const std::string text = sampleText(1000 + 977 * i, t);
        const std::string frame = compressed(text, static_cast<int>(i % 5));
        failures[t] += decompressed(frame) == text ? 0 : 1;
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(failures, std::vector<int>(4));
}

}  // namespace
}  // namespace millrace
