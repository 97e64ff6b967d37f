#include "binding/operation_options.h"

#include <array>
#include <utility>

#include "kernels/hash.h"
#include "operations/hash_file_operation.h"
#include "operations/hash_operation.h"
#include "operations/lz4_operations.h"
#include "operations/noop.h"
#include "operations/read_file_operation.h"
#include "operations/stat_operation.h"

namespace millrace::binding {
namespace {

HashAlgorithm readAlgorithm(Napi::Env env, const Napi::Object& options) {
  const std::string name = options.Get("algorithm").As<Napi::String>().Utf8Value();
  const std::optional<HashAlgorithm> algorithm = hashAlgorithmNamed(name);
  if (!algorithm) throw Napi::TypeError::New(env, "no hash algorithm is named " + name);
  return *algorithm;
}

uint64_t readMaxBytes(const Napi::Object& options) {
  return static_cast<uint64_t>(options.Get("maxBytes").As<Napi::Number>().Int64Value());
}

int readLevel(const Napi::Object& options) {
  return options.Get("level").As<Napi::Number>().Int32Value();
}

bool readFlag(const Napi::Object& options, const char* name) {
  return options.Get(name).As<Napi::Boolean>().Value();
}

using Factory = std::shared_ptr<const Operation> (*)(Napi::Env, const Napi::Object&);

constexpr std::array<std::pair<const char*, Factory>, 7> kFactories = {{
    {"noop",
     [](Napi::Env, const Napi::Object&) -> std::shared_ptr<const Operation> {
       return std::make_shared<NoopOperation>();
     }},
    {"hash",
     [](Napi::Env env, const Napi::Object& options) -> std::shared_ptr<const Operation> {
       return std::make_shared<HashOperation>(HashOptions{readAlgorithm(env, options)});
     }},
    {"hashFile",
     [](Napi::Env env, const Napi::Object& options) -> std::shared_ptr<const Operation> {
       return std::make_shared<HashFileOperation>(HashFileOptions{readAlgorithm(env, options)});
     }},
    {"stat",
     [](Napi::Env, const Napi::Object& options) -> std::shared_ptr<const Operation> {
       return std::make_shared<StatOperation>(StatOptions{readFlag(options, "followSymlinks")});
     }},
    {"readFile",
     [](Napi::Env, const Napi::Object& options) -> std::shared_ptr<const Operation> {
       return std::make_shared<ReadFileOperation>(ReadFileOptions{readMaxBytes(options)});
     }},
    {"lz4Compress",
     [](Napi::Env, const Napi::Object& options) -> std::shared_ptr<const Operation> {
       return std::make_shared<Lz4CompressOperation>(Lz4CompressOptions{readLevel(options)});
     }},
    {"lz4Decompress",
     [](Napi::Env, const Napi::Object& options) -> std::shared_ptr<const Operation> {
       return std::make_shared<Lz4DecompressOperation>(Lz4DecompressOptions{readMaxBytes(options)});
     }},
}};

}  // namespace

std::shared_ptr<const Operation> makeOperation(Napi::Env env, const std::string& name,
                                               const Napi::Object& options) {
  for (const auto& [known, make] : kFactories) {
    if (name == known) return make(env, options);
  }
  throw Napi::TypeError::New(env, "no native operation is named " + name);
}

}  // namespace millrace::binding
