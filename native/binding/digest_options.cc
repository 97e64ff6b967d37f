#include <array>

#include "binding/operation_factories.h"
#include "kernels/hash.h"
#include "operations/hash_file_operation.h"
#include "operations/hash_operation.h"
#include "operations/hash_stream_operation.h"

namespace millrace::binding {
namespace {

HashAlgorithm algorithmOf(const OptionReader& options) {
  const std::string name = options.text("algorithm");
  const std::optional<HashAlgorithm> algorithm = hashAlgorithmNamed(name);
  if (!algorithm) throw Napi::TypeError::New(options.env(), "no hash algorithm is named " + name);
  return *algorithm;
}

std::shared_ptr<const Operation> makeHash(const OptionReader& options) {
  return std::make_shared<HashOperation>(HashOptions{algorithmOf(options)});
}

std::shared_ptr<const Operation> makeHashFile(const OptionReader& options) {
  return std::make_shared<HashFileOperation>(HashFileOptions{algorithmOf(options)});
}

std::shared_ptr<const Operation> makeHashStream(const OptionReader& options) {
  return std::make_shared<HashStreamOperation>(algorithmOf(options));
}

constexpr std::array<OperationFactory, 3> kFactories = {{
    {"hash", makeHash},
    {"hashFile", makeHashFile},
    {"hashStream", makeHashStream},
}};

}  // namespace

std::span<const OperationFactory> digestFactories() {
  return kFactories;
}

}  // namespace millrace::binding
