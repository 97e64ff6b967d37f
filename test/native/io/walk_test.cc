#include "io/walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "../temporary_directory.h"
#include "../thread_sink.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TemporaryDirectory;
using testing::ThreadSink;
using ::testing::UnorderedElementsAre;

const Checkpoint kGoOn = [] { return Result<void>(); };

std::vector<std::string> split(const std::string& joined, size_t count) {
  std::vector<std::string> parts;
  if (count == 0) {
    EXPECT_EQ(joined, "");
    return parts;
  }
  size_t begin = 0;
  for (size_t end; (end = joined.find('\0', begin)) != std::string::npos; begin = end + 1) {
    parts.push_back(joined.substr(begin, end - begin));
  }
  parts.push_back(joined.substr(begin));
  EXPECT_EQ(parts.size(), count);
  return parts;
}

Result<WalkResult> walk(const std::string& root, const WalkOptions& options,
                        const Checkpoint& checkpoint = kGoOn) {
  ThreadSink helpers(3);
  Result<Walk> compiled = Walk::compile(options);
  if (!compiled) return std::move(compiled).error();
  return compiled.value().run(root, helpers, checkpoint);
}

/// The paths found, in order for a sorted walk and sorted otherwise.
std::vector<std::string> paths(const TemporaryDirectory& directory, const WalkOptions& options) {
  Result<WalkResult> result = walk(directory.path(), options);
  EXPECT_TRUE(result);
  if (!result) return {};
  EXPECT_THAT(result.value().errors, IsEmpty());
  std::vector<std::string> found = split(result.value().paths, result.value().count);
  if (!options.sorted) std::sort(found.begin(), found.end());
  return found;
}

WalkOptions everything() {
  WalkOptions options;
  options.dot = true;
  options.select = WalkSelection::kAll;
  options.threads = 4;
  return options;
}

TEST(Walk, FindsFilesBelowTheRoot) {
  const TemporaryDirectory directory;
  directory.write("a.txt");
  directory.write("b/c.txt");
  directory.write("b/d/e.txt");
  directory.makeDirectory("empty");
  EXPECT_THAT(paths(directory, {}), ElementsAre("a.txt", "b/c.txt", "b/d/e.txt"));
}

TEST(Walk, AnEmptyRootGivesNothing) {
  const TemporaryDirectory directory;
  EXPECT_THAT(paths(directory, {}), IsEmpty());
  EXPECT_EQ(walk(directory.path(), {}).value().directories, 1u);
}

TEST(Walk, SelectsFilesDirectoriesOrAll) {
  const TemporaryDirectory directory;
  directory.write("a/file");
  ASSERT_EQ(mkfifo(directory.path("fifo").c_str(), 0600), 0);
  WalkOptions options;
  EXPECT_THAT(paths(directory, options), ElementsAre("a/file"));
  options.select = WalkSelection::kDirectories;
  EXPECT_THAT(paths(directory, options), ElementsAre("a"));
  options.select = WalkSelection::kAll;
  EXPECT_THAT(paths(directory, options), ElementsAre("a", "a/file", "fifo"));
}

TEST(Walk, TellsTypesAndSizesInTheOrderOfThePaths) {
  const TemporaryDirectory directory;
  directory.write("dir/five", "12345");
  directory.write("empty", "");
  std::filesystem::create_symlink("empty", directory.path("link"));
  WalkOptions options = everything();
  options.sorted = true;
  options.sizes = true;
  options.symlinks = SymlinkPolicy::kList;
  const WalkResult result = std::move(walk(directory.path(), options)).value();
  EXPECT_THAT(split(result.paths, result.count), ElementsAre("dir", "dir/five", "empty", "link"));
  EXPECT_THAT(result.types, ElementsAre(FileType::kDirectory, FileType::kFile, FileType::kFile,
                                        FileType::kSymlink));
  ASSERT_EQ(result.sizes.size(), 4u);
  EXPECT_EQ(result.sizes[1], 5);
  EXPECT_EQ(result.sizes[2], 0);
  EXPECT_EQ(result.sizes[3], 5);  // of the link itself
}

