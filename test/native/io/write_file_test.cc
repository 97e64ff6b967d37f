#include "io/write_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "../temporary_directory.h"
#include "io/write_target.h"

namespace millrace {
namespace {

using testing::TemporaryDirectory;

const Checkpoint kGoOn = [] { return Result<void>(); };

std::string contentOf(const std::string& path) {
  const Result<Bytes> content = readFile(path, UINT64_MAX, kGoOn);
  return content ? std::string(textOf(content.value().view())) : "error";
}

Result<bool> write(const std::string& path, std::string_view content,
                   const WriteFileOptions& options = {}) {
  return writeFile(path, bytesOf(content), options, kGoOn);
}

uint32_t modeOf(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0xffff;
}

size_t entriesOf(const std::string& folder) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    (void)entry;
    ++count;
  }
  return count;
}

void expectSystemError(const Result<bool>& result, int sysErrno, std::string_view syscall) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kSystem);
  EXPECT_EQ(result.error().sysErrno, sysErrno);
  EXPECT_EQ(result.error().syscall, syscall);
}

TEST(WriteFile, WritesContentOfEverySizeAndSaysWhetherTheFileIsNew) {
  const TemporaryDirectory directory;
  for (const size_t size : {0u, 1u, 4096u, 1'048'575u, 1'048'576u, 1'048'577u, 3'000'000u}) {
    for (const Durability durability : {Durability::kNone, Durability::kFile, Durability::kFull}) {
      std::string text(size, 'a');
      for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
      WriteFileOptions options;
      options.durability = durability;
      const std::string path =
          directory.path(std::to_string(size) + "-" + std::to_string(static_cast<int>(durability)));
      const Result<bool> created = write(path, text, options);
      ASSERT_TRUE(created);
      EXPECT_TRUE(created.value());
      EXPECT_EQ(contentOf(path), text);
      const Result<bool> replaced = write(path, "short", options);
      ASSERT_TRUE(replaced);
      EXPECT_FALSE(replaced.value());
      EXPECT_EQ(contentOf(path), "short");
    }
  }
  EXPECT_EQ(entriesOf(directory.path()), 21u);
}

TEST(WriteFile, RelativePathsAndNamesThatAreNotUtf8) {
  const TemporaryDirectory directory;
  const std::string name = directory.path("\xff\xfe");
  ASSERT_TRUE(write(name, "bytes"));
  EXPECT_EQ(contentOf(name), "bytes");
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  EXPECT_TRUE(write("relative", "here"));
  EXPECT_TRUE(write("./also", "here"));
  std::filesystem::current_path(before);
  EXPECT_EQ(contentOf(directory.path("relative")), "here");
  EXPECT_EQ(contentOf(directory.path("also")), "here");
}

TEST(WriteFile, NewFilesGetTheModeLessUmaskAndOldOnesKeepTheirs) {
  const TemporaryDirectory directory;
  const mode_t before = umask(027);
  WriteFileOptions options;
  EXPECT_TRUE(write(directory.path("default"), "x"));
  options.mode = 0777;
  EXPECT_TRUE(write(directory.path("executable"), "x", options));
  umask(before);
  EXPECT_EQ(modeOf(directory.path("default")), 0640u);
  EXPECT_EQ(modeOf(directory.path("executable")), 0750u);
  for (const mode_t mode : {0600u, 0444u, 0666u, 0755u, 0000u}) {
    const std::string path = directory.write("kept", "old");
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    ASSERT_TRUE(write(path, "new", options));
    EXPECT_EQ(modeOf(path), mode);
  }
}

TEST(WriteFile, ReplacesWhatALinkPointsTo) {
  const TemporaryDirectory directory;
  directory.makeDirectory("other");
  const std::string target = directory.write("other/target", "old");
  std::filesystem::create_symlink("other/target", directory.path("second"));
  std::filesystem::create_symlink(directory.path("second"), directory.path("first"));
  ASSERT_TRUE(write(directory.path("first"), "new"));
  EXPECT_EQ(contentOf(target), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(directory.path("first")));
  EXPECT_TRUE(std::filesystem::is_symlink(directory.path("second")));

  std::filesystem::create_symlink("other/missing", directory.path("dangling"));
  const Result<bool> created = write(directory.path("dangling"), "made");
  ASSERT_TRUE(created);
  EXPECT_TRUE(created.value());
  EXPECT_EQ(contentOf(directory.path("other/missing")), "made");
  EXPECT_TRUE(std::filesystem::is_symlink(directory.path("dangling")));

  std::filesystem::create_symlink("loop", directory.path("loop"));
  expectSystemError(write(directory.path("loop"), "x"), ELOOP, "open");
}

TEST(WriteFile, WithoutOverwriteNothingIsReplaced) {
  const TemporaryDirectory directory;
  WriteFileOptions options;
  options.overwrite = false;
  ASSERT_TRUE(write(directory.path("new"), "first", options));
  expectSystemError(write(directory.path("new"), "second", options), EEXIST, "open");
  EXPECT_EQ(contentOf(directory.path("new")), "first");
  std::filesystem::create_symlink("nowhere", directory.path("dangling"));
  expectSystemError(write(directory.path("dangling"), "x", options), EEXIST, "open");
  EXPECT_EQ(entriesOf(directory.path()), 2u);
}

