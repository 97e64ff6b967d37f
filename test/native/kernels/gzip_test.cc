#include "kernels/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <string>

namespace millrace {
namespace {

constexpr uint64_t kNoLimit = uint64_t{1} << 40;
const Checkpoint kGoOn = [] { return Result<void>(); };

std::string textOrCode(const Result<Bytes>& result) {
  if (!result) return std::string(codeOf(result.error().code));
  return std::string(textOf(result.value().view()));
}

std::string compressed(std::string_view text, DeflateFormat format = DeflateFormat::kGzip,
                       int level = 6) {
  return textOrCode(compressDeflate(bytesOf(text), format, level, kGoOn));
}

Result<Bytes> decompress(std::string_view input, DeflateFormat format = DeflateFormat::kGzip,
                         uint64_t maxBytes = kNoLimit) {
  return decompressDeflate(bytesOf(input), format, maxBytes, kGoOn);
}

std::string decompressed(std::string_view input, DeflateFormat format = DeflateFormat::kGzip) {
  return textOrCode(decompress(input, format));
}

std::string sampleText(size_t size) {
  std::mt19937 random(42);
  std::string text;
  while (text.size() < size) text += "word" + std::to_string(random() % 500) + ' ';
  text.resize(size);
  return text;
}

TEST(Gzip, RoundTripsEveryFormatSizeAndLevel) {
  for (const auto format : {DeflateFormat::kGzip, DeflateFormat::kZlib, DeflateFormat::kRaw}) {
    for (const size_t size : {0u, 1u, 100u, 70'000u, 1'000'000u}) {
      const std::string text = sampleText(size);
      for (const int level : {0, 1, 6, 9, kDeflateMaxLevel}) {
        EXPECT_TRUE(decompressed(compressed(text, format, level), format) == text)
            << size << " level " << level;
      }
    }
  }
}

TEST(Gzip, HigherLevelsCompressFurther) {
  const std::string text = sampleText(300'000);
  const auto size = [&](int level) { return compressed(text, DeflateFormat::kGzip, level).size(); };
  EXPECT_GT(size(0), text.size());
  EXPECT_LT(size(1), text.size());
  EXPECT_LT(size(6), size(1));
  EXPECT_LT(size(12), size(6));
}

TEST(Gzip, ZlibReadsWhatIsWritten) {
  const std::string text = sampleText(100'000);
  const std::string packed = compressed(text, DeflateFormat::kZlib);
  std::string out(text.size(), '\0');
  uLongf size = out.size();
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                       reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
            Z_OK);
  EXPECT_TRUE(out == text);
}

TEST(Gzip, DetectsGzipAndZlib) {
  for (const auto format : {DeflateFormat::kGzip, DeflateFormat::kZlib}) {
    EXPECT_EQ(decompressed(compressed("content", format), DeflateFormat::kDetected), "content");
  }
  EXPECT_EQ(decompressed("plain text", DeflateFormat::kDetected), "ERR_CORRUPT_DATA");
  EXPECT_EQ(decompressed(compressed("content", DeflateFormat::kZlib), DeflateFormat::kGzip),
            "ERR_CORRUPT_DATA");
}

TEST(Gzip, JoinsMembersAndOnlyOfGzip) {
  EXPECT_EQ(decompressed(compressed("one ") + compressed("") + compressed("two")), "one two");
  std::string many;
  const std::string one = compressed("0123456789");
  for (int i = 0; i < 50'000; ++i) many += one;
  EXPECT_EQ(decompressed(many).size(), 500'000u);
  EXPECT_EQ(decompressed(
                compressed("one", DeflateFormat::kZlib) + compressed("two", DeflateFormat::kZlib),
                DeflateFormat::kZlib),
            "ERR_CORRUPT_DATA");
  EXPECT_EQ(decompressed(compressed("one", DeflateFormat::kZlib) + compressed("two"),
                         DeflateFormat::kDetected),
            "ERR_CORRUPT_DATA");
}

TEST(Gzip, TheTrailersSizeIsNotTrusted) {
  const std::string text = sampleText(50'000);
  std::string claimsMore = compressed(text);
  claimsMore.replace(claimsMore.size() - 4, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(decompressed(claimsMore), "ERR_CORRUPT_DATA");
  std::string claimsLess = compressed(text);
  claimsLess.replace(claimsLess.size() - 4, 4, std::string("\1\0\0\0", 4));
  EXPECT_EQ(decompressed(claimsLess), "ERR_CORRUPT_DATA");
  // The last member's trailer says nothing about the first one's content.
  EXPECT_TRUE(decompressed(compressed(text) + compressed("x")) == text + "x");
}

TEST(Gzip, ContentBeyondTheDirectLimitGoesThroughTheCodec) {
  std::string text = sampleText(1'000'000);
  while (text.size() < 70'000'000) text += text;
  const std::string packed = compressed(text, DeflateFormat::kGzip, 1);
  EXPECT_TRUE(decompressed(packed) == text);
  EXPECT_EQ(decompress(packed, DeflateFormat::kGzip, text.size() - 1).error().code,
            ErrorCode::kTooLarge);
  EXPECT_TRUE(decompressed(compressed(text, DeflateFormat::kRaw, 1), DeflateFormat::kRaw) == text);
  // A large member behind a small one, which the trailer's size then hides.
  EXPECT_TRUE(decompressed(packed + compressed("x")) == text + "x");
  const Checkpoint stop = [] { return Result<void>(Error::of(ErrorCode::kCancelled)); };
  EXPECT_EQ(compressDeflate(bytesOf(text), DeflateFormat::kGzip, 1, stop).error().code,
            ErrorCode::kCancelled);
  EXPECT_EQ(decompressDeflate(bytesOf(packed), DeflateFormat::kGzip, kNoLimit, stop).error().code,
            ErrorCode::kCancelled);
}

TEST(Gzip, APresetDictionaryIsRefused) {
  // A zlib header with FDICT and valid check bits.
  EXPECT_EQ(decompressed(std::string("\x78\x20\0\0\0\1 data", 12), DeflateFormat::kZlib),
            "ERR_CORRUPT_DATA");
}

}  // namespace
}  // namespace millrace