TEST(Walk, SortsByTheBytesOfTheWholePath) {
  const TemporaryDirectory directory;
  std::vector<std::string> names = {"a-b",   "a/c",  "a/-",  "a.txt",      "a0",  "Z/z",
                                    "a/b/c", "a!/x", "ab/c", "\xc3\xa4/x", "a/b-"};
  for (const std::string& name : names) directory.write(name);
  WalkOptions options = everything();
  options.sorted = true;
  std::set<std::string> expected(names.begin(), names.end());
  for (const char* folder : {"a", "Z", "a/b", "a!", "ab", "\xc3\xa4"}) expected.insert(folder);
  const std::vector<std::string> found = paths(directory, options);
  EXPECT_EQ(found, std::vector<std::string>(expected.begin(), expected.end()));
}

TEST(Walk, WildcardsPassDottedNamesByUnlessAskedOrNamed) {
  const TemporaryDirectory directory;
  directory.write(".hidden/file");
  directory.write(".rc");
  directory.write("shown");
  WalkOptions options;
  EXPECT_THAT(paths(directory, options), ElementsAre(".hidden/file", ".rc", "shown"));
  options.patterns = {"!.rc"};
  EXPECT_THAT(paths(directory, options), ElementsAre(".hidden/file", "shown"));
  options.patterns = {"**"};
  EXPECT_THAT(paths(directory, options), ElementsAre("shown"));
  options.dot = true;
  EXPECT_THAT(paths(directory, options), ElementsAre(".hidden/file", ".rc", "shown"));
  options.dot = false;
  options.patterns = {".hidden/**"};
  EXPECT_THAT(paths(directory, options), ElementsAre(".hidden/file"));
}

TEST(Walk, PatternsSelectAndPrune) {
  const TemporaryDirectory directory;
  directory.write("src/a.ts");
  directory.write("src/deep/b.tsx");
  directory.write("src/deep/c.js");
  directory.write("test/d.ts");
  WalkOptions options;
  options.patterns = {"src/**/*.{ts,tsx}"};
  EXPECT_THAT(paths(directory, options), ElementsAre("src/a.ts", "src/deep/b.tsx"));
  // The root, src and src/deep, but not test.
  EXPECT_EQ(walk(directory.path(), options).value().directories, 3u);
  options.patterns = {"**/*.ts", "!test/**"};
  EXPECT_THAT(paths(directory, options), ElementsAre("src/a.ts"));
  EXPECT_EQ(walk(directory.path(), options).value().directories, 3u);
  options.patterns = {"*/*.ts"};
  EXPECT_EQ(walk(directory.path(), options).value().directories, 3u);  // not src/deep
}

TEST(Walk, AnIgnoredDirectoryIsNotEntered) {
  const TemporaryDirectory directory;
  directory.write("a/node_modules/x/y.js");
  directory.write("a/y.js");
  WalkOptions options;
  for (const char* ignore : {"**/node_modules", "**/node_modules/**", "a/node_modules/"}) {
    options.ignore = {ignore};
    EXPECT_THAT(paths(directory, options), ElementsAre("a/y.js")) << ignore;
    EXPECT_EQ(walk(directory.path(), options).value().directories, 2u) << ignore;
  }
  options.ignore = {"**/*.js", "!a/y.js"};
  EXPECT_THAT(paths(directory, options), ElementsAre("a/y.js"));
}

TEST(Walk, StopsAtMaxDepth) {
  const TemporaryDirectory directory;
  directory.write("1");
  directory.write("a/2");
  directory.write("a/b/3");
  WalkOptions options;
  options.maxDepth = 1;
  EXPECT_THAT(paths(directory, options), ElementsAre("1"));
  EXPECT_EQ(walk(directory.path(), options).value().directories, 1u);
  options.maxDepth = 2;
  EXPECT_THAT(paths(directory, options), ElementsAre("1", "a/2"));
}

