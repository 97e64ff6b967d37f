// Invariant: a trusted time is one that every later change of the content would move: the file
// system's clock had ticked at least once between the last change and the end of the reading.
#include "operations/detect_changes_reading.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "operations/chunk_buffer.h"
#include "operations/detect_changes_manifest.h"

namespace millrace {
namespace {

constexpr int kAttempts = 4;

// A file system that keeps fractions of a millisecond stamps with the kernel's tick, 1 to 10 ms;
// 50 allow for Windows' 15.6 and for network file systems. Others keep seconds, FAT two of them.
constexpr int64_t kFineClockNs = 50'000'000;
constexpr int64_t kCoarseClockNs = 2'000'000'000;
constexpr int64_t kMillisecondNs = 1'000'000;

int64_t wallClockNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Digests from where the file stands to its end, or to `limit` if that is known.
Result<Digest> digestOf(File& file, const FileStamp& stamp, HashAlgorithm algorithm,
                        const ItemContext& context) {
  Result<MutableByteView> buffer = chunkBuffer();
  if (!buffer) return std::move(buffer).error();
  std::optional<Hasher> hasher;
  // The expected size is not read beyond: more content would show in the stamp taken afterwards.
  // Files in /proc say that they are empty, and others have no size; those are read to their end.
  const bool sized = stamp.regular && stamp.size > 0;
  for (uint64_t left = sized ? stamp.size : UINT64_MAX;;) {
    const size_t wanted = std::min<uint64_t>(left, buffer.value().size());
    Result<size_t> count = file.read(buffer.value().first(wanted));
    if (!count) return std::move(count).error();
    const ByteView chunk = buffer.value().first(count.value());
    left -= chunk.size();
    const bool isLast = chunk.size() < wanted || left == 0;
    if (isLast && !hasher) return hashOf(algorithm, chunk);
    if (!hasher) hasher.emplace(algorithm);
    hasher->update(chunk);
    if (isLast) return hasher->finish();
    Result<void> go = context.check();
    if (!go) return std::move(go).error();
  }
}

}  // namespace

bool isRacy(int64_t modifyTimeNs, int64_t nowNs) {
  const bool coarse = modifyTimeNs % kMillisecondNs == 0;
  return modifyTimeNs >= nowNs - (coarse ? kCoarseClockNs : kFineClockNs);
}

Result<FileReading> readForChanges(FolderCursor& cursor, std::string_view path, bool stays,
                                   HashAlgorithm algorithm, const ItemContext& context) {
  FileReading reading;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    // Opened anew, because the path may have been given to another file.
    Result<File> file = cursor.open(path, stays);
    if (!file) return std::move(file).error();
    Result<FileStamp> before = cursor.stampOf(file.value(), path);
    if (!before) return std::move(before).error();
    Result<Digest> digest = digestOf(file.value(), before.value(), algorithm, context);
    if (!digest) return std::move(digest).error();
    Result<FileStamp> after = cursor.stampOf(file.value(), path);
    if (!after) return std::move(after).error();
    reading.digest = digest.value();
    reading.size = after.value().size;
    reading.modifyTimeNs = after.value().modifyTimeNs;
    reading.settled = before.value() == after.value();
    if (reading.settled) break;
  }
  if (!reading.settled || isRacy(reading.modifyTimeNs, wallClockNs())) {
    reading.modifyTimeNs = kUntrustedTimeNs;
  }
  return reading;
}

}  // namespace millrace
