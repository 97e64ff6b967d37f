#include <array>
#include <utility>
#include <vector>

#include "binding/errors.h"
#include "binding/operation_factories.h"
#include "executor/executor.h"
#include "operations/detect_changes_operation.h"
#include "operations/noop.h"
#include "operations/read_file_operation.h"
#include "operations/stat_operation.h"
#include "operations/walk_operation.h"
#include "operations/write_file_operation.h"

namespace millrace::binding {
namespace {

using Made = std::shared_ptr<const Operation>;

Made makeWalk(const OptionReader& given) {
  WalkOptions options;
  options.patterns = given.texts("patterns");
  options.ignore = given.texts("ignore");
  options.gitignore = given.flag("gitignore");
  options.dot = given.flag("dot");
  options.ignoreCase = !given.flag("caseSensitive");
  options.symlinks = given.choice<SymlinkPolicy, 3>("symlinks", {"skip", "list", "follow"});
  options.select = given.choice<WalkSelection, 3>("include", {"files", "directories", "all"});
  options.paths = given.choice<PathForm, 3>("paths", {"relative", "rooted", "absolute"});
  options.maxDepth = static_cast<uint32_t>(given.size("maxDepth"));
  options.sorted = given.flag("sorted");
  options.sizes = given.flag("sizes");
  options.threads = static_cast<uint32_t>(given.size("threads"));
  auto made = WalkOperation::make(options, sharedIoPool());
  if (!made) throw toJsError(given.env(), made.error());
  return std::move(made).value();
}

Made makeStat(const OptionReader& options) {
  return std::make_shared<StatOperation>(StatOptions{options.flag("followSymlinks")});
}

Made makeReadFile(const OptionReader& options) {
  return std::make_shared<ReadFileOperation>(ReadFileOptions{options.size("maxBytes")});
}

Made makeWriteFile(const OptionReader& given) {
  WriteFileOptions options;
  options.mode = static_cast<uint32_t>(given.size("mode"));
  options.durability = given.choice<Durability, 3>("fsync", {"none", "file", "full"});
  options.overwrite = given.flag("overwrite");
  options.createDirectories = given.flag("createDirectories");
  return std::make_shared<WriteFileOperation>(options);
}

/// `previous`: { paths, sizes, times, digests }, the columns of DetectChangesManifest.
ManifestColumns columnsFrom(const OptionReader& previous) {
  const auto sizes = previous.value("sizes").As<Napi::Float64Array>();
  const auto times = previous.value("times").As<Napi::BigInt64Array>();
  const ByteView digests = previous.bytes("digests");
  ManifestColumns columns;
  columns.paths = previous.text("paths");
  columns.sizes.assign(sizes.Data(), sizes.Data() + sizes.ElementLength());
  columns.modifyTimesNs.assign(times.Data(), times.Data() + times.ElementLength());
  columns.digests.assign(digests.begin(), digests.end());
  return columns;
}

/// Not of `operations`: what detectChanges() runs on slices of its list.
Made makeDetectChanges(const OptionReader& given) {
  DetectChangesOptions options;
  options.algorithm = hashAlgorithmNamed(given.text("algorithm")).value();
  options.readAll = given.flag("readAll");
  options.base = given.text("directory");
  const OptionReader previous(given.value("previous").As<Napi::Object>());
  auto manifest =
      DetectChangesManifest::from(columnsFrom(previous), digestBytes(options.algorithm));
  if (!manifest) throw toJsError(given.env(), manifest.error());
  options.previous = std::move(manifest).value();
  return std::make_shared<DetectChangesOperation>(std::move(options));
}

Made makeNoop(const OptionReader&) {
  return std::make_shared<NoopOperation>();
}

constexpr std::array<OperationFactory, 6> kFactories = {{
    {"walk", makeWalk},
    {"stat", makeStat},
    {"readFile", makeReadFile},
    {"writeFile", makeWriteFile},
    {"detectChanges", makeDetectChanges},
    {"noop", makeNoop},
}};

}  // namespace

std::span<const OperationFactory> fileFactories() {
  return kFactories;
}

}  // namespace millrace::binding
