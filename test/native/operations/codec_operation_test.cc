#include "operations/codec_operation.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "kernels/gzip.h"
#include "kernels/zstd_frame.h"
#include "operations/hash_stream_operation.h"
#include "operations/item_storage.h"

namespace millrace {
namespace {

const Cancellation kNever;
const Checkpoint kGoOn = [] { return Result<void>(); };

std::string noiseText(size_t size) {
  std::mt19937 random(7);
  std::string text(size, ' ');
  for (char& each : text) each = static_cast<char>(random());
  return text;
}

struct Outcome {
  std::string bytes;
  bool more = false;
  std::optional<ErrorCode> failure;
};

Outcome runItem(const Operation& operation, std::string_view item,
                const Cancellation& cancellation = kNever) {
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const Result<void> done = operation.run({cancellation, 0}, bytesOf(item), output);
  if (!done) return {{}, false, done.error().code};
  return {std::string(textOf(storage.blocks[0].view())), storage.numbers[0] == 1, std::nullopt};
}

/// All that a stream of these pieces yields.
std::string runAll(const Operation& operation, const std::vector<std::string_view>& pieces) {
  std::string all;
  for (const std::string_view piece : pieces) all += runItem(operation, piece).bytes;
  Outcome last;
  do {
    last = runItem(operation, "");
    if (last.failure) return "error " + std::string(codeOf(*last.failure));
    all += last.bytes;
  } while (last.more || runItem(operation, "").failure != ErrorCode::kClosed);
  return all;
}

std::unique_ptr<CodecOperation> decompressor(uint64_t maxBytes = UINT64_MAX) {
  return std::make_unique<CodecOperation>(makeZstdDecompressor({27, nullptr}).value(), maxBytes);
}

std::string compressed(std::string_view text) {
  const Result<Bytes> frame = compressZstd(bytesOf(text), {1, true, nullptr}, kGoOn);
  return std::string(textOf(frame.value().view()));
}

TEST(CodecOperation, PiecesGoInAndBlocksComeOut) {
  const std::string text = noiseText(1'000'000);
  const CodecOperation compressor(makeZstdCompressor({1, true, nullptr}).value(), UINT64_MAX);
  std::string frame;
  for (size_t begin = 0; begin < text.size(); begin += 100'000) {
    frame += runItem(compressor, std::string_view(text).substr(begin, 100'000)).bytes;
  }
  Outcome end = runItem(compressor, "");
  frame += end.bytes;
  while (end.more) {
    end = runItem(compressor, "");
    frame += end.bytes;
  }
  EXPECT_EQ(runItem(compressor, "").failure, ErrorCode::kClosed);

  const auto operation = decompressor();
  std::string back;
  Outcome step = runItem(*operation, frame);
  back += step.bytes;
  size_t blocks = 1;
  while (step.more) {
    step = runItem(*operation, "");
    ASSERT_FALSE(step.failure);
    back += step.bytes;
    ++blocks;
  }
  EXPECT_GE(blocks, 4u);
  back += runItem(*operation, "").bytes;
  EXPECT_TRUE(back == text);
}

TEST(CodecOperation, PiecesThatComeWhileThereIsMoreWaitTheirTurn) {
  const std::string zeros(3'000'000, '\0');
  const std::string first = compressed(zeros);
  const std::string second = compressed("the second frame");
  const auto operation = decompressor();
  std::string all = runItem(*operation, first).bytes;
  const Outcome another = runItem(*operation, second);
  EXPECT_TRUE(another.more);
  all += another.bytes;
  Outcome step;
  do {
    step = runItem(*operation, "");
    ASSERT_FALSE(step.failure);
    all += step.bytes;
  } while (step.more);
  all += runItem(*operation, "").bytes;
  EXPECT_TRUE(all == zeros + "the second frame");
}

TEST(CodecOperation, AFailureStays) {
  const auto operation = decompressor();
  EXPECT_EQ(runItem(*operation, "no frame").failure, ErrorCode::kCorruptData);
  EXPECT_EQ(runItem(*operation, compressed("a frame")).failure, ErrorCode::kCorruptData);
  const auto truncated = decompressor();
  EXPECT_FALSE(runItem(*truncated, compressed("a frame").substr(0, 8)).failure);
  EXPECT_EQ(runItem(*truncated, "").failure, ErrorCode::kCorruptData);
}

TEST(CodecOperation, TheLimitIsOfTheWholeStream) {
  const std::string frame = compressed("0123456789");
  const auto enough = decompressor(20);
  EXPECT_EQ(runAll(*enough, {frame, frame}), "01234567890123456789");
  const auto less = decompressor(19);
  EXPECT_FALSE(runItem(*less, frame).failure);
  EXPECT_EQ(runItem(*less, frame).failure, ErrorCode::kTooLarge);
}

TEST(CodecOperation, CancellationEndsIt) {
  Cancellation cancelled;
  cancelled.cancel();
  const auto operation = decompressor();
  EXPECT_EQ(runItem(*operation, compressed("x"), cancelled).failure, ErrorCode::kCancelled);
}

TEST(HashStreamOperation, TellsTheDigestAtTheEnd) {
  const HashStreamOperation operation(HashAlgorithm::kBlake3);
  const std::string text = noiseText(3'000'000);
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  for (size_t begin = 0; begin < text.size(); begin += 1'100'000) {
    const std::string_view piece = std::string_view(text).substr(begin, 1'100'000);
    ASSERT_TRUE(operation.run({kNever, 0}, bytesOf(piece), output));
    EXPECT_EQ(storage.fixedText, std::string(64, ' '));
  }
  ASSERT_TRUE(operation.run({kNever, 0}, {}, output));
  EXPECT_EQ(storage.fixedText, hexOf(hashOf(HashAlgorithm::kBlake3, bytesOf(text))));
}

}  // namespace
}  // namespace millrace
