#include "io/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "../temporary_directory.h"

namespace millrace {
namespace {

using testing::TemporaryDirectory;

constexpr uint64_t kNoLimit = UINT64_MAX;
const Checkpoint kGoOn = [] { return Result<void>(); };

std::string contentOf(const Result<Bytes>& content) {
  return content ? std::string(textOf(content.value().view())) : "error";
}

void expectSystemError(const Error& error, int sysErrno, std::string_view syscall) {
  EXPECT_EQ(error.code, ErrorCode::kSystem);
  EXPECT_EQ(error.sysErrno, sysErrno);
  EXPECT_EQ(error.syscall, syscall);
}

void expectReadError(const std::string& path, int sysErrno, std::string_view syscall) {
  const Result<Bytes> content = readFile(path, kNoLimit, kGoOn);
  ASSERT_FALSE(content) << path;
  expectSystemError(content.error(), sysErrno, syscall);
}

TEST(ReadFile, ReturnsTheContentOfFilesOfEverySizeAroundTheBufferSteps) {
  const TemporaryDirectory directory;
  for (const size_t size : {0u, 1u, 4095u, 4096u, 65535u, 65536u, 65537u, 200'000u}) {
    std::string text(size, 'a');
    for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
    EXPECT_EQ(contentOf(readFile(directory.write("file", text), kNoLimit, kGoOn)), text) << size;
  }
}

TEST(ReadFile, ReadsFilesWhoseSizeTheSystemGivesAsZero) {
  const Result<Bytes> content = readFile("/proc/self/status", kNoLimit, kGoOn);
  EXPECT_NE(contentOf(content).find("Name:"), std::string::npos);
}

TEST(ReadFile, MissingFilesAndBadPathsAreErrorsOfOpen) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("file");
  expectReadError(directory.path("missing"), ENOENT, "open");
  expectReadError(file + "/below", ENOTDIR, "open");
  expectReadError(directory.path(std::string(300, 'n')), ENAMETOOLONG, "open");
  std::filesystem::create_symlink("loop", directory.path("loop"));
  expectReadError(directory.path("loop"), ELOOP, "open");
  EXPECT_EQ(readFile("", kNoLimit, kGoOn).error().code, ErrorCode::kInvalidPath);
  EXPECT_EQ(readFile(std::string("a\0b", 3), kNoLimit, kGoOn).error().code,
            ErrorCode::kInvalidPath);
}

TEST(ReadFile, ADirectoryIsAnErrorOfRead) {
  const TemporaryDirectory directory;
  expectReadError(directory.path(), EISDIR, "read");
}

TEST(ReadFile, AFifoNeitherBlocksNorLosesWhatIsInIt) {
  const TemporaryDirectory directory;
  const std::string fifo = directory.path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  expectReadError(fifo, ESPIPE, "read");

  const int both = open(fifo.c_str(), O_RDWR | O_NONBLOCK);
  ASSERT_EQ(write(both, "abc", 3), 3);
  expectReadError(fifo, ESPIPE, "read");
  char kept[4] = {};
  EXPECT_EQ(read(both, kept, sizeof kept), 3);
  close(both);
}

TEST(ReadFile, MoreThanTheLimitIsTooLarge) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("file", "12345");
  EXPECT_EQ(contentOf(readFile(file, 5, kGoOn)), "12345");
  EXPECT_EQ(readFile(file, 4, kGoOn).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(readFile("/proc/self/status", 10, kGoOn).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(contentOf(readFile(directory.write("empty", ""), 0, kGoOn)), "");
}

TEST(ReadFile, ACheckpointThatFailsEndsIt) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("file", std::string(20'000'000, 'x'));
  size_t asked = 0;
  const Result<Bytes> content = readFile(file, kNoLimit, [&asked]() -> Result<void> {
    return ++asked == 2 ? Error::of(ErrorCode::kCancelled) : Result<void>();
  });
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, ErrorCode::kCancelled);
}

TEST(ReadFile, NamesThatAreNotUtf8AreOrdinaryNames) {
  const TemporaryDirectory directory;
  EXPECT_EQ(contentOf(readFile(directory.write("\xff\xfe"), kNoLimit, kGoOn)), "x");
}

TEST(StreamFile, DeliversAllBytesInOrderInPiecesOfTheBuffer) {
  const TemporaryDirectory directory;
  std::byte buffer[64];
  for (const size_t size : {0u, 1u, 63u, 64u, 65u, 128u, 1000u}) {
    std::string text(size, ' ');
    for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 25);
    std::string received;
    const Result<uint64_t> total =
        streamFile(directory.write("file", text), buffer, [&](ByteView chunk) -> Result<void> {
          EXPECT_LE(chunk.size(), sizeof buffer);
          received += textOf(chunk);
          return {};
        });
    ASSERT_TRUE(total);
    EXPECT_EQ(total.value(), size);
    EXPECT_EQ(received, text);
  }
}

