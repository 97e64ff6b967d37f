#include "operations/pipe_operation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "function_operation.h"
#include "operations/item_storage.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using testing::FunctionOperation;

ResultShape shapeOf(size_t numbers, size_t fixedText, size_t texts, size_t blocks) {
  return {numbers, fixedText, texts, blocks};
}

/// Yields its input and a mark behind it, as a text that is passed on.
std::shared_ptr<const Operation> append(std::string mark) {
  return std::make_shared<FunctionOperation>(
      shapeOf(0, 0, 1, 0),
      [mark](const ItemContext&, ByteView input, ItemOutput& output) -> Result<void> {
        output.texts[0] = std::string(textOf(input)) + mark;
        return {};
      });
}

/// Yields the length of its input, and passes the input on.
std::shared_ptr<const Operation> length() {
  return std::make_shared<FunctionOperation>(
      shapeOf(1, 2, 0, 0),
      [](const ItemContext&, ByteView input, ItemOutput& output) -> Result<void> {
        output.numbers[0] = static_cast<double>(input.size());
        output.fixedText[0] = 'L';
        return {};
      });
}

std::shared_ptr<const Operation> failing() {
  return std::make_shared<FunctionOperation>(
      ResultShape{}, [](const ItemContext&, ByteView, ItemOutput&) -> Result<void> {
        return Error::at(ErrorCode::kSyntax, "no", {5, 1, 6});
      });
}

Result<void> runOn(const PipeOperation& pipe, std::string_view input, ItemStorage& storage) {
  const Cancellation never;
  ItemOutput output = storage.output();
  return pipe.run({never, 0}, bytesOf(input), output);
}

TEST(PipeOperation, YieldsWhatIsKeptInOrder) {
  const PipeOperation pipe(
      {{append("-a"), true}, {length(), true}, {append("-b"), false}, {append("-c"), true}});
  EXPECT_EQ(pipe.shape().texts, 2u);
  EXPECT_EQ(pipe.shape().numbers, 1u);
  EXPECT_EQ(pipe.keptShapes().size(), 3u);
  ItemStorage storage(pipe.shape());
  ASSERT_TRUE(runOn(pipe, "x", storage));
  EXPECT_THAT(storage.texts, ElementsAre("x-a", "x-a-b-c"));
  EXPECT_THAT(storage.numbers, ElementsAre(3));
  EXPECT_EQ(storage.fixedText, "L ");
}

TEST(PipeOperation, TellsTheStageThatFailed) {
  const PipeOperation pipe({{append("-a"), false}, {failing(), false}, {length(), true}});
  ItemStorage storage(pipe.shape());
  const Result<void> outcome = runOn(pipe, "x", storage);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().stage, 1);
  EXPECT_EQ(outcome.error().code, ErrorCode::kSyntax);
  EXPECT_EQ(outcome.error().position, (TextPosition{5, 1, 6}));
}

TEST(PipeOperation, StopsBetweenStagesWhenCancelled) {
  Cancellation cancellation;
  const auto cancelling = std::make_shared<FunctionOperation>(
      ResultShape{}, [&](const ItemContext&, ByteView, ItemOutput&) -> Result<void> {
        cancellation.cancel();
        return {};
      });
  const PipeOperation pipe({{cancelling, false}, {append("!"), true}});
  ItemStorage storage(pipe.shape());
  ItemOutput output = storage.output();
  const Result<void> outcome = pipe.run({cancellation, 0}, bytesOf("x"), output);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(storage.texts[0], "");
}

}  // namespace
}  // namespace millrace
