#include "operations/json_operations.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "operations/item_storage.h"

namespace millrace {
namespace {

/// The operation's text, or the error's code.
std::string textFrom(const Operation& operation, std::string_view document) {
  const Cancellation cancellation;
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const Result<void> done = operation.run({cancellation, 0}, bytesOf(document), output);
  EXPECT_EQ(textOf(operation.passOn(bytesOf(document), output)), document);
  return done ? storage.texts[0] : std::string(codeOf(done.error().code));
}

ParseJsonOptions optionsFor(const std::vector<NamedPointer>& pointers, bool asObject,
                            uint64_t maxBytes = 1000) {
  return {Selection::compile(pointers).value(), asObject, {}, maxBytes};
}

TEST(ParseJsonOperation, WritesAnObjectOfWhatIsFound) {
  const ParseJsonOperation operation(
      optionsFor({{"x", "/a"}, {"y\"", "/b/*"}, {"z", "/none"}}, true));
  EXPECT_EQ(textFrom(operation, R"({"a":1,"b":[2 , "3"]})"), R"({"x":1,"y\"":[2,"3"]})");
  EXPECT_EQ(textFrom(operation, "{"), "ERR_SYNTAX");
}

TEST(ParseJsonOperation, WritesTheOnlyResultAlone) {
  const ParseJsonOperation operation(optionsFor({{"", "/a"}}, false));
  EXPECT_EQ(textFrom(operation, R"({"a": [1, 2] })"), "[1, 2]");
  EXPECT_EQ(textFrom(operation, "{}"), "");
}

TEST(ParseJsonOperation, HoldsDocumentAndSelectionToTheLimit) {
  const ParseJsonOperation operation(optionsFor({{"a", ""}, {"b", "/0"}}, true, 6));
  EXPECT_EQ(textFrom(operation, R"(["12"])"), "ERR_TOO_LARGE");
  EXPECT_EQ(textFrom(operation, R"([1])"), R"({"a":[1],"b":1})");
  EXPECT_EQ(textFrom(operation, R"("12345")"), "ERR_TOO_LARGE");
}

TEST(ParseJsonOperation, IsCancelledWithinALargeDocument) {
  const ParseJsonOperation operation(optionsFor({{"", "/a"}}, false, 100 << 20));
  Cancellation cancellation;
  cancellation.cancel();
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const std::string document = "{\"b\":[" + std::string(3 << 20, '\n') + "]}";
  const Result<void> done = operation.run({cancellation, 0}, bytesOf(document), output);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
}

TEST(ValidateJsonOperation, TellsPlaceAndReason) {
  const ValidateJsonOperation operation({3, 1000});
  const Cancellation cancellation;
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  ASSERT_TRUE(operation.run({cancellation, 0}, bytesOf("[[1],\n 2,]"), output));
  EXPECT_EQ(storage.numbers, (std::vector<double>{0, 9, 2, 4}));
  EXPECT_EQ(storage.texts[0], "expected a value behind ',', found ']'");
  ItemStorage valid(operation.shape());
  ItemOutput validOutput = valid.output();
  ASSERT_TRUE(operation.run({cancellation, 0}, bytesOf("[[[1]]]"), validOutput));
  EXPECT_EQ(valid.numbers[0], 1);
  EXPECT_EQ(textFrom(operation, "[[[[1]]]]"), "ERR_TOO_LARGE");
  EXPECT_EQ(textFrom(operation, std::string(1001, ' ')), "ERR_TOO_LARGE");
}

}  // namespace
}  // namespace millrace
