// Invariants: every row of the slice gets a state; a row that failed keeps what the manifest knew
// of it, so that a passing failure is not taken for a removal.
#include "operations/detect_changes_operation.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "base/error_code.h"
#include "base/json_string.h"
#include "io/folder_cursor.h"
#include "io/utf8.h"
#include "operations/detect_changes_reading.h"

namespace millrace {
namespace {

constexpr size_t kLookAhead = 3;       // paths of the same folder that make opening it pay
constexpr size_t kCheckInterval = 64;  // paths between two looks at the deadline

/// The paths of a slice. `text` owns them, so a slice does not move; each is followed by a NUL.
class Slice {
 public:
  explicit Slice(ByteView input) : text_(textOf(input)) {}
  Slice(const Slice&) = delete;
  Slice& operator=(const Slice&) = delete;

  Result<void> parse() {
    const std::string_view text = text_;
    const size_t digits = std::min(text.find('\0'), text.size());
    const auto parsed = std::from_chars(text.data(), text.data() + digits, start);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + digits) {
      return Error::of(ErrorCode::kInvalidArgument, "a slice begins with its position");
    }
    for (size_t at = digits; at < text.size();) {
      const size_t end = std::min(text.find('\0', at + 1), text.size());
      paths.push_back(text.substr(at + 1, end - at - 1));
      at = end;
    }
    return {};
  }

  uint32_t start = 0;
  std::vector<std::string_view> paths;

 private:
  const std::string text_;
};

bool sameFolder(std::string_view a, std::string_view b) {
  const size_t slash = a.rfind('/');
  return slash != std::string_view::npos && slash == b.rfind('/') &&
         a.substr(0, slash) == b.substr(0, slash);
}

/// The columns of a block, as the header of this file's class lays them out.
struct Columns {
  Columns(std::byte* block, size_t count, size_t digestBytes)
      : times(reinterpret_cast<int64_t*>(block)),
        sizes(reinterpret_cast<double*>(times + count)),
        rows(reinterpret_cast<int32_t*>(sizes + count)),
        digests(reinterpret_cast<std::byte*>(rows + count)),
        changes(reinterpret_cast<FileChange*>(digests + count * digestBytes)),
        digestBytes(digestBytes) {}

  static size_t bytesFor(size_t count, size_t digestBytes) {
    return count * (sizeof(int64_t) + sizeof(double) + sizeof(int32_t) + digestBytes + 1);
  }

  void set(size_t i, FileChange change, double size, int64_t time, ByteView digest) {
    changes[i] = change;
    sizes[i] = size;
    times[i] = time;
    std::memcpy(digests + i * digestBytes, digest.data(), digestBytes);
  }

  int64_t* times;
  double* sizes;
  int32_t* rows;
  std::byte* digests;
  FileChange* changes;
  size_t digestBytes;
};

bool isMissing(const Error& error) {
  return error.code == ErrorCode::kSystem &&
         (error.sysErrno == ENOENT || error.sysErrno == ENOTDIR);
}

/// One run over one slice.
class Detection {
 public:
  Detection(const DetectChangesOptions& options, const ItemContext& context, const Slice& slice,
            FolderCursor cursor, Columns columns, ItemOutput& output)
      : options_(options),
        context_(context),
        slice_(slice),
        cursor_(std::move(cursor)),
        columns_(columns),
        output_(output) {}

  Result<void> run() {
    uint32_t expected = slice_.start;
    for (size_t i = 0; i < slice_.paths.size(); ++i) {
      if (i % kCheckInterval == 0) {
        Result<void> go = context_.check();
        if (!go) return go;
      }
      const uint32_t row = options_.previous->find(slice_.paths[i], expected);
      expected = row == DetectChangesManifest::kNone ? expected : row + 1;
      columns_.rows[i] = static_cast<int32_t>(row);  // kNone becomes -1
      Result<void> done = look(i, row);
      if (!done) return done;
    }
    if (!output_.texts[0].empty()) output_.texts[0] += ']';
    return {};
  }

