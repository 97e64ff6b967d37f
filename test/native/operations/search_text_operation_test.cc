#include "operations/search_text_operation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "operations/item_storage.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SearchTextOperation operationFor(const std::vector<std::string>& sources,
                                 const SearchTextOptions& options, bool captures = false) {
  std::vector<SearchPattern> patterns;
  for (const std::string& source : sources) patterns.push_back({source, {}, false});
  SearchOptions search;
  search.captures = captures;
  auto compiled = TextSearch::compile(patterns, search);
  EXPECT_TRUE(compiled.ok());
  return SearchTextOperation(std::move(compiled).value(), options);
}

class Found {
 public:
  Found(const SearchTextOperation& operation, std::string_view item) : storage(operation.shape()) {
    const Cancellation cancellation;
    ItemOutput output = storage.output();
    result = operation.run({cancellation, 0}, bytesOf(item), output);
    columns.resize(storage.blocks[0].size() / sizeof(uint32_t));
    if (!columns.empty()) {
      std::memcpy(columns.data(), storage.blocks[0].data(), storage.blocks[0].size());
    }
  }

  ItemStorage storage;
  Result<void> result;
  std::vector<uint32_t> columns;
};

TEST(SearchTextOperation, PacksColumnsTextsLinesAndGroups) {
  SearchTextOptions options;
  options.lines = true;
  const Found found(operationFor({"(b)(x)?", "\xc3\xbc"}, options, true),
                    "a\n\xc3\xbc"
                    "b\r\nbx");
  ASSERT_TRUE(found.result.ok());
  EXPECT_THAT(found.storage.numbers, ElementsAre(3, 0));
  const uint32_t none = UINT32_MAX;
  EXPECT_THAT(found.columns, ElementsAre(1, 0, 0,           // pattern
                                         2, 3, 6,           // begin
                                         3, 4, 8,           // end
                                         2, 2, 3,           // line
                                         1, 2, 1,           // column
                                         1, 2, 4,           // where the texts end
                                         0, 0, 1,           // lines
                                         0, 1, none, none,  // groups of the second match
                                         0, 1, 1, 2));      // and of the third
  EXPECT_EQ(found.storage.texts[0],
            "\xc3\xbc"
            "bbx");
  EXPECT_EQ(found.storage.texts[1],
            "\xc3\xbc"
            "b\nbx");
}

TEST(SearchTextOperation, ByteOffsetsAreThoseOfTheItem) {
  SearchTextOptions options;
  options.offsets = MatchOffsets::kBytes;
  options.text = false;
  const SearchTextOperation operation = operationFor({"b"}, options);
  EXPECT_THAT(Found(operation,
                    "\xc3\xbc"
                    "b")
                  .columns,
              ElementsAre(0, 2, 3, 1, 3));
  EXPECT_THAT(Found(operation,
                    "\xff\n\xff"
                    "b")
                  .columns,
              ElementsAre(0, 3, 4, 2, 2));
}

TEST(SearchTextOperation, NothingFoundIsNothing) {
  const Found found(operationFor({"b"}, {}), "");
  EXPECT_TRUE(found.result.ok());
  EXPECT_THAT(found.columns, IsEmpty());
  EXPECT_THAT(found.storage.numbers, ElementsAre(0, 0));
}

TEST(SearchTextOperation, StopsWhenCancelled) {
  const SearchTextOperation operation = operationFor({"b"}, {});
  Cancellation cancellation;
  cancellation.cancel();
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const auto result = operation.run({cancellation, 0}, bytesOf("b"), output);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

TEST(SearchTextOperation, ThreadsShareOne) {
  const SearchTextOperation operation = operationFor({"needle", "\\bn\\w+", "[^]x{2}"}, {}, false);
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "hay needle nxx\n";
  const std::vector<uint32_t> expected = Found(operation, text).columns;
  std::vector<std::thread> threads;
  std::vector<int> same(4);
  for (size_t i = 0; i < same.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        same[i] += Found(operation, text).columns == expected ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(same, ElementsAre(5, 5, 5, 5));
}

TEST(SearchTextOperation, ThePipeGoesOnWithTheText) {
  const SearchTextOperation operation = operationFor({"b"}, {});
  ItemStorage storage(operation.shape());
  EXPECT_EQ(textOf(operation.passOn(bytesOf("abc"), storage.output())), "abc");
}

}  // namespace
}  // namespace millrace
