#include "operations/similarity_operations.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

#include "operations/item_storage.h"

namespace millrace {
namespace {

using Item = std::array<uint32_t, 4>;

/// Points 0, 1, 2 and 10 on a line.
SharedMatrix<float> line() {
  static const std::vector<float> points = {0, 1, 2, 10};
  auto packed = Matrix<float>::pack(std::span<const float>(points), 4, 1, Metric::kEuclidean);
  return std::make_shared<const Matrix<float>>(std::move(packed).value());
}

const Limit<float> kWithinOne = Limit<float>::of(Metric::kEuclidean, 1);

Result<void> runItem(const Operation& operation, ItemStorage& storage, ByteView item,
                     bool cancelled = false) {
  Cancellation cancellation;
  if (cancelled) cancellation.cancel();
  ItemOutput output = storage.output();
  return operation.run({cancellation, 0}, item, output);
}

ByteView bytesOfItem(const Item& item) {
  return std::as_bytes(std::span(item));
}

template <typename Value>
std::vector<Value> valuesOf(const Bytes& block) {
  std::vector<Value> values(block.size() / sizeof(Value));
  if (!values.empty()) std::memcpy(values.data(), block.data(), block.size());
  return values;
}

TEST(TopKOperation, StoresCountsRowsAndScores) {
  const TopKOperation<float> operation(line(), line(), 2, kWithinOne, true);
  ItemStorage storage(operation.shape());
  ASSERT_TRUE(runItem(operation, storage, bytesOfItem({0, 4, 0, 4})));
  EXPECT_EQ(valuesOf<uint32_t>(storage.blocks[0]), (std::vector<uint32_t>{1, 2, 1, 0}));
  EXPECT_EQ(valuesOf<int32_t>(storage.blocks[1]), (std::vector<int32_t>{1, 0, 2, 1}));
  EXPECT_EQ(valuesOf<float>(storage.blocks[2]), (std::vector<float>{1, 1, 1, 1}));
}

TEST(PairsOperation, StoresBothRowsAndScores) {
  const PairsOperation<float> operation(line(), kWithinOne);
  ItemStorage storage(operation.shape());
  ASSERT_TRUE(runItem(operation, storage, bytesOfItem({0, 4, 0, 4})));
  EXPECT_EQ(valuesOf<uint32_t>(storage.blocks[0]), (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(valuesOf<uint32_t>(storage.blocks[1]), (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(valuesOf<float>(storage.blocks[2]), (std::vector<float>{1, 1}));
}

TEST(ClustersOperation, GivesLabelsForTheEmptyItem) {
  const ClustersOperation<float> operation(line(), kWithinOne);
  ItemStorage storage(operation.shape());
  ASSERT_TRUE(runItem(operation, storage, bytesOfItem({0, 2, 0, 4})));
  ASSERT_TRUE(runItem(operation, storage, bytesOfItem({2, 4, 0, 4})));
  EXPECT_TRUE(storage.blocks[0].empty());
  ASSERT_TRUE(runItem(operation, storage, {}));
  EXPECT_EQ(valuesOf<uint32_t>(storage.blocks[0]), (std::vector<uint32_t>{0, 0, 0, 1}));
  EXPECT_EQ(valuesOf<uint32_t>(storage.blocks[1]), (std::vector<uint32_t>{3, 1}));
}

TEST(SimilarityOperations, RefuseRangesThatAreNone) {
  const TopKOperation<float> topK(line(), line(), 2, kWithinOne, true);
  const PairsOperation<float> pairs(line(), kWithinOne);
  const ClustersOperation<float> clusters(line(), kWithinOne);
  for (const Operation* operation :
       std::initializer_list<const Operation*>{&topK, &pairs, &clusters}) {
    ItemStorage storage(operation->shape());
    for (const Item& item : {Item{0, 5, 0, 4}, Item{0, 4, 0, 5}, Item{3, 2, 0, 4},
                             Item{0, 4, 0xffffffff, 4}, Item{0, 0xffffffff, 0, 4}}) {
      const Result<void> outcome = runItem(*operation, storage, bytesOfItem(item));
      ASSERT_FALSE(outcome.ok());
      EXPECT_EQ(outcome.error().code, ErrorCode::kInvalidArgument);
    }
    EXPECT_FALSE(runItem(*operation, storage, bytesOfItem({0, 4, 0, 4}).first(15)).ok());
  }
}

TEST(SimilarityOperations, StopWhenCancelled) {
  const PairsOperation<float> operation(line(), kWithinOne);
  ItemStorage storage(operation.shape());
  const Result<void> outcome = runItem(operation, storage, bytesOfItem({0, 4, 0, 4}), true);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace millrace
