#include "operations/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "function_operation.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using testing::FunctionOperation;

ResultShape everyPart() {
  ResultShape shape;
  shape.numbers = 2;
  shape.fixedText = 3;
  shape.texts = 1;
  shape.blocks = 1;
  return shape;
}

void runAll(Batch& batch, const Operation& operation) {
  size_t index = 0;
  while (batch.claim(index)) batch.runItem(operation, index);
}

TEST(Batch, PutsEachItemsResultInItsOwnPlace) {
  const FunctionOperation operation(
      everyPart(), [](const ItemContext&, ByteView input, ItemOutput& output) -> Result<void> {
        const std::string_view text = textOf(input);
        output.numbers[0] = static_cast<double>(text.size());
        output.numbers[1] = -1;
        std::fill(output.fixedText.begin(), output.fixedText.end(), text.empty() ? '-' : text[0]);
        output.texts[0] = text;
        output.blocks[0] = std::move(Bytes::allocate(text.size())).value();
        return {};
      });
  Batch batch(1, 3, PooledBytes("abccc"), {1, 1, 5}, 0, operation.shape());
  runAll(batch, operation);
  EXPECT_THAT(batch.numbers(), ElementsAre(1, -1, 0, -1, 4, -1));
  EXPECT_EQ(batch.fixedText(), "aaa---bbb");
  EXPECT_THAT(batch.texts(), ElementsAre("a", "", "bccc"));
  EXPECT_EQ(batch.blocks()[2].size(), 4u);
  EXPECT_TRUE(batch.errors().empty());
  for (const float elapsed : batch.elapsedMs()) EXPECT_GE(elapsed, 0);
}

TEST(Batch, ItemsWithoutInputGetNone) {
  const FunctionOperation operation(
      {}, [](const ItemContext&, ByteView input, ItemOutput&) -> Result<void> {
        return input.empty() ? Result<void>() : Error::of(ErrorCode::kInternal);
      });
  Batch batch(1, 2, PooledBytes(""), {}, 0, operation.shape());
  runAll(batch, operation);
  EXPECT_TRUE(batch.errors().empty());
}

TEST(Batch, OnlyTheLastItemToFinishIsTheLast) {
  const FunctionOperation operation(
      {}, [](const ItemContext&, ByteView, ItemOutput&) { return Result<void>(); });
  Batch batch(1, 3, PooledBytes(""), {}, 0, operation.shape());
  size_t index = 0;
  for (size_t expected = 0; expected < 3; ++expected) {
    ASSERT_TRUE(batch.claim(index));
    EXPECT_EQ(index, expected);
    EXPECT_FALSE(expected < 2 && batch.drained());
  }
  EXPECT_TRUE(batch.drained());
  EXPECT_FALSE(batch.claim(index));
  EXPECT_FALSE(batch.runItem(operation, 2).isLast);
  EXPECT_FALSE(batch.runItem(operation, 0).isLast);
  EXPECT_TRUE(batch.runItem(operation, 1).isLast);
}

TEST(Batch, WhateverAnItemThrowsIsItsOwnError) {
  const FunctionOperation operation(
      {}, [](const ItemContext&, ByteView input, ItemOutput&) -> Result<void> {
        switch (textOf(input)[0]) {
          case 'm':
            throw std::bad_alloc();
          case 'e':
            throw std::runtime_error("a reason");
          case 'o':
            throw 42;
          case 'f':
            return Error::system(2, "open");
          default:
            return {};
        }
      });
  Batch batch(1, 5, PooledBytes("meofk"), {1, 2, 3, 4, 5}, 0, operation.shape());
  runAll(batch, operation);
  ASSERT_EQ(batch.errors().size(), 4u);
  EXPECT_EQ(batch.errors()[0].error.code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(batch.errors()[1].error.code, ErrorCode::kInternal);
  EXPECT_EQ(batch.errors()[1].error.message, "a reason");
  EXPECT_EQ(batch.errors()[2].error.code, ErrorCode::kInternal);
  EXPECT_EQ(batch.errors()[3].error.sysErrno, 2);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(batch.errors()[i].index, i);
}

TEST(Batch, AfterCancelNoItemDoesAnyWork) {
  size_t runs = 0;
  Batch* current = nullptr;
  const FunctionOperation operation(
      {}, [&](const ItemContext& context, ByteView, ItemOutput&) -> Result<void> {
        if (++runs == 2) current->cancel();
        return context.check();
      });
  Batch batch(1, 4, PooledBytes(""), {}, 0, operation.shape());
  current = &batch;
  runAll(batch, operation);
  EXPECT_EQ(runs, 2u);
  ASSERT_EQ(batch.errors().size(), 3u);  // the second item itself was told, too
  for (const ItemError& each : batch.errors()) {
    EXPECT_EQ(each.error.code, ErrorCode::kCancelled);
    EXPECT_GE(each.index, 1u);
  }
}

TEST(Batch, TheTimeoutOfAnItemCountsFromItsOwnStart) {
  constexpr int64_t kTimeoutNs = 1'000'000;
  const FunctionOperation operation(
      {}, [](const ItemContext& context, ByteView input, ItemOutput&) -> Result<void> {
        Result<void> go = context.check();
        while (textOf(input) == "s" && go) go = context.check();  // ends by its timeout alone
        return go;
      });
  Batch batch(1, 2, PooledBytes("sf"), {1, 2}, kTimeoutNs, operation.shape());
  runAll(batch, operation);
  ASSERT_GE(batch.errors().size(), 1u);
  EXPECT_EQ(batch.errors()[0].index, 0u);
  EXPECT_EQ(batch.errors()[0].error.code, ErrorCode::kTimeout);
}

TEST(Batch, ManyThreadsClaimEachItemOnce) {
  constexpr size_t kItems = 20'000;
  ResultShape shape;
  shape.numbers = 1;
  const FunctionOperation operation(
      shape, [](const ItemContext&, ByteView, ItemOutput& output) -> Result<void> {
        output.numbers[0] += 1;
        return {};
      });
  Batch batch(1, kItems, PooledBytes(""), {}, 0, shape);
  std::atomic<size_t> last{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      size_t index = 0;
      while (batch.claim(index)) last += batch.runItem(operation, index).isLast;
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(last, 1u);
  for (const double runs : batch.numbers()) ASSERT_EQ(runs, 1);
}

}  // namespace
}  // namespace millrace
