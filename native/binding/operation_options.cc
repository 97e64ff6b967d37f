#include "binding/operation_options.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "binding/errors.h"
#include "executor/executor.h"
#include "kernels/hash.h"
#include "operations/hash_file_operation.h"
#include "operations/hash_operation.h"
#include "operations/lz4_operations.h"
#include "operations/noop.h"
#include "operations/read_file_operation.h"
#include "operations/stat_operation.h"
#include "operations/walk_operation.h"

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

std::vector<std::string> readStrings(const Napi::Object& options, const char* name) {
  const auto list = options.Get(name).As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    strings.push_back(list.Get(i).As<Napi::String>().Utf8Value());
  }
  return strings;
}

/// The position of the option's value in `names`, which lib/ has made sure of.
template <typename Enum, size_t N>
Enum readEnum(const Napi::Object& options, const char* name,
              const std::array<const char*, N>& names) {
  const std::string value = options.Get(name).As<Napi::String>().Utf8Value();
  const auto found = std::find(names.begin(), names.end(), value);
  return static_cast<Enum>(found - names.begin());
}

std::shared_ptr<const Operation> makeWalk(Napi::Env env, const Napi::Object& given) {
  WalkOptions options;
  options.patterns = readStrings(given, "patterns");
  options.ignore = readStrings(given, "ignore");
  options.gitignore = readFlag(given, "gitignore");
  options.dot = readFlag(given, "dot");
  options.ignoreCase = !readFlag(given, "caseSensitive");
  options.symlinks = readEnum<SymlinkPolicy, 3>(given, "symlinks", {"skip", "list", "follow"});
  options.select = readEnum<WalkSelection, 3>(given, "include", {"files", "directories", "all"});
  options.paths = readEnum<PathForm, 3>(given, "paths", {"relative", "rooted", "absolute"});
  options.maxDepth = given.Get("maxDepth").As<Napi::Number>().Uint32Value();
  options.sorted = readFlag(given, "sorted");
  options.sizes = readFlag(given, "sizes");
  options.threads = given.Get("threads").As<Napi::Number>().Uint32Value();
  auto made = WalkOperation::make(options, sharedIoPool());
  if (!made) throw toJsError(env, made.error());
  return std::move(made).value();
}

using Factory = std::shared_ptr<const Operation> (*)(Napi::Env, const Napi::Object&);

constexpr std::array<std::pair<const char*, Factory>, 8> kFactories = {{
    {"walk", makeWalk},
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
