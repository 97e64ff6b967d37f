// Invariant: each thread reads into one buffer of its own, small enough for its level-2 cache, so
// that the digest reads what the copy from the page cache has just written there.
#include "operations/hash_file_operation.h"

#include <optional>
#include <utility>

#include "io/file.h"

namespace millrace {
namespace {

constexpr size_t kChunkBytes = 256 * 1024;

/// The calling thread's buffer, made on first use.
Result<MutableByteView> chunkBuffer() {
  thread_local Bytes buffer;
  if (buffer.empty()) {
    Result<Bytes> made = Bytes::allocate(kChunkBytes);
    if (!made) return std::move(made).error();
    buffer = std::move(made).value();
  }
  return buffer.span();
}

}  // namespace

ResultShape HashFileOperation::shape() const {
  ResultShape shape;
  shape.numbers = 1;
  shape.fixedText = 2 * digestBytes(options_.algorithm);
  return shape;
}

Result<void> HashFileOperation::run(const ItemContext& context, ByteView input,
                                    ItemOutput& output) const {
  Result<MutableByteView> buffer = chunkBuffer();
  if (!buffer) return std::move(buffer).error();
  const size_t bufferBytes = buffer.value().size();
  std::optional<Hasher> hasher;  // only for files of more than one chunk
  std::optional<Digest> digest;
  const auto receive = [&](ByteView chunk) -> Result<void> {
    if (!hasher && chunk.size() < bufferBytes) {
      digest = hashOf(options_.algorithm, chunk);
      return {};
    }
    if (!hasher) hasher.emplace(options_.algorithm);
    hasher->update(chunk);
    return context.check();
  };
  const Result<uint64_t> total = streamFile(textOf(input), buffer.value(), receive);
  if (!total) return total.error();
  if (hasher) digest = hasher->finish();
  if (!digest) digest = hashOf(options_.algorithm, {});
  output.numbers[0] = static_cast<double>(total.value());
  writeHex(digest->view(), output.fixedText);
  return {};
}

}  // namespace millrace