TEST(WriteFile, OfManyWritersWithoutOverwriteOneWins) {
  const TemporaryDirectory directory;
  WriteFileOptions options;
  options.overwrite = false;
  options.durability = Durability::kNone;
  for (int round = 0; round < 50; ++round) {
    const std::string path = directory.path("file" + std::to_string(round));
    std::vector<int> won(4);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back(
          [&, i] { won[i] = write(path, std::string(5000, 'a' + i), options).ok(); });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(won[0] + won[1] + won[2] + won[3], 1);
    for (int i = 0; i < 4; ++i) {
      if (!won[i]) continue;
      EXPECT_EQ(contentOf(path), std::string(5000, 'a' + i));
    }
  }
  EXPECT_EQ(entriesOf(directory.path()), 50u);
}

TEST(WriteFile, CreatesFoldersOnRequest) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("a/b//c/file");
  expectSystemError(write(path, "x"), ENOENT, "open");
  WriteFileOptions options;
  options.createDirectories = true;
  options.durability = Durability::kFull;
  ASSERT_TRUE(write(path, "deep", options));
  EXPECT_EQ(contentOf(path), "deep");
  ASSERT_TRUE(write(directory.path("a/b/d/file"), "beside", options));
  const std::string file = directory.write("file");
  expectSystemError(write(file + "/below", "x", options), ENOTDIR, "open");
  expectSystemError(write(file + "/below/deeper", "x", options), ENOTDIR, "open");
}

TEST(WriteFile, ManyThreadsMakeTheSameFolders) {
  const TemporaryDirectory directory;
  WriteFileOptions options;
  options.createDirectories = true;
  options.durability = Durability::kNone;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::thread> threads;
    std::atomic<int> failed{0};
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const std::string name = std::to_string(round) + "/x/y/z/" + std::to_string(i);
        if (!write(directory.path(name), "x", options)) ++failed;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(failed, 0);
  }
}

TEST(WriteFile, RefusesWhatIsNoRegularFile) {
  const TemporaryDirectory directory;
  expectSystemError(write(directory.path(), "x"), EISDIR, "open");
  expectSystemError(write(directory.path("new/"), "x"), EISDIR, "open");
  ASSERT_EQ(mkfifo(directory.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(write(directory.path("fifo"), "x").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(write("/dev/null", "x").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(write("", "x").error().code, ErrorCode::kInvalidPath);
  EXPECT_EQ(write(std::string("a\0b", 3), "x").error().code, ErrorCode::kInvalidPath);
  EXPECT_EQ(entriesOf(directory.path()), 1u);
}

TEST(WriteFile, AFailureLeavesTheOldContentAndNothingElse) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("file", "old");
  struct rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 1'500'000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Result<bool> tooLarge = write(path, std::string(4'000'000, 'x'));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, ignored);
  expectSystemError(tooLarge, EFBIG, "write");
  EXPECT_EQ(contentOf(path), "old");
  EXPECT_EQ(entriesOf(directory.path()), 1u);
}

TEST(WriteFile, CancelledBetweenPiecesItLeavesTheOldContent) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("file", "old");
  const std::string large(5 << 20, 'x');
  for (int allowed = 0; allowed < 6; ++allowed) {
    int asked = 0;
    const Result<bool> result = writeFile(path, bytesOf(large), {}, [&]() -> Result<void> {
      if (asked++ < allowed) return {};
      return Error::of(ErrorCode::kCancelled);
    });
    EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(contentOf(path), "old");
    EXPECT_EQ(entriesOf(directory.path()), 1u);
  }
}

TEST(WriteFile, ReadersSeeOneWholeContentWhileWritersAreKilled) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("file", std::string(300'000, 'a'));
  size_t killed = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      WriteFileOptions options;
      options.durability = Durability::kNone;
      for (int i = 0;; ++i) {
        const std::string text(300'000 + 1000 * (i % 7), static_cast<char>('a' + i % 26));
        if (!writeFile(path, bytesOf(text), options, kGoOn)) _exit(1);
      }
    }
    for (int i = 0; i < 5 + round; ++i) {
      const std::string seen = contentOf(path);
      ASSERT_GE(seen.size(), 300'000u);
      ASSERT_EQ((seen.size() - 300'000) % 1000, 0u);
      ASSERT_EQ(seen.find_first_not_of(seen[0]), std::string::npos);
    }
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    killed += WIFSIGNALED(status) ? 1 : 0;
  }
  EXPECT_EQ(killed, 40u);
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    const std::string name = entry.path().filename();
    if (name == "file") continue;
    EXPECT_TRUE(name.starts_with(".millrace-") && name.ends_with(".tmp") && name.size() == 30)
        << name;
  }
}

TEST(FolderOf, IsThePathWithoutItsLastName) {
  EXPECT_EQ(folderOf("a"), ".");
  EXPECT_EQ(folderOf("a/b"), "a");
  EXPECT_EQ(folderOf("a//b/"), "a");
  EXPECT_EQ(folderOf("/a"), "/");
  EXPECT_EQ(folderOf("//"), "/");
  EXPECT_EQ(folderOf("/"), "/");
  EXPECT_EQ(folderOf("./a"), ".");
}

}  // namespace
}  // namespace millrace
