#include "io/folder_cursor.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "../temporary_directory.h"

namespace millrace {
namespace {

using testing::TemporaryDirectory;

/// The stamp by way of a cursor is that of the file system, whether or not the folder is opened.
void expectStamp(FolderCursor& cursor, const std::string& path, const std::string& full) {
  struct stat expected;
  ASSERT_EQ(stat(full.c_str(), &expected), 0) << full;
  for (const bool stays : {false, true, false}) {
    const Result<FileStamp> stamp = cursor.stampOf(path, stays);
    ASSERT_TRUE(stamp) << path;
    EXPECT_EQ(stamp.value().size, static_cast<uint64_t>(expected.st_size));
    EXPECT_EQ(stamp.value().modifyTimeNs,
              expected.st_mtim.tv_sec * 1'000'000'000 + expected.st_mtim.tv_nsec);
    EXPECT_EQ(stamp.value().regular, S_ISREG(expected.st_mode));
  }
}

TEST(FolderCursor, FindsWhatTheSystemFindsInEveryFormOfPath) {
  const TemporaryDirectory directory;
  directory.write("a/b/c", "123");
  directory.write("a/bb", "4567");
  directory.write("a/b/cc", "89");
  directory.write("top", "0");
  std::filesystem::create_symlink("b/c", directory.path("a/link"));
  FolderCursor cursor = FolderCursor::from(directory.path()).value();
  for (const char* path : {"a/b/c", "a/b/cc", "a/bb", "a/b", "a/b/c", "top", "a", "./a/b/c",
                           "a//bb", "a/b/../bb", "a/link", "a/b/.", "a/b/"}) {
    expectStamp(cursor, path, directory.path(path));
  }
  expectStamp(cursor, directory.path("a/b/c"), directory.path("a/b/c"));
  expectStamp(cursor, "/", "/");
  expectStamp(cursor, "/tmp", "/tmp");
}

TEST(FolderCursor, StaysWithinOneFolderOnly) {
  const TemporaryDirectory directory;
  directory.write("a/b/c", "1");
  directory.write("ab/c", "22");
  FolderCursor cursor = FolderCursor::from(directory.path()).value();
  EXPECT_FALSE(cursor.isWithin("a/b"));
  ASSERT_TRUE(cursor.stampOf("a/b", true));
  EXPECT_TRUE(cursor.isWithin("a/x"));
  EXPECT_FALSE(cursor.isWithin("a/b/c"));
  EXPECT_FALSE(cursor.isWithin("ab/c"));
  EXPECT_FALSE(cursor.isWithin("a/"));
  EXPECT_FALSE(cursor.isWithin("a"));
  EXPECT_FALSE(cursor.isWithin(""));
}

TEST(FolderCursor, FailuresAreThoseOfTheWholePath) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("file");
  FolderCursor cursor = FolderCursor::from("").value();
  for (const bool stays : {false, true}) {
    EXPECT_EQ(cursor.stampOf(directory.path("none/x"), stays).error().sysErrno, ENOENT);
    EXPECT_EQ(cursor.stampOf(file + "/x", stays).error().sysErrno, ENOTDIR);
    EXPECT_STREQ(cursor.stampOf(directory.path("none"), stays).error().syscall, "stat");
    EXPECT_STREQ(cursor.open(directory.path("none"), stays).error().syscall, "open");
    EXPECT_EQ(cursor.stampOf("", stays).error().code, ErrorCode::kInvalidPath);
    EXPECT_EQ(cursor.open("", stays).error().code, ErrorCode::kInvalidPath);
  }
  EXPECT_EQ(FolderCursor::from(directory.path("none")).error().sysErrno, ENOENT);
  EXPECT_EQ(FolderCursor::from(file).error().sysErrno, ENOTDIR);
  EXPECT_EQ(FolderCursor::from(std::string_view("a\0b", 3)).error().code, ErrorCode::kInvalidPath);
}

}  // namespace
}  // namespace millrace