TEST(Walk, RefusesOptionsThatMakeNoSense) {
  WalkOptions options;
  options.maxDepth = 0;
  EXPECT_EQ(Walk::compile(options).error().code, ErrorCode::kInvalidArgument);
  options = {};
  options.threads = 0;
  EXPECT_EQ(Walk::compile(options).error().code, ErrorCode::kInvalidArgument);
  options = {};
  options.patterns = {""};
  EXPECT_EQ(Walk::compile(options).error().code, ErrorCode::kInvalidArgument);
  options = {};
  options.ignore = {""};
  EXPECT_EQ(Walk::compile(options).error().code, ErrorCode::kInvalidArgument);
}

TEST(Walk, AbsolutePathsBeginWithTheRoot) {
  const TemporaryDirectory directory;
  directory.write("a/file");
  WalkOptions options;
  options.paths = PathForm::kAbsolute;
  EXPECT_THAT(paths(directory, options), ElementsAre(directory.path("a/file")));
  const WalkResult result = std::move(walk(directory.path() + "/a/../a//", options)).value();
  EXPECT_EQ(result.paths, directory.path("a/file"));
}

TEST(Walk, RootedPathsBeginWithTheRootAsGiven) {
  const TemporaryDirectory directory;
  directory.write("a/file");
  WalkOptions options;
  options.paths = PathForm::kRooted;
  EXPECT_EQ(std::move(walk(directory.path("a"), options)).value().paths, directory.path("a/file"));
  EXPECT_EQ(std::move(walk(directory.path("a/"), options)).value().paths, directory.path("a/file"));
}

TEST(Walk, SymlinksAreSkippedListedOrFollowed) {
  const TemporaryDirectory directory;
  directory.write("real/file");
  std::filesystem::create_directory_symlink("real", directory.path("dirlink"));
  std::filesystem::create_symlink("real/file", directory.path("filelink"));
  WalkOptions options;
  EXPECT_THAT(paths(directory, options), ElementsAre("real/file"));
  options.symlinks = SymlinkPolicy::kList;
  EXPECT_THAT(paths(directory, options), ElementsAre("dirlink", "filelink", "real/file"));
  options.symlinks = SymlinkPolicy::kFollow;
  EXPECT_THAT(paths(directory, options), ElementsAre("dirlink/file", "filelink", "real/file"));
}

std::map<std::string, int> errnosOf(const WalkResult& result) {
  std::map<std::string, int> errnos;
  for (const WalkError& each : result.errors) errnos[each.path] = each.error.sysErrno;
  return errnos;
}

TEST(Walk, LoopsAndDanglingLinksAreErrorsOfTheirOwn) {
  const TemporaryDirectory directory;
  directory.write("a/b/file");
  std::filesystem::create_directory_symlink("../..", directory.path("a/b/up"));
  std::filesystem::create_directory_symlink(".", directory.path("a/self"));
  std::filesystem::create_symlink("nowhere", directory.path("dangling"));
  std::filesystem::create_symlink("ring", directory.path("ring"));
  WalkOptions options = everything();
  options.select = WalkSelection::kFiles;
  options.symlinks = SymlinkPolicy::kFollow;
  options.sorted = true;
  const WalkResult result = std::move(walk(directory.path(), options)).value();
  EXPECT_THAT(split(result.paths, result.count), ElementsAre("a/b/file"));
  const std::map<std::string, int> expected = {
      {"a/b/up", ELOOP}, {"a/self", ELOOP}, {"dangling", ENOENT}, {"ring", ELOOP}};
  EXPECT_EQ(errnosOf(result), expected);
}

TEST(Walk, ALinkToADirectoryBesideItIsNoLoop) {
  const TemporaryDirectory directory;
  directory.write("a/file");
  std::filesystem::create_directory(directory.path("b"));
  std::filesystem::create_directory_symlink("../a", directory.path("b/to-a"));
  WalkOptions options;
  options.symlinks = SymlinkPolicy::kFollow;
  EXPECT_THAT(paths(directory, options), ElementsAre("a/file", "b/to-a/file"));
}

