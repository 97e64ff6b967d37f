#include <array>
#include <string>
#include <utility>

#include "binding/errors.h"
#include "binding/operation_factories.h"
#include "kernels/detecting_decompressor.h"
#include "kernels/lz4_frame.h"
#include "operations/codec_operation.h"
#include "operations/gzip_operations.h"
#include "operations/lz4_operations.h"
#include "operations/zstd_operations.h"

namespace millrace::binding {
namespace {

int levelOf(const OptionReader& options) {
  return static_cast<int>(options.integer("level"));
}

DeflateFormat deflateFormatOf(const OptionReader& options) {
  return options.choice<DeflateFormat, 4>("format", {"gzip", "zlib", "deflate", "auto"});
}

/// Null for no dictionary.
std::shared_ptr<const ZstdDictionary> opened(const OptionReader& options,
                                             ZstdDictionary::Made made) {
  if (!made) throw toJsError(options.env(), made.error());
  return std::move(made).value();
}

ZstdCompressOptions zstdCompressOptions(const OptionReader& options) {
  const int level = levelOf(options);
  std::shared_ptr<const ZstdDictionary> dictionary;
  if (options.value("dictionary").IsTypedArray()) {
    dictionary = opened(options, ZstdDictionary::toCompress(options.bytes("dictionary"), level));
  }
  return {level, options.flag("checksum"), std::move(dictionary)};
}

ZstdDecompressOptions zstdDecompressOptions(const OptionReader& options) {
  std::shared_ptr<const ZstdDictionary> dictionary;
  if (options.value("dictionary").IsTypedArray()) {
    dictionary = opened(options, ZstdDictionary::toDecompress(options.bytes("dictionary")));
  }
  return {static_cast<int>(options.integer("windowLogMax")), std::move(dictionary)};
}

std::shared_ptr<const Operation> makeLz4Compress(const OptionReader& options) {
  return std::make_shared<Lz4CompressOperation>(Lz4CompressOptions{levelOf(options)});
}

std::shared_ptr<const Operation> makeLz4Decompress(const OptionReader& options) {
  return std::make_shared<Lz4DecompressOperation>(Lz4DecompressOptions{options.size("maxBytes")});
}

std::shared_ptr<const Operation> makeZstdCompress(const OptionReader& options) {
  return std::make_shared<ZstdCompressOperation>(zstdCompressOptions(options));
}

std::shared_ptr<const Operation> makeZstdDecompress(const OptionReader& options) {
  return std::make_shared<ZstdDecompressOperation>(options.size("maxBytes"),
                                                   zstdDecompressOptions(options));
}

std::shared_ptr<const Operation> makeGzip(const OptionReader& options) {
  return std::make_shared<GzipOperation>(GzipOptions{deflateFormatOf(options), levelOf(options)});
}

std::shared_ptr<const Operation> makeGunzip(const OptionReader& options) {
  return std::make_shared<GunzipOperation>(
      GunzipOptions{deflateFormatOf(options), options.size("maxBytes")});
}

std::shared_ptr<const Operation> streamOf(const OptionReader& options,
                                          Result<std::unique_ptr<Codec>> codec, uint64_t maxBytes) {
  if (!codec) throw toJsError(options.env(), codec.error());
  return std::make_shared<CodecOperation>(std::move(codec).value(), maxBytes);
}

std::shared_ptr<const Operation> makeCompressStream(const OptionReader& options) {
  const std::string format = options.text("format");
  const int level = levelOf(options);
  if (format == "lz4") return streamOf(options, makeLz4Compressor(level), UINT64_MAX);
  if (format == "zstd") {
    return streamOf(options, makeZstdCompressor(zstdCompressOptions(options)), UINT64_MAX);
  }
  return streamOf(options, makeDeflateCompressor(deflateFormatOf(options), level), UINT64_MAX);
}

std::shared_ptr<const Operation> makeDecompressStream(const OptionReader& options) {
  const std::string format = options.text("format");
  const uint64_t maxBytes = options.size("maxBytes");
  if (format == "lz4") return streamOf(options, makeLz4Decompressor(), maxBytes);
  if (format == "zstd" || format == "auto") {
    const ZstdDecompressOptions zstd = zstdDecompressOptions(options);
    return streamOf(options,
                    format == "auto" ? makeDetectingDecompressor(zstd) : makeZstdDecompressor(zstd),
                    maxBytes);
  }
  return streamOf(options, makeDeflateDecompressor(deflateFormatOf(options)), maxBytes);
}

constexpr std::array<OperationFactory, 8> kFactories = {{
    {"lz4Compress", makeLz4Compress},
    {"lz4Decompress", makeLz4Decompress},
    {"zstdCompress", makeZstdCompress},
    {"zstdDecompress", makeZstdDecompress},
    {"gzip", makeGzip},
    {"gunzip", makeGunzip},
    {"compressStream", makeCompressStream},
    {"decompressStream", makeDecompressStream},
}};

}  // namespace

std::span<const OperationFactory> compressionFactories() {
  return kFactories;
}

}  // namespace millrace::binding
