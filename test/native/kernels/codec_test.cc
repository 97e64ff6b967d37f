#include "kernels/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "kernels/detecting_decompressor.h"
#include "kernels/gzip.h"
#include "kernels/lz4_frame.h"
#include "kernels/zstd_frame.h"

namespace millrace {
namespace {

constexpr uint64_t kNoLimit = uint64_t{1} << 40;
const Checkpoint kGoOn = [] { return Result<void>(); };
const ZstdDecompressOptions kZstdReading{27, nullptr};

using CodecMade = Result<std::unique_ptr<Codec>>;

struct Format {
  const char* name;
  std::function<CodecMade()> compressor;
  std::function<CodecMade()> decompressor;
  std::function<Result<Bytes>(ByteView)> compressWhole;
  std::function<Result<Bytes>(ByteView, uint64_t)> decompressWhole;
};

Format deflateFormat(const char* name, DeflateFormat format) {
  return {name, [=] { return makeDeflateCompressor(format, 6); },
          [=] { return makeDeflateDecompressor(format); },
          [=](ByteView content) { return compressDeflate(content, format, 6, kGoOn); },
          [=](ByteView input, uint64_t maxBytes) {
            return decompressDeflate(input, format, maxBytes, kGoOn);
          }};
}

std::vector<Format> allFormats() {
  return {{"lz4", [] { return makeLz4Compressor(0); }, [] { return makeLz4Decompressor(); },
           [](ByteView content) { return compressLz4(content, 0, kGoOn); },
           [](ByteView input, uint64_t maxBytes) { return decompressLz4(input, maxBytes, kGoOn); }},
          {"zstd",
           [] {
             return makeZstdCompressor({3, true, nullptr});
           },
           [] { return makeZstdDecompressor(kZstdReading); },
           [](ByteView content) {
             return compressZstd(content, {3, true, nullptr}, kGoOn);
           },
           [](ByteView input, uint64_t maxBytes) {
             return decompressZstd(input, maxBytes, kZstdReading, kGoOn);
           }},
          deflateFormat("gzip", DeflateFormat::kGzip),
          deflateFormat("zlib", DeflateFormat::kZlib),
          deflateFormat("raw", DeflateFormat::kRaw)};
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

/// Feeds `input` in pieces of `inBytes` into blocks of `outBytes`; tells a failure by its code.
std::string converted(Codec& codec, std::string_view input, size_t inBytes, size_t outBytes) {
  std::string result;
  std::string room(outBytes, '\0');
  size_t begin = 0;
  while (true) {
    const std::string_view piece = input.substr(begin, inBytes);
    const bool isLast = begin + piece.size() == input.size();
    const MutableByteView output{reinterpret_cast<std::byte*>(room.data()), room.size()};
    const Result<CodecStep> step = codec.step(bytesOf(piece), output, isLast);
    if (!step) return std::string(codeOf(step.error().code)) + ": " + step.error().message;
    const auto [consumed, produced, finished] = step.value();
    result.append(room, 0, produced);
    begin += consumed;
    if (finished) return begin == input.size() ? result : "finished before the end";
    if (produced < outBytes && consumed < piece.size()) return "left room and input";
    if (isLast && produced == 0 && consumed == 0) return "stuck";
  }
}

std::string converted(const CodecMade& codec, std::string_view input, size_t inBytes,
                      size_t outBytes) {
  return codec ? converted(*codec.value(), input, inBytes, outBytes) : codec.error().message;
}

std::string whole(const Result<Bytes>& result) {
  if (!result) {
    return std::string(codeOf(result.error().code)) + ": " + result.error().message;
  }
  return std::string(textOf(result.value().view()));
}

class Codecs : public testing::TestWithParam<Format> {};

TEST_P(Codecs, RoundTripInPiecesOfEverySize) {
  for (const std::string& text : {sampleText(0), sampleText(1), sampleText(70'000),
                                  noiseText(70'000), std::string(300'000, 'z')}) {
    for (const size_t inBytes : {1u, 7u, 1000u, 1'000'000u}) {
      for (const size_t outBytes : {1u, 13u, 65'536u}) {
        if (inBytes == 1 && outBytes == 1 && text.size() > 70'000) continue;
        const std::string packed = converted(GetParam().compressor(), text, inBytes, outBytes);
        ASSERT_TRUE(converted(GetParam().decompressor(), packed, inBytes, outBytes) == text)
            << text.size() << " bytes, in " << inBytes << " out " << outBytes;
      }
    }
  }
}

TEST_P(Codecs, WholeAndPiecesReadEachOther) {
  for (const size_t size : {0u, 1u, 100u, 65'536u, 2'500'000u}) {
    const std::string text = sampleText(size);
    const std::string packed = whole(GetParam().compressWhole(bytesOf(text)));
    EXPECT_TRUE(converted(GetParam().decompressor(), packed, 65'536, 262'144) == text) << size;
    const std::string streamed = converted(GetParam().compressor(), text, 65'536, 262'144);
    EXPECT_TRUE(whole(GetParam().decompressWhole(bytesOf(streamed), kNoLimit)) == text) << size;
  }
}

TEST_P(Codecs, TheLimitIsExact) {
  const std::string text = sampleText(300'000);
  for (const std::string& packed : {whole(GetParam().compressWhole(bytesOf(text))),
                                    converted(GetParam().compressor(), text, 100'000, 65'536)}) {
    EXPECT_TRUE(whole(GetParam().decompressWhole(bytesOf(packed), text.size())) == text);
    const Result<Bytes> refused = GetParam().decompressWhole(bytesOf(packed), text.size() - 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  }
  const std::string nothing = whole(GetParam().compressWhole({}));
  EXPECT_EQ(whole(GetParam().decompressWhole(bytesOf(nothing), 0)), "");
  const std::string little = whole(GetParam().compressWhole(bytesOf("x")));
  EXPECT_EQ(GetParam().decompressWhole(bytesOf(little), 0).error().code, ErrorCode::kTooLarge);
}

TEST_P(Codecs, EveryTruncationIsCorrupt) {
  const std::string packed = whole(GetParam().compressWhole(bytesOf(sampleText(2000))));
  for (size_t size = 0; size < packed.size(); ++size) {
    const std::string_view cut = std::string_view(packed).substr(0, size);
    EXPECT_EQ(GetParam().decompressWhole(bytesOf(cut), kNoLimit).error().code,
              ErrorCode::kCorruptData)
        << size;
    for (const size_t inBytes : {1u, 100'000u}) {
      EXPECT_TRUE(
          converted(GetParam().decompressor(), cut, inBytes, 100).starts_with("ERR_CORRUPT_DATA"))
          << size << " in pieces of " << inBytes;
    }
  }
}

TEST_P(Codecs, WhatFollowsTheEndIsCorrupt) {
  const std::string packed = whole(GetParam().compressWhole(bytesOf(sampleText(2000))));
  for (const std::string& tail :
       {std::string("x"), std::string("trailing garbage"), std::string(100, '\0')}) {
    const Result<Bytes> result = GetParam().decompressWhole(bytesOf(packed + tail), kNoLimit);
    ASSERT_FALSE(result) << tail;
    EXPECT_EQ(result.error().code, ErrorCode::kCorruptData);
    EXPECT_NE(result.error().message.find("at byte "), std::string::npos);
    for (const size_t inBytes : {1u, 100'000u}) {
      EXPECT_TRUE(converted(GetParam().decompressor(), packed + tail, inBytes, 100)
                      .starts_with("ERR_CORRUPT_DATA"));
    }
  }
}

TEST_P(Codecs, NoiseIsCorruptAndNeverAContent) {
  const std::string noise = noiseText(500);
  EXPECT_TRUE(
      whole(GetParam().decompressWhole(bytesOf(noise), kNoLimit)).starts_with("ERR_CORRUPT_DATA"));
  EXPECT_TRUE(converted(GetParam().decompressor(), noise, 10, 100).starts_with("ERR_CORRUPT_DATA"));
}

TEST_P(Codecs, AFailingCheckpointEndsTheWork) {
  const Checkpoint stop = [] { return Result<void>(Error::of(ErrorCode::kCancelled)); };
  CodecMade codec = GetParam().compressor();
  ASSERT_TRUE(codec);
  GrowingBlock block(kNoLimit);
  const std::string text = sampleText(3'000'000);
  const Result<void> done = convertWhole(*codec.value(), bytesOf(text), block, stop);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
}

TEST_P(Codecs, AContentThatExpandsFarIsReadWithinItsLimit) {
  const std::string zeros(40'000'000, '\0');
  const std::string packed = whole(GetParam().compressWhole(bytesOf(zeros)));
  EXPECT_LT(packed.size(), 400'000u);
  EXPECT_TRUE(whole(GetParam().decompressWhole(bytesOf(packed), zeros.size())) == zeros);
  EXPECT_EQ(GetParam().decompressWhole(bytesOf(packed), 1'000'000).error().code,
            ErrorCode::kTooLarge);
}

INSTANTIATE_TEST_SUITE_P(All, Codecs, testing::ValuesIn(allFormats()),
                         [](const auto& info) { return std::string(info.param.name); });

std::string detectedAs(std::string_view input, size_t inBytes) {
  return converted(makeDetectingDecompressor(kZstdReading), input, inBytes, 1000);
}

std::string skippable(std::string_view payload) {
  std::string frame("\x53\x2a\x4d\x18", 4);
  for (int shift = 0; shift < 32; shift += 8) {
    frame += static_cast<char>(payload.size() >> shift & 0xff);
  }
  return frame + std::string(payload);
}

TEST(DetectingDecompressor, TellsTheFormatByItsFirstBytes) {
  const std::string text = sampleText(5000);
  for (const Format& format : allFormats()) {
    if (std::string_view(format.name) == "raw") continue;
    const std::string packed = whole(format.compressWhole(bytesOf(text)));
    for (const size_t inBytes : {1u, 3u, 4u, 5u, 100'000u}) {
      EXPECT_TRUE(detectedAs(packed, inBytes) == text) << format.name << " by " << inBytes;
    }
  }
}

TEST(DetectingDecompressor, PassesOverSkippableFramesFirst) {
  const std::string text = sampleText(5000);
  const std::string ahead = skippable("ignored") + skippable("");
  for (const size_t inBytes : {1u, 5u, 100'000u}) {
    for (const Format& format : allFormats()) {
      if (format.name[0] == 'r') continue;
      const std::string packed = whole(format.compressWhole(bytesOf(text)));
      EXPECT_TRUE(detectedAs(ahead + packed, inBytes) == text) << format.name;
    }
    EXPECT_EQ(detectedAs(ahead, inBytes), "");
    EXPECT_TRUE(detectedAs(ahead.substr(0, 11), inBytes).starts_with("ERR_CORRUPT_DATA"));
    EXPECT_TRUE(detectedAs(ahead.substr(0, 5), inBytes).starts_with("ERR_CORRUPT_DATA"));
  }
}

TEST(DetectingDecompressor, ZlibMayMakeContentOfItsFirstBytes) {
  const std::string text = "a";
  const std::string packed = whole(compressDeflate(bytesOf(text), DeflateFormat::kZlib, 6, kGoOn));
  EXPECT_EQ(converted(makeDetectingDecompressor(kZstdReading), packed, 100, 1), text);
}

TEST(Lz4Codec, PassesOverSkippableFrames) {
  const std::string frame = whole(compressLz4(bytesOf("kept"), 0, kGoOn));
  for (const size_t inBytes : {1u, 8u, 100u}) {
    const auto read = [&](const std::string& frames) {
      return converted(makeLz4Decompressor(), frames, inBytes, 100);
    };
    EXPECT_EQ(read(skippable("ignored") + frame + skippable("")), "kept");
    EXPECT_EQ(read(skippable("only this")), "");
    EXPECT_TRUE(read(skippable("ignored").substr(0, 12)).starts_with("ERR_CORRUPT_DATA"));
  }
}

TEST(DetectingDecompressor, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", "abc", "plain text", "\x78\x00 wrong check bits"}) {
    EXPECT_TRUE(detectedAs(text, 100).starts_with("ERR_CORRUPT_DATA")) << text;
  }
}

TEST(GrowingBlock, ManySmallReservationsCopyLittle) {
  GrowingBlock block(1'000'000);
  size_t changes = 0;
  for (size_t i = 0; i < 100'000; ++i) {
    const size_t before = block.capacity();
    ASSERT_TRUE(block.reserve(block.used() + 10));
    changes += block.capacity() != before ? 1 : 0;
    block.commit(10);
  }
  EXPECT_LT(changes, 20u);
  EXPECT_EQ(block.capacity(), 1'000'000u);
  const Result<Bytes> all = block.finish();
  ASSERT_TRUE(all);
  EXPECT_EQ(all.value().size(), 1'000'000u);
}

}  // namespace
}  // namespace millrace
