#include "operations/walk_operation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "../temporary_directory.h"
#include "../thread_sink.h"
#include "operations/item_storage.h"

namespace millrace {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryDirectory;
using testing::ThreadSink;

/// A walk's result as the other side of the boundary takes it apart.
struct Unpacked {
  std::vector<double> numbers;
  std::string text;
  std::vector<double> sizes;
  std::string types;
  std::string errors;
  std::string undecodable;

  size_t at(WalkColumn column) const {
    return static_cast<size_t>(numbers[static_cast<size_t>(column)]);
  }
};

Result<Unpacked> walk(const std::string& root, const WalkOptions& options) {
  ThreadSink helpers(2);
  const Cancellation never;
  auto operation = WalkOperation::make(options, helpers);
  if (!operation) return std::move(operation).error();
  Unpacked result;
  ItemStorage storage(operation.value()->shape());
  ItemOutput output = storage.output();
  Result<void> done = operation.value()->run({never, 0}, bytesOf(root), output);
  if (!done) return std::move(done).error();
  result.numbers = storage.numbers;
  result.text = output.texts[0];
  std::string_view rest = textOf(output.blocks[0].view());
  const auto take = [&rest](size_t size) {
    const std::string_view block = rest.substr(0, size);
    rest.remove_prefix(size);
    return block;
  };
  const size_t entries = result.at(WalkColumn::kCount) + result.at(WalkColumn::kUndecodableCount);
  if (options.sizes) {
    result.sizes.resize(entries);
    const std::string_view block = take(entries * sizeof(double));
    if (entries > 0) std::memcpy(result.sizes.data(), block.data(), block.size());
  }
  result.types = take(entries);
  result.errors = take(result.at(WalkColumn::kErrorBytes));
  result.undecodable = take(result.at(WalkColumn::kUndecodableBytes));
  EXPECT_EQ(rest, "");
  return result;
}

TEST(WalkOperation, PacksPathsTypesAndSizes) {
  const TemporaryDirectory directory;
  directory.write("a/five", "12345");
  directory.write("b\xff", "12");
  WalkOptions options;
  options.select = WalkSelection::kAll;
  options.sorted = true;
  options.sizes = true;
  const Unpacked result = std::move(walk(directory.path(), options)).value();
  EXPECT_EQ(result.text, std::string("a\0a/five", 8));
  EXPECT_EQ(result.undecodable, "b\xff");
  EXPECT_EQ(result.types, std::string("\2\1\1", 3));
  EXPECT_EQ(result.sizes[1], 5);
  EXPECT_EQ(result.sizes[2], 2);
  EXPECT_EQ(result.at(WalkColumn::kCount), 2u);
  EXPECT_EQ(result.at(WalkColumn::kDirectories), 2u);
  EXPECT_EQ(result.at(WalkColumn::kErrorCount), 0u);
  EXPECT_EQ(result.errors, "[]");
}

TEST(WalkOperation, WritesErrorsAsJsonWhateverTheNames) {
  const TemporaryDirectory directory;
  std::filesystem::create_symlink("nowhere", directory.path("qu\"ote\n"));
  std::filesystem::create_symlink("nowhere", directory.path("z\xff"));
  WalkOptions options;
  options.sorted = true;
  options.symlinks = SymlinkPolicy::kFollow;
  const Unpacked result = std::move(walk(directory.path(), options)).value();
  EXPECT_EQ(result.at(WalkColumn::kErrorCount), 2u);
  EXPECT_EQ(result.errors,
            R"([{"path":"qu\"ote\u000a","code":"ERR_SYSTEM","errno":2,"syscall":"stat",)"
            R"("message":""},{"path":"z)"
            "\xef\xbf\xbd"
            R"(","pathHex":"7aff","code":"ERR_SYSTEM","errno":2,"syscall":"stat","message":""}])");
}

TEST(WalkOperation, AnEmptyResultIsEmpty) {
  const TemporaryDirectory directory;
  const Unpacked result = std::move(walk(directory.path(), {})).value();
  EXPECT_EQ(result.text, "");
  EXPECT_EQ(result.at(WalkColumn::kCount), 0u);
  EXPECT_EQ(result.types, "");
}

TEST(WalkOperation, ARootThatCannotBeReadFailsTheItem) {
  const TemporaryDirectory directory;
  const Result<Unpacked> result = walk(directory.path("missing"), {});
  ASSERT_FALSE(result);
  EXPECT_STREQ(result.error().syscall, "scandir");
}

TEST(WalkOperation, ABadPatternIsRefusedWhenItIsMade) {
  WalkOptions options;
  options.patterns = {"ok", "{1..100000}"};
  ThreadSink helpers(1);
  const auto made = WalkOperation::make(options, helpers);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(made.error().message, HasSubstr("{1..100000}"));
}

}  // namespace
}  // namespace millrace