TEST(Walk, TheRootMayBeALinkButMustBeADirectory) {
  const TemporaryDirectory directory;
  directory.write("real/file");
  std::filesystem::create_directory_symlink("real", directory.path("link"));
  EXPECT_EQ(walk(directory.path("link"), {}).value().paths, "file");
  const auto refused = [&](const std::string& root) { return walk(root, {}).error(); };
  EXPECT_EQ(refused(directory.path("missing")).sysErrno, ENOENT);
  EXPECT_STREQ(refused(directory.path("missing")).syscall, "scandir");
  EXPECT_EQ(refused(directory.path("real/file")).sysErrno, ENOTDIR);
  EXPECT_EQ(refused("").code, ErrorCode::kInvalidPath);
  EXPECT_EQ(refused(std::string("a\0b", 3)).code, ErrorCode::kInvalidPath);
}

TEST(Walk, ADirectoryThatVanishesIsAnErrorAndTheRestIsFound) {
  const TemporaryDirectory directory;
  directory.write("gone/file");
  directory.write("stays/file");
  WalkOptions options;
  options.sorted = true;
  size_t asked = 0;
  // With one thread, the second question comes right before the first directory below the root.
  const Result<WalkResult> result = walk(directory.path(), options, [&]() -> Result<void> {
    if (++asked == 2) std::filesystem::remove_all(directory.path("gone"));
    return {};
  });
  ASSERT_TRUE(result);
  EXPECT_EQ(result.value().paths, "stays/file");
  ASSERT_EQ(result.value().errors.size(), 1u);
  EXPECT_EQ(result.value().errors[0].path, "gone");
  EXPECT_EQ(result.value().errors[0].error.sysErrno, ENOENT);
  EXPECT_STREQ(result.value().errors[0].error.syscall, "scandir");
}

TEST(Walk, NamesThatAreNotUtf8ComeSeparately) {
  const TemporaryDirectory directory;
  directory.write("good");
  directory.write("bad\xff");
  directory.write("dir\xfe/inside");
  directory.makeDirectory("zz\xfd");
  WalkOptions options = everything();
  options.sorted = true;
  options.sizes = true;
  const WalkResult result = std::move(walk(directory.path(), options)).value();
  EXPECT_EQ(result.paths, "good");
  EXPECT_EQ(result.count, 1u);
  EXPECT_THAT(split(result.undecodable, result.undecodableCount),
              ElementsAre("bad\xff", "dir\xfe", "dir\xfe/inside", "zz\xfd"));
  EXPECT_THAT(result.types, ElementsAre(FileType::kFile, FileType::kFile, FileType::kDirectory,
                                        FileType::kFile, FileType::kDirectory));
  EXPECT_EQ(result.sizes.size(), 5u);
}

TEST(Walk, RespectsGitignoreFilesOnEveryLevel) {
  const TemporaryDirectory directory;
  directory.write(".git/config");
  directory.write(".gitignore", "*.log\n/build/\n");
  directory.write("a.log");
  directory.write("a.txt");
  directory.write("build/out");
  directory.write("sub/.gitignore", "!keep.log\nlocal\n");
  directory.write("sub/build/out");
  directory.write("sub/keep.log");
  directory.write("sub/other.log");
  directory.write("sub/local/file");
  WalkOptions options;
  options.dot = true;
  options.gitignore = true;
  EXPECT_THAT(paths(directory, options), ElementsAre(".gitignore", "a.txt", "sub/.gitignore",
                                                     "sub/build/out", "sub/keep.log"));
  EXPECT_EQ(walk(directory.path(), options).value().directories, 3u);
}

TEST(Walk, GitignoreFilesAboveTheRootCountUpToTheRepository) {
  const TemporaryDirectory directory;
  directory.write(".gitignore", "*.outside\n");
  directory.write("repo/.git/config");
  directory.write("repo/.gitignore", "/a/b/skip\n*.log\n");
  directory.write("repo/a/b/skip");
  directory.write("repo/a/b/file");
  directory.write("repo/a/b/x.log");
  directory.write("repo/a/b/x.outside");
  WalkOptions options;
  options.gitignore = true;
  const WalkResult result = std::move(walk(directory.path("repo/a/b"), options)).value();
  EXPECT_THAT(split(result.paths, result.count), UnorderedElementsAre("file", "x.outside"));
}