 private:
  /// Fails only with what ends the whole slice.
  Result<void> look(size_t i, uint32_t row) {
    const std::string_view path = slice_.paths[i];
    const size_t ahead = i + kLookAhead;
    const bool stays = !cursor_.isWithin(path) && ahead < slice_.paths.size() &&
                       sameFolder(path, slice_.paths[ahead]);
    if (row != DetectChangesManifest::kNone && !options_.readAll) {
      const Result<FileStamp> stamp = cursor_.stampOf(path, stays);
      if (!stamp) return fail(i, row, stamp.error());
      if (isAsKnown(stamp.value(), row)) {
        keep(i, row, FileChange::kUnchanged);
        return {};
      }
    }
    const Result<FileReading> reading =
        readForChanges(cursor_, path, stays, options_.algorithm, context_);
    if (!reading) return fail(i, row, reading.error());
    take(i, row, reading.value());
    return {};
  }

  bool isAsKnown(const FileStamp& stamp, uint32_t row) const {
    return stamp.regular && stamp.modifyTimeNs == options_.previous->modifyTimeNsAt(row) &&
           static_cast<double>(stamp.size) == options_.previous->sizeAt(row);
  }

  void keep(size_t i, uint32_t row, FileChange change) {
    const DetectChangesManifest& previous = *options_.previous;
    columns_.set(i, change, previous.sizeAt(row), previous.modifyTimeNsAt(row),
                 previous.digestAt(row));
  }

  void take(size_t i, uint32_t row, const FileReading& reading) {
    FileChange change = FileChange::kAdded;
    if (row != DetectChangesManifest::kNone) {
      const ByteView before = options_.previous->digestAt(row);
      const bool same = std::memcmp(before.data(), reading.digest.bytes.data(), before.size()) == 0;
      change = same && reading.settled ? FileChange::kUnchanged : FileChange::kChanged;
    }
    columns_.set(i, change, static_cast<double>(reading.size), reading.modifyTimeNs,
                 reading.digest.view());
    output_.numbers[static_cast<size_t>(DetectChangesColumn::kFilesRead)] += 1;
    output_.numbers[static_cast<size_t>(DetectChangesColumn::kBytesRead)] +=
        static_cast<double>(reading.size);
    if (!reading.settled) report(i, Error::of(ErrorCode::kFileChanged));
  }

  Result<void> fail(size_t i, uint32_t row, const Error& error) {
    const bool endsSlice = error.code == ErrorCode::kCancelled ||
                           error.code == ErrorCode::kTimeout ||
                           error.code == ErrorCode::kOutOfMemory;
    if (endsSlice) return error;
    const bool isKnown = row != DetectChangesManifest::kNone;
    const bool isRemoved = isKnown && isMissing(error);
    if (isKnown) {
      keep(i, row, isRemoved ? FileChange::kRemoved : FileChange::kFailed);
    } else {
      columns_.set(i, FileChange::kFailed, 0, kUntrustedTimeNs, Digest{}.bytes);
    }
    if (!isRemoved) report(i, error);
    return {};
  }

  void report(size_t i, const Error& error) {
    std::string& json = output_.texts[0];
    json.append(json.empty() ? "[[" : ",[").append(std::to_string(i)).append(",\"");
    json.append(codeOf(error.code)).append("\",").append(std::to_string(error.sysErrno));
    json.append(",\"").append(error.syscall).append("\",");
    appendJsonString(json, lossyUtf8(error.message));
    json += ']';
  }

  const DetectChangesOptions& options_;
  const ItemContext& context_;
  const Slice& slice_;
  FolderCursor cursor_;
  Columns columns_;
  ItemOutput& output_;
};

}  // namespace

ResultShape DetectChangesOperation::shape() const {
  return {kDetectChangesColumns, 0, 1, 1};
}

Result<void> DetectChangesOperation::run(const ItemContext& context, ByteView input,
                                         ItemOutput& output) const {
  Slice slice(input);
  Result<void> parsed = slice.parse();
  if (!parsed) return parsed;
  const size_t count = slice.paths.size();
  Result<FolderCursor> cursor = FolderCursor::from(options_.base);
  if (!cursor) return std::move(cursor).error();
  const size_t width = digestBytes(options_.algorithm);
  Result<Bytes> block = Bytes::allocate(Columns::bytesFor(count, width));
  if (!block) return std::move(block).error();
  output.numbers[static_cast<size_t>(DetectChangesColumn::kPaths)] = static_cast<double>(count);
  Detection detection(options_, context, slice, std::move(cursor).value(),
                      Columns(block.value().data(), count, width), output);
  Result<void> done = detection.run();
  if (done) output.blocks[0] = std::move(block).value();
  return done;
}

}  // namespace millrace
