#include "operations/import_specifiers_operation.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

#include "operations/item_storage.h"

namespace millrace {
namespace {

class ImportSpecifiersOperationTest : public ::testing::Test {
 protected:
  Result<void> run(std::string_view source) {
    ItemOutput output = storage_.output();
    return operation_.run({cancellation_, 0}, bytesOf(source), output);
  }

  std::array<uint32_t, kImportColumns> row(size_t import) {
    std::array<uint32_t, kImportColumns> columns{};
    std::memcpy(columns.data(), storage_.blocks[0].data() + import * sizeof columns,
                sizeof columns);
    return columns;
  }

  Cancellation cancellation_;
  const ImportSpecifiersOperation operation_{ImportScanOptions{}};
  ItemStorage storage_{operation_.shape()};
};

TEST_F(ImportSpecifiersOperationTest, PacksRowsSpecifiersAndAttributes) {
  ASSERT_TRUE(
      run("import type {a} from '\xc3\xa9';\nimport(b); export * from 'c' with {d: 'e\"'}"));
  EXPECT_EQ(storage_.numbers[0], 3);
  EXPECT_EQ(storage_.texts[0],
            "\xc3\xa9"
            "c");
  EXPECT_EQ(storage_.texts[1], R"([[2,"d","e\""]])");
  constexpr uint32_t kNowhere = ImportRecord::kNowhere;
  using Row = std::array<uint32_t, kImportColumns>;
  EXPECT_EQ(row(0),
            (Row{1u << 25 | 1u << 24 | 3u << 8 | 0u, 22, 23, 0, 24, kNowhere, kNowhere, 1, 1}));
  EXPECT_EQ(row(1), (Row{2, 33, 34, 26, 35, 32, kNowhere, 2, 1}));
  EXPECT_EQ(row(2), (Row{1u << 25 | 7u << 8 | 1u, 52, 53, 37, 69, kNowhere, 60, 2, 2}));
}

TEST_F(ImportSpecifiersOperationTest, NothingImportedIsEmpty) {
  ASSERT_TRUE(run("a"));
  EXPECT_EQ(storage_.numbers[0], 0);
  EXPECT_TRUE(storage_.blocks[0].empty());
  EXPECT_EQ(storage_.texts[0] + storage_.texts[1], "");
}

TEST_F(ImportSpecifiersOperationTest, PassesOnTheSource) {
  const std::string source = "import 'a'";
  ItemOutput output = storage_.output();
  ASSERT_TRUE(operation_.run({cancellation_, 0}, bytesOf(source), output));
  EXPECT_EQ(textOf(operation_.passOn(bytesOf(source), output)), source);
}

TEST_F(ImportSpecifiersOperationTest, StopsWhenCancelled) {
  cancellation_.cancel();
  Result<void> result = run("import 'a'");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace millrace
