#include "operations/detect_changes_operation.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "../temporary_directory.h"
#include "operations/detect_changes_reading.h"
#include "operations/item_storage.h"

namespace millrace {
namespace {

using testing::TemporaryDirectory;

constexpr HashAlgorithm kAlgorithm = HashAlgorithm::kXxh3_128;
constexpr size_t kWidth = 16;
constexpr int64_t kLongAgoSeconds = 1'600'000'000;

/// What a run tells of one path.
struct Row {
  FileChange change;
  int32_t row;
  double size;
  int64_t time;
  std::string digest;
};

struct Outcome {
  std::vector<Row> rows;
  std::string errors;
  double filesRead = 0;
};

std::shared_ptr<const DetectChangesManifest> emptyManifest() {
  return DetectChangesManifest::from({}, kWidth).value();
}

std::string joined(const std::vector<std::string>& paths) {
  std::string text;
  for (size_t i = 0; i < paths.size(); ++i) text.append(i == 0 ? 0 : 1, '\0').append(paths[i]);
  return text;
}

Outcome detect(const std::vector<std::string>& paths,
               std::shared_ptr<const DetectChangesManifest> previous, bool readAll = false,
               const std::string& base = {}, uint32_t start = 0) {
  const DetectChangesOperation operation({kAlgorithm, readAll, base, std::move(previous)});
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const Cancellation cancellation;
  std::string input = std::to_string(start);
  for (const std::string& path : paths) input.append(1, '\0').append(path);
  const Result<void> done = operation.run({cancellation, 0}, bytesOf(input), output);
  Outcome outcome;
  EXPECT_TRUE(done) << done.error().message;
  if (!done) return outcome;
  outcome.errors = storage.texts[0];
  outcome.filesRead = storage.numbers[1];
  const size_t n = paths.size();
  EXPECT_EQ(storage.numbers[0], n);
  const auto* block = reinterpret_cast<const char*>(storage.blocks[0].data());
  EXPECT_EQ(storage.blocks[0].size(), n * (8 + 8 + 4 + kWidth + 1));
  for (size_t i = 0; i < n; ++i) {
    Row row;
    std::memcpy(&row.time, block + 8 * i, 8);
    std::memcpy(&row.size, block + 8 * n + 8 * i, 8);
    std::memcpy(&row.row, block + 16 * n + 4 * i, 4);
    row.digest.assign(block + 20 * n + kWidth * i, kWidth);
    row.change = static_cast<FileChange>(block[(20 + kWidth) * n + i]);
    outcome.rows.push_back(row);
  }
  return outcome;
}

std::shared_ptr<const DetectChangesManifest> manifestOf(const std::vector<std::string>& paths,
                                                        const Outcome& outcome) {
  ManifestColumns columns;
  columns.paths = joined(paths);
  for (const Row& row : outcome.rows) {
    columns.sizes.push_back(row.size);
    columns.modifyTimesNs.push_back(row.time);
    for (const char each : row.digest) columns.digests.push_back(static_cast<std::byte>(each));
  }
  return DetectChangesManifest::from(std::move(columns), kWidth).value();
}

std::vector<FileChange> changesOf(const Outcome& outcome) {
  std::vector<FileChange> changes;
  for (const Row& row : outcome.rows) changes.push_back(row.change);
  return changes;
}

/// Moves the time of the last change out of the present.
void age(const std::string& path, int64_t seconds = kLongAgoSeconds, long nanoseconds = 123'456) {
  const timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
  ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

std::string digestText(std::string_view content) {
  const Digest digest = hashOf(kAlgorithm, bytesOf(content));
  return std::string(textOf(digest.view()));
}

TEST(DetectChanges, AFirstLookAddsAndASecondReadsNothing) {
  const TemporaryDirectory directory;
  std::vector<std::string> paths;
  for (int i = 0; i < 300; ++i) {
    paths.push_back(directory.write("f" + std::to_string(i / 50) + "/" + std::to_string(i),
                                    std::string(static_cast<size_t>(i * 3000), 'x')));
    age(paths.back());
  }
  const Outcome first = detect(paths, emptyManifest());
  ASSERT_EQ(first.rows.size(), paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    EXPECT_EQ(first.rows[i].change, FileChange::kAdded);
    EXPECT_EQ(first.rows[i].row, -1);
    EXPECT_EQ(first.rows[i].size, 3000.0 * static_cast<double>(i));
    EXPECT_EQ(first.rows[i].time, kLongAgoSeconds * 1'000'000'000 + 123'456);
    EXPECT_EQ(first.rows[i].digest, digestText(std::string(i * 3000, 'x')));
  }
  EXPECT_EQ(first.filesRead, 300);
  const Outcome second = detect(paths, manifestOf(paths, first));
  EXPECT_EQ(changesOf(second), std::vector(paths.size(), FileChange::kUnchanged));
  EXPECT_EQ(second.filesRead, 0);
  EXPECT_EQ(second.errors, "");
  EXPECT_EQ(second.rows[7].digest, first.rows[7].digest);
}

TEST(DetectChanges, ReadsOnlyWhereSizeOrTimeDiffer) {
  const TemporaryDirectory directory;
  const std::vector<std::string> paths = {
      directory.write("same", "aaaa"), directory.write("touched", "bbbb"),
      directory.write("edited", "cccc"), directory.write("longer", "dddd"),
      directory.write("hidden", "eeee")};
  for (const std::string& path : paths) age(path);
  const auto manifest = manifestOf(paths, detect(paths, emptyManifest()));
  age(paths[1], kLongAgoSeconds + 1);
  directory.write("edited", "CCCC");
  directory.write("longer", "ddddd");
  age(paths[3]);
  directory.write("hidden", "EEEE");
  age(paths[4]);  // neither size nor time tell
  using enum FileChange;
  const Outcome outcome = detect(paths, manifest);
  EXPECT_EQ(changesOf(outcome),
            (std::vector{kUnchanged, kUnchanged, kChanged, kChanged, kUnchanged}));
  EXPECT_EQ(outcome.filesRead, 3);
  const Outcome all = detect(paths, manifest, true);
  EXPECT_EQ(changesOf(all), (std::vector{kUnchanged, kUnchanged, kChanged, kChanged, kChanged}));
  EXPECT_EQ(all.filesRead, 5);
}

TEST(DetectChanges, FindsRowsInAnyOrder) {
  const TemporaryDirectory directory;
  std::vector<std::string> paths;
  for (int i = 0; i < 100; ++i) {
    paths.push_back(directory.write(std::to_string(i)));
    age(paths.back());
  }
  const auto manifest = manifestOf(paths, detect(paths, emptyManifest()));
  std::vector<std::string> backwards(paths.rbegin(), paths.rend());
  backwards.insert(backwards.begin() + 50, directory.write("new"));
  const Outcome outcome = detect(backwards, manifest, false, {}, 1'000'000);
  ASSERT_EQ(outcome.rows.size(), 101u);
  EXPECT_EQ(outcome.filesRead, 1);
  EXPECT_EQ(outcome.rows[0].row, 99);
  EXPECT_EQ(outcome.rows[50].row, -1);
  EXPECT_EQ(outcome.rows[50].change, FileChange::kAdded);
  EXPECT_EQ(outcome.rows[100].row, 0);
  EXPECT_EQ(outcome.rows[100].change, FileChange::kUnchanged);
}

TEST(DetectChanges, MissingFilesAreRemovedIfTheyWereKnownAndFailuresElse) {
  const TemporaryDirectory directory;
  const std::vector<std::string> paths = {directory.write("known"),
                                          directory.write("folder/below")};
  const auto manifest = manifestOf(paths, detect(paths, emptyManifest()));
  std::filesystem::remove(paths[0]);
  std::filesystem::remove_all(directory.path("folder"));
  directory.write("folder", "now a file");
  const Outcome outcome =
      detect({paths[0], paths[1], directory.path("never"), directory.path(), ""}, manifest);
  using enum FileChange;
  EXPECT_EQ(changesOf(outcome), (std::vector{kRemoved, kRemoved, kFailed, kFailed, kFailed}));
  EXPECT_EQ(outcome.errors,
            "[[2,\"ERR_SYSTEM\",2,\"open\",\"\"],[3,\"ERR_SYSTEM\",21,\"read\",\"\"],"
            "[4,\"ERR_INVALID_PATH\",0,\"\",\"the path is empty\"]]");
}

TEST(DetectChanges, RelativePathsStartAtTheBase) {
  const TemporaryDirectory directory;
  directory.write("a/x", "1");
  directory.write("a/y", "2");
  directory.write("z", "3");
  const std::vector<std::string> paths = {"a/x", "./a/y", "z", "a/../z", directory.path("z")};
  const Outcome outcome = detect(paths, emptyManifest(), false, directory.path());
  EXPECT_EQ(changesOf(outcome), std::vector(5, FileChange::kAdded));
  EXPECT_EQ(outcome.rows[3].digest, digestText("3"));

  const DetectChangesOperation operation(
      {kAlgorithm, false, directory.path("none"), emptyManifest()});
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const Cancellation cancellation;
  const Result<void> missing =
      operation.run({cancellation, 0}, bytesOf(std::string_view("0\0z", 3)), output);
  EXPECT_EQ(missing.error().sysErrno, ENOENT);
}

TEST(DetectChanges, AFileOfThePresentIsReadOnceMoreTheNextTime) {
  const TemporaryDirectory directory;
  const std::vector<std::string> paths = {directory.write("fresh", "1234")};
  const Outcome first = detect(paths, emptyManifest());
  EXPECT_EQ(first.rows[0].time, kUntrustedTimeNs);
  // Within the same tick, and of the same size: its stamp need not differ.
  directory.write("fresh", "5678");
  EXPECT_EQ(detect(paths, manifestOf(paths, first)).rows[0].change, FileChange::kChanged);
}

TEST(DetectChanges, ATimeIsTrustedOnceTheClockHasTicked) {
  constexpr int64_t kNow = 1'700'000'000'000'000'000;
  EXPECT_TRUE(isRacy(kNow, kNow));
  EXPECT_TRUE(isRacy(kNow + 5'000'000'123, kNow));  // in the future
  EXPECT_TRUE(isRacy(kNow - 40'000'123, kNow));
  EXPECT_FALSE(isRacy(kNow - 60'000'123, kNow));
  EXPECT_TRUE(isRacy(kNow - 2'000'000'000, kNow));  // whole seconds: perhaps FAT
  EXPECT_FALSE(isRacy(kNow - 3'000'000'000, kNow));
}

TEST(DetectChanges, AFileThatIsWrittenToAllTheTimeIsReportedAndReadAgain) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("busy", std::string(20 << 20, 'x'));
  std::atomic<bool> stop{false};
  std::atomic<int> writes{0};
  std::thread writer([&] {
    const int descriptor = open(path.c_str(), O_WRONLY);
    for (int i = 0; !stop; ++i) {
      const timespec times[2] = {{kLongAgoSeconds, i}, {kLongAgoSeconds, i}};
      EXPECT_EQ(pwrite(descriptor, "y", 1, i % 1000), 1);
      EXPECT_EQ(futimens(descriptor, times), 0);
      ++writes;
    }
    close(descriptor);
  });
  while (writes == 0) std::this_thread::yield();
  // The writer has to get its turn during each of the attempts: not every time on a busy machine.
  Outcome busy = detect({path}, emptyManifest());
  while (busy.errors.empty()) busy = detect({path}, emptyManifest());
  EXPECT_EQ(busy.rows[0].change, FileChange::kAdded);
  EXPECT_EQ(busy.rows[0].time, kUntrustedTimeNs);
  EXPECT_EQ(busy.errors, "[[0,\"ERR_FILE_CHANGED\",0,\"\",\"\"]]");
  Outcome known = detect({path}, manifestOf({path}, busy));
  while (known.errors.empty()) known = detect({path}, manifestOf({path}, busy));
  EXPECT_EQ(known.rows[0].change, FileChange::kChanged);
  stop = true;
  writer.join();
  const Outcome calm = detect({path}, manifestOf({path}, busy));
  EXPECT_EQ(calm.errors, "");
  EXPECT_NE(calm.rows[0].time, kUntrustedTimeNs);
}

TEST(DetectChanges, FilesWithoutASizeAreReadToTheirEnd) {
  const Outcome outcome = detect({"/proc/self/status", "/proc/version"}, emptyManifest());
  EXPECT_EQ(changesOf(outcome), std::vector(2, FileChange::kAdded));
  const Result<Bytes> version =
      readFile("/proc/version", UINT64_MAX, [] { return Result<void>(); });
  EXPECT_EQ(outcome.rows[1].digest, digestText(textOf(version.value().view())));
}

TEST(DetectChanges, StopsWhenCancelledOrLate) {
  const DetectChangesOperation operation({kAlgorithm, false, {}, emptyManifest()});
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  Cancellation cancellation;
  const std::string_view endless("0\0/dev/zero", 11);
  EXPECT_EQ(operation.run({cancellation, monotonicNs() + 1'000'000}, bytesOf(endless), output)
                .error()
                .code,
            ErrorCode::kTimeout);
  cancellation.cancel();
  EXPECT_EQ(operation.run({cancellation, 0}, bytesOf(endless), output).error().code,
            ErrorCode::kCancelled);
}

TEST(DetectChanges, RefusesASliceWithoutItsPosition) {
  const DetectChangesOperation operation({kAlgorithm, false, {}, emptyManifest()});
  ItemStorage storage(operation.shape());
  ItemOutput output = storage.output();
  const Cancellation cancellation;
  for (const std::string_view bad :
       {std::string_view(""), std::string_view("x\0a", 3), std::string_view("1x\0a", 4),
        std::string_view("-1\0a", 4), std::string_view("99999999999\0a", 13)}) {
    EXPECT_EQ(operation.run({cancellation, 0}, bytesOf(bad), output).error().code,
              ErrorCode::kInvalidArgument);
  }
}

TEST(DetectChangesManifest, ColumnsMustBeOfOneLength) {
  ManifestColumns columns{joined({"a", "b"}), {1, 2}, {1, 2}, std::vector<std::byte>(2 * kWidth)};
  EXPECT_TRUE(DetectChangesManifest::from(columns, kWidth));
  for (int wrong = 0; wrong < 4; ++wrong) {
    ManifestColumns bad = columns;
    if (wrong == 0) bad.paths = "a";
    if (wrong == 1) bad.sizes.pop_back();
    if (wrong == 2) bad.modifyTimesNs.push_back(3);
    if (wrong == 3) bad.digests.pop_back();
    EXPECT_EQ(DetectChangesManifest::from(bad, kWidth).error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(DetectChangesManifest, FindsEveryPathAndNoOther) {
  std::vector<std::string> paths = {""};
  for (int i = 0; i < 5000; ++i) paths.push_back("path/" + std::to_string(i * 7919));
  const size_t n = paths.size();
  const auto manifest =
      DetectChangesManifest::from({joined(paths), std::vector<double>(n), std::vector<int64_t>(n),
                                   std::vector<std::byte>(n * kWidth)},
                                  kWidth)
          .value();
  for (uint32_t i = 0; i < n; ++i) {
    ASSERT_EQ(manifest->find(paths[i], 0), i);
    ASSERT_EQ(manifest->find(paths[i], i), i);
    ASSERT_EQ(manifest->find(paths[i] + "x", i), DetectChangesManifest::kNone);
  }
  EXPECT_EQ(emptyManifest()->find("", 0), DetectChangesManifest::kNone);
}

}  // namespace
}  // namespace millrace
