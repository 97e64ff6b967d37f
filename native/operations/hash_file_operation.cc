#include "operations/hash_file_operation.h"

#include <optional>
#include <utility>

#include "io/file.h"
#include "operations/chunk_buffer.h"

namespace millrace {

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