TEST(Walk, ACheckpointThatFailsEndsTheWalk) {
  const TemporaryDirectory directory;
  for (int i = 0; i < 50; ++i) directory.write(std::to_string(i) + "/file");
  WalkOptions options;
  options.threads = 4;
  std::atomic<size_t> asked{0};
  const Result<WalkResult> result = walk(directory.path(), options, [&]() -> Result<void> {
    return ++asked >= 5 ? Error::of(ErrorCode::kCancelled) : Result<void>();
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

TEST(Walk, APoolThatRefusesHelpersOnlyMeansLessHelp) {
  const TemporaryDirectory directory;
  for (int i = 0; i < 20; ++i) directory.write(std::to_string(i) + "/file");
  class Refusing final : public TaskSink {
    Result<void> submit(std::span<Task* const>, Priority) override {
      return Error::of(ErrorCode::kQueueFull);
    }
    size_t width() const override { return 8; }
  } refusing;
  WalkOptions options;
  options.threads = 4;
  const Result<Walk> compiled = Walk::compile(options);
  EXPECT_EQ(compiled.value().run(directory.path(), refusing, kGoOn).value().count, 20u);
}

TEST(Walk, HelpersThatStartAfterTheEndDoNothing) {
  const TemporaryDirectory directory;
  for (int i = 0; i < 20; ++i) directory.write(std::to_string(i) + "/file");
  class Deferring final : public TaskSink {
   public:
    Result<void> submit(std::span<Task* const> tasks, Priority) override {
      tasks_.insert(tasks_.end(), tasks.begin(), tasks.end());
      return {};
    }
    size_t width() const override { return 8; }
    std::vector<Task*> tasks_;
  } deferring;
  {
    WalkOptions options;
    options.threads = 4;
    const Result<Walk> compiled = Walk::compile(options);
    EXPECT_EQ(compiled.value().run(directory.path(), deferring, kGoOn).value().count, 20u);
  }
  EXPECT_FALSE(deferring.tasks_.empty());
  for (Task* task : deferring.tasks_) task->run();
}

TEST(Walk, DeepAndWideTreesKeepFewDescriptorsOpen) {
  const TemporaryDirectory directory;
  std::string deep(1, 'd');
  for (int i = 0; i < 300; ++i) deep.append("/d");
  directory.write(deep + "/bottom");
  for (int i = 0; i < 600; ++i) directory.write("wide/" + std::to_string(i) + "/file");
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 64;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  WalkOptions options;
  options.threads = 4;
  const Result<WalkResult> result = walk(directory.path(), options);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_TRUE(result);
  EXPECT_THAT(result.value().errors, IsEmpty());
  EXPECT_EQ(result.value().count, 601u);
}

TEST(Walk, FindsTheSameInEveryMannerOnARandomTree) {
  const TemporaryDirectory directory;
  std::mt19937 random(11);
  std::set<std::string> expected;
  for (int i = 0; i < 1500; ++i) {
    std::string path;
    for (size_t depth = random() % 5; depth > 0; --depth) {
      path.append(1, 'd').append(std::to_string(random() % 4)).append(1, '/');
    }
    path.append(1, 'f').append(std::to_string(i));
    directory.write(path);
    expected.insert(path);
  }
  for (const uint32_t threads : {1u, 2u, 4u}) {
    for (const bool sorted : {false, true}) {
      for (const SymlinkPolicy symlinks : {SymlinkPolicy::kSkip, SymlinkPolicy::kFollow}) {
        WalkOptions options;
        options.threads = threads;
        options.sorted = sorted;
        options.symlinks = symlinks;
        EXPECT_EQ(paths(directory, options),
                  std::vector<std::string>(expected.begin(), expected.end()));
      }
    }
  }
}

}  // namespace
}  // namespace millrace
