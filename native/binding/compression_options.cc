#include <array>

#include "binding/operation_factories.h"
#include "operations/lz4_operations.h"

namespace millrace::binding {
namespace {

std::shared_ptr<const Operation> makeLz4Compress(const OptionReader& options) {
  const auto level = static_cast<int>(options.integer("level"));
  return std::make_shared<Lz4CompressOperation>(Lz4CompressOptions{level});
}

std::shared_ptr<const Operation> makeLz4Decompress(const OptionReader& options) {
  return std::make_shared<Lz4DecompressOperation>(Lz4DecompressOptions{options.size("maxBytes")});
}

constexpr std::array<OperationFactory, 2> kFactories = {{
    {"lz4Compress", makeLz4Compress},
    {"lz4Decompress", makeLz4Decompress},
}};

}  // namespace

std::span<const OperationFactory> compressionFactories() {
  return kFactories;
}

}  // namespace millrace::binding
