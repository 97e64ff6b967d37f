#include "operations/front_matter_operation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "operations/data_operations.h"
#include "operations/item_storage.h"

namespace millrace {
namespace {

const Cancellation kNever;

TEST(FrontMatterOperation, FillsNumbersAndTexts) {
  const FrontMatterOperation operation({});
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const std::string text = "---\na: é😀\n---\nx\xff";
  ASSERT_TRUE(operation.run({kNever, 0}, bytesOf(text), output).ok());
  EXPECT_EQ(storage.numbers, (std::vector<double>{1, 4, 14, 18, 4, 11, 15, 4, 0}));
  EXPECT_EQ(storage.texts, (std::vector<std::string>{"{\"a\":\"é😀\"}", "", "x\xef\xbf\xbd"}));
  EXPECT_EQ(textOf(operation.passOn(bytesOf(text), output)), "x\xff");
}

TEST(FrontMatterOperation, LeavesTheBodyOfAKeptInputToItsOwner) {
  const FrontMatterOperation operation({});
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const std::string text = "---\na: 1\n---\nbody";
  ASSERT_TRUE(operation.run({kNever, 0, {}, true}, bytesOf(text), output).ok());
  EXPECT_EQ(storage.numbers[8], 1);
  EXPECT_EQ(storage.texts[2], "");
  EXPECT_EQ(textOf(operation.passOn(bytesOf(text), output)), "body");
}

TEST(FrontMatterOperation, HasNoBodyTextUnlessWanted) {
  FrontMatterOperationOptions options;
  options.body = false;
  const FrontMatterOperation operation(options);
  EXPECT_EQ(operation.shape().texts, 2U);
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  ASSERT_TRUE(operation.run({kNever, 0}, bytesOf("---\na: .nan\n---\nbody"), output).ok());
  EXPECT_EQ(storage.texts, (std::vector<std::string>{R"({"a":null})", R"([[["a"],"nan"]])"}));
}

TEST(FrontMatterOperation, StopsWhenCancelled) {
  Cancellation cancelled;
  cancelled.cancel();
  const FrontMatterOperation operation({});
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  std::string text = "---\n";
  for (int i = 0; i < 10000; ++i) text += "k" + std::to_string(i) + ": &a x\n";
  const Result<void> run = operation.run({cancelled, 0}, bytesOf(text + "---\n"), output);
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, ErrorCode::kCancelled);
}

TEST(DataOperations, SkipTheByteOrderMarkAndPassTheInputOn) {
  const ParseYamlOperation yaml({});
  ItemStorage storage(yaml.shape());
  ItemOutput output = storage.output();
  const std::string text =
      "\xef\xbb\xbf"
      "a: 1";
  ASSERT_TRUE(yaml.run({kNever, 0}, bytesOf(text), output).ok());
  EXPECT_EQ(storage.texts[0], R"({"a":1})");
  EXPECT_EQ(textOf(yaml.passOn(bytesOf(text), output)), text);
  const ParseTomlOperation toml({});
  const Result<void> run = toml.run({kNever, 0},
                                    bytesOf("\xef\xbb\xbf"
                                            "a = b"),
                                    output);
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().position, (TextPosition{7, 1, 6}));
}

}  // namespace
}  // namespace millrace
