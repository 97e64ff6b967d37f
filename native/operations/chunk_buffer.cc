#include "operations/chunk_buffer.h"

#include <utility>

namespace millrace {

Result<MutableByteView> chunkBuffer() {
  thread_local Bytes buffer;
  if (buffer.empty()) {
    Result<Bytes> made = Bytes::allocate(kChunkBytes);
    if (!made) return std::move(made).error();
    buffer = std::move(made).value();
  }
  return buffer.span();
}

}  // namespace millrace
