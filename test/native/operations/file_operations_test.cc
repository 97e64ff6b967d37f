#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "../temporary_directory.h"
#include "operations/hash_file_operation.h"
#include "operations/hash_operation.h"
#include "operations/item_storage.h"
#include "operations/lz4_operations.h"
#include "operations/read_file_operation.h"
#include "operations/stat_operation.h"

namespace millrace {
namespace {

using testing::TemporaryDirectory;

/// One item run outside of any batch, with the storage that a batch would give it.
class SingleItem {
 public:
  Result<void> run(const Operation& operation, std::string_view input, int64_t deadlineNs = 0) {
    storage.emplace(operation.shape());
    ItemOutput output = storage->output();
    return operation.run(ItemContext{cancellation, deadlineNs}, bytesOf(input), output);
  }

  Cancellation cancellation;
  std::optional<ItemStorage> storage;
};

TEST(HashFileOperation, EqualsTheDigestOfTheContentAtEverySizeAroundAChunk) {
  const TemporaryDirectory directory;
  for (size_t i = 0; i < kHashAlgorithmCount; ++i) {
    const auto algorithm = static_cast<HashAlgorithm>(i);
    const HashFileOperation operation({algorithm});
    for (const size_t size : {0u, 1u, 262'143u, 262'144u, 262'145u, 524'288u, 1'000'000u}) {
      const std::string text(size, 'z');
      SingleItem item;
      ASSERT_TRUE(item.run(operation, directory.write("file", text)));
      EXPECT_EQ(item.storage->fixedText, hexOf(hashOf(algorithm, bytesOf(text)))) << size;
      EXPECT_EQ(item.storage->numbers[0], static_cast<double>(size));
    }
  }
}

TEST(HashFileOperation, FailuresNameTheSystemCall) {
  const TemporaryDirectory directory;
  const HashFileOperation operation({HashAlgorithm::kXxh3_64});
  SingleItem item;
  const Result<void> missing = item.run(operation, directory.path("missing"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().sysErrno, ENOENT);
  EXPECT_STREQ(missing.error().syscall, "open");
  const Result<void> folder = item.run(operation, directory.path());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().sysErrno, EISDIR);
  EXPECT_STREQ(folder.error().syscall, "read");
  ASSERT_EQ(mkfifo(directory.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(item.run(operation, directory.path("fifo")).error().sysErrno, ESPIPE);
}

TEST(HashFileOperation, StopsBetweenChunksWhenCancelledOrLate) {
  // Endless, so that nothing but the checkpoint can end it.
  const HashFileOperation operation({HashAlgorithm::kXxh3_64});
  SingleItem late;
  EXPECT_EQ(late.run(operation, "/dev/zero", monotonicNs() + 1'000'000).error().code,
            ErrorCode::kTimeout);
  SingleItem cancelled;
  cancelled.cancellation.cancel();
  EXPECT_EQ(cancelled.run(operation, "/dev/zero").error().code, ErrorCode::kCancelled);
}

TEST(ReadFileOperation, ReturnsBytesUpToItsLimit) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("file", "content");
  SingleItem item;
  ASSERT_TRUE(item.run(ReadFileOperation({7}), file));
  EXPECT_EQ(textOf(item.storage->blocks[0].view()), "content");
  EXPECT_EQ(item.run(ReadFileOperation({6}), file).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(item.run(ReadFileOperation({1 << 30}), "/dev/zero", monotonicNs()).error().code,
            ErrorCode::kTimeout);
}

TEST(StatOperation, FillsItsColumns) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("file", "12345");
  std::filesystem::create_symlink("file", directory.path("link"));
  struct stat expected;
  ASSERT_EQ(stat(file.c_str(), &expected), 0);
  SingleItem item;
  const auto column = [&](StatColumn which) {
    return item.storage->numbers[static_cast<size_t>(which)];
  };
  ASSERT_TRUE(item.run(StatOperation({true}), directory.path("link")));
  EXPECT_EQ(column(StatColumn::kSize), 5);
  EXPECT_EQ(column(StatColumn::kMode), expected.st_mode);
  EXPECT_EQ(column(StatColumn::kInode), static_cast<double>(expected.st_ino));
  EXPECT_EQ(column(StatColumn::kDevice), static_cast<double>(expected.st_dev));
  EXPECT_EQ(column(StatColumn::kType), 1);
  EXPECT_EQ(column(StatColumn::kLinks), 1);
  EXPECT_EQ(column(StatColumn::kUserId), expected.st_uid);
  for (const double value : item.storage->numbers) EXPECT_GE(value, 0);
  ASSERT_TRUE(item.run(StatOperation({false}), directory.path("link")));
  EXPECT_EQ(column(StatColumn::kType), 3);
  EXPECT_STREQ(item.run(StatOperation({false}), directory.path("gone")).error().syscall, "lstat");
}

TEST(HashOperation, HashesTheInputAndStopsWhenCancelled) {
  const HashOperation operation({HashAlgorithm::kSha256});
  SingleItem item;
  for (const size_t size : {0u, 3u, 1'048'576u, 1'048'577u, 3'000'000u}) {
    const std::string text(size, 'q');
    ASSERT_TRUE(item.run(operation, text));
    EXPECT_EQ(item.storage->fixedText, hexOf(hashOf(HashAlgorithm::kSha256, bytesOf(text))));
  }
  item.cancellation.cancel();
  EXPECT_EQ(item.run(operation, std::string(3'000'000, 'q')).error().code, ErrorCode::kCancelled);
}

TEST(Lz4Operations, RoundTripAndRefuseBombs) {
  const std::string text(100'000, 'r');
  SingleItem compressed;
  ASSERT_TRUE(compressed.run(Lz4CompressOperation({9}), text));
  const std::string frame(textOf(compressed.storage->blocks[0].view()));
  EXPECT_LT(frame.size(), 2000u);
  SingleItem back;
  ASSERT_TRUE(back.run(Lz4DecompressOperation({100'000}), frame));
  EXPECT_EQ(textOf(back.storage->blocks[0].view()), text);
  EXPECT_EQ(back.run(Lz4DecompressOperation({99'999}), frame).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(back.run(Lz4DecompressOperation({99'999}), "junk").error().code,
            ErrorCode::kCorruptData);
}

TEST(Operations, OnlyThoseThatTouchFilesBlock) {
  EXPECT_TRUE(HashFileOperation({HashAlgorithm::kMd5}).blocking());
  EXPECT_TRUE(ReadFileOperation({1}).blocking());
  EXPECT_TRUE(StatOperation({true}).blocking());
  EXPECT_FALSE(HashOperation({HashAlgorithm::kMd5}).blocking());
  EXPECT_FALSE(Lz4CompressOperation({0}).blocking());
  EXPECT_FALSE(Lz4DecompressOperation({1}).blocking());
}

}  // namespace
}  // namespace millrace