TEST(StreamFile, AFileThatGrowsOrShrinksWhileItIsReadEndsWhereItEndsThen) {
  const TemporaryDirectory directory;
  std::byte buffer[64];
  const std::string growing = directory.write("growing", std::string(64, 'a'));
  size_t calls = 0;
  Result<uint64_t> total = streamFile(growing, buffer, [&](ByteView) -> Result<void> {
    if (++calls == 1) std::ofstream(growing, std::ios::app) << "more";
    return {};
  });
  EXPECT_EQ(total.value(), 68u);

  const std::string shrinking = directory.write("shrinking", std::string(640, 'a'));
  total = streamFile(shrinking, buffer, [&](ByteView) -> Result<void> {
    std::filesystem::resize_file(shrinking, 10);
    return {};
  });
  EXPECT_EQ(total.value(), 64u);
}

TEST(StreamFile, AReceiverThatFailsEndsIt) {
  const TemporaryDirectory directory;
  std::byte buffer[4];
  size_t calls = 0;
  const Result<uint64_t> total =
      streamFile(directory.write("file", "123456789"), buffer, [&](ByteView) -> Result<void> {
        return ++calls == 2 ? Error::of(ErrorCode::kTimeout) : Result<void>();
      });
  ASSERT_FALSE(total);
  EXPECT_EQ(total.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(calls, 2u);
}

TEST(StatusOf, TellsWhatStatTells) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("file", "12345");
  struct stat expected;
  ASSERT_EQ(stat(file.c_str(), &expected), 0);
  const FileStatus status = statusOf(file, true).value();
  EXPECT_EQ(status.size, 5u);
  EXPECT_EQ(status.type, FileType::kFile);
  EXPECT_EQ(status.inode, expected.st_ino);
  EXPECT_EQ(status.device, expected.st_dev);
  EXPECT_EQ(status.mode, expected.st_mode);
  EXPECT_EQ(status.links, 1u);
  EXPECT_EQ(status.userId, expected.st_uid);
  EXPECT_EQ(status.groupId, expected.st_gid);
  const double modifyTimeMs = static_cast<double>(expected.st_mtim.tv_sec) * 1e3 +
                              static_cast<double>(expected.st_mtim.tv_nsec) / 1e6;
  EXPECT_DOUBLE_EQ(status.modifyTimeMs, modifyTimeMs);
  EXPECT_GT(status.birthTimeMs, 0);
}

TEST(StatusOf, FollowsSymlinksOrNotAsAsked) {
  const TemporaryDirectory directory;
  directory.write("file", "12345");
  std::filesystem::create_symlink("file", directory.path("link"));
  std::filesystem::create_symlink("nowhere", directory.path("dangling"));
  EXPECT_EQ(statusOf(directory.path("link"), true).value().type, FileType::kFile);
  EXPECT_EQ(statusOf(directory.path("link"), false).value().type, FileType::kSymlink);
  EXPECT_EQ(statusOf(directory.path("dangling"), false).value().type, FileType::kSymlink);
  expectSystemError(statusOf(directory.path("dangling"), true).error(), ENOENT, "stat");
  expectSystemError(statusOf(directory.path("missing"), false).error(), ENOENT, "lstat");
}

TEST(StatusOf, KnowsEveryTypeItMeets) {
  const TemporaryDirectory directory;
  EXPECT_EQ(statusOf(directory.path(), true).value().type, FileType::kDirectory);
  EXPECT_EQ(statusOf("/dev/null", true).value().type, FileType::kCharacterDevice);
  ASSERT_EQ(mkfifo(directory.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(statusOf(directory.path("fifo"), true).value().type, FileType::kFifo);
}

}  // namespace
}  // namespace millrace
