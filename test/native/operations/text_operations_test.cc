#include "operations/text_operations.h"

#include <gtest/gtest.h>

#include <string>

#include "../temporary_directory.h"
#include "operations/item_storage.h"

namespace millrace {
namespace {

using namespace std::string_literals;
using testing::TemporaryDirectory;

/// The text of an operation that succeeds.
std::string textFrom(const Operation& operation, std::string_view item) {
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const Cancellation cancellation;
  const auto result = operation.run({cancellation, 0}, bytesOf(item), output);
  return result.ok() ? storage.texts[0] : "failed: " + std::string(codeOf(result.error().code));
}

DecodeOptions atMost(uint64_t maxBytes) {
  DecodeOptions options;
  options.maxBytes = maxBytes;
  return options;
}

TEST(ReadTextOperation, ReadsAndDecodes) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("utf16", "\xff\xfe\xfc\0"s);
  EXPECT_EQ(textFrom(ReadTextOperation(atMost(1000)), path), "\xc3\xbc");
  EXPECT_EQ(textFrom(ReadTextOperation(atMost(1000)), directory.path("missing")),
            "failed: ERR_SYSTEM");
}

TEST(ReadTextOperation, BoundsTheTextNotTheFile) {
  const TemporaryDirectory directory;
  const std::string wide = directory.write("wide",
                                           "\xff\xfe"
                                           "a\0b\0"s);
  EXPECT_EQ(textFrom(ReadTextOperation(atMost(2)), wide), "ab");
  EXPECT_EQ(textFrom(ReadTextOperation(atMost(1)), wide), "failed: ERR_TOO_LARGE");
  const std::string long1 = directory.write("long", std::string(100, 'x'));
  EXPECT_EQ(textFrom(ReadTextOperation(atMost(99)), long1), "failed: ERR_TOO_LARGE");
  EXPECT_EQ(textFrom(ReadTextOperation(atMost(UINT64_MAX)), long1).size(), 100u);
}

TEST(LinesOperation, RepairsCountsAndPassesTheItemOn) {
  const LinesOperation operation({});
  EXPECT_EQ(textFrom(operation,
                     "\xef\xbb\xbf"
                     "a\r\n\xff"),
            "a\n\xef\xbf\xbd\n");
  ItemStorage storage(operation.shape());
  EXPECT_EQ(textOf(operation.passOn(bytesOf("a\r\n"), storage.output())), "a\r\n");
}

TEST(NormalizeTextOperation, PassesItsTextOn) {
  const NormalizeTextOperation operation({});
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const Cancellation cancellation;
  ASSERT_TRUE(operation.run({cancellation, 0}, bytesOf("a\r\nb"), output).ok());
  EXPECT_EQ(textOf(operation.passOn(bytesOf("a\r\nb"), output)), "a\nb");
}

TEST(DecodeTextOperation, StopsWhenCancelled) {
  DecodeOptions options;
  options.encoding = TextEncoding::kUtf16Le;
  const DecodeTextOperation operation(options);
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  Cancellation cancellation;
  cancellation.cancel();
  const auto result = operation.run({cancellation, 0}, bytesOf("a\0"s), output);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace millrace
