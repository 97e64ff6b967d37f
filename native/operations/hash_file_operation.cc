// Invariant: each thread reads into one buffer of its own, small enough for its level-2 cache, so
// that the digest reads what the copy from the page cache has just written there.
#include "operations/hash_file_operation.h"

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
  Result<File> file = File::open(textOf(input));
  if (!file) return std::move(file).error();
  Result<size_t> count = file.value().read(buffer.value());
  if (!count) return std::move(count).error();
  if (count.value() < buffer.value().size()) {
    const ByteView content = buffer.value().first(count.value());
    output.numbers[0] = static_cast<double>(count.value());
    writeHex(hashOf(options_.algorithm, content).view(), output.fixedText);
    return {};
  }
  return {};
}

}  // namespace millrace
