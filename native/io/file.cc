// Invariants: a file ends where a read returns nothing, never where a size said it would; the
// buffer of readFile is at most one growth step larger than what was read.
#include "io/file.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace millrace {
namespace {

constexpr size_t kUnknownSizeBytes = 64 * 1024;
constexpr size_t kMaxStepBytes = 8 * 1024 * 1024;  // read between two checkpoints

/// A block of `capacity` bytes that begins with the first `used` bytes of `block`.
Result<Bytes> grown(const Bytes& block, size_t used, size_t capacity) {
  Result<Bytes> larger = Bytes::allocate(capacity);
  if (larger && used > 0) std::memcpy(larger.value().data(), block.data(), used);
  return larger;
}

}  // namespace

Result<std::string> checkedPath(std::string_view path) {
  if (path.empty()) return Error::of(ErrorCode::kInvalidPath, "the path is empty");
  if (path.find('\0') != std::string_view::npos) {
    return Error::of(ErrorCode::kInvalidPath, "the path contains a NUL byte");
  }
  return std::string(path);
}

Result<Bytes> readFile(std::string_view path, uint64_t maxBytes, const Checkpoint& checkpoint) {
  Result<File> file = File::open(path);
  if (!file) return std::move(file).error();
  Result<uint64_t> hint = file.value().size();
  if (!hint) return std::move(hint).error();
  const auto tooLarge = [&] {
    return Error::of(ErrorCode::kTooLarge,
                     "the file is larger than maxBytes (" + std::to_string(maxBytes) + ")");
  };
  if (hint.value() > maxBytes) return tooLarge();

  // One byte more than expected, so that the end is seen without growing.
  uint64_t capacity = hint.value() == 0 ? kUnknownSizeBytes : hint.value() + 1;
  Bytes content;
  for (size_t used = 0;;) {
    if (used == content.size()) {
      Result<Bytes> larger = grown(content, used, capacity);
      if (!larger) return std::move(larger).error();
      content = std::move(larger).value();
      capacity *= 2;
    }
    const size_t wanted = std::min(content.size() - used, kMaxStepBytes);
    Result<size_t> count = file.value().read(content.span().subspan(used, wanted));
    if (!count) return std::move(count).error();
    used += count.value();
    if (used > maxBytes) return tooLarge();
    if (count.value() < wanted) {
      content.truncate(used);
      return content;
    }
    Result<void> go = checkpoint();
    if (!go) return std::move(go).error();
  }
}

}  // namespace millrace
