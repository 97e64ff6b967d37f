// Decompression of whatever the first bytes tell: LZ4 or zstd frames, gzip or zlib. Skippable
// frames, which LZ4 and zstd have in common, are passed over until something tells. Raw deflate
// data has no such bytes and is refused. One user at a time.
#pragma once

#include <memory>

#include "kernels/codec.h"
#include "kernels/zstd_frame.h"

namespace millrace {

Result<std::unique_ptr<Codec>> makeDetectingDecompressor(const ZstdDecompressOptions& options);

}  // namespace millrace
