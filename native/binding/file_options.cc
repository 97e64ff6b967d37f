#include <array>

#include "binding/errors.h"
#include "binding/operation_factories.h"
#include "executor/executor.h"
#include "operations/noop.h"
#include "operations/read_file_operation.h"
#include "operations/stat_operation.h"
#include "operations/walk_operation.h"

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

Made makeNoop(const OptionReader&) {
  return std::make_shared<NoopOperation>();
}

constexpr std::array<OperationFactory, 4> kFactories = {{
    {"walk", makeWalk},
    {"stat", makeStat},
    {"readFile", makeReadFile},
    {"noop", makeNoop},
}};

}  // namespace

std::span<const OperationFactory> fileFactories() {
  return kFactories;
}

}  // namespace millrace::binding
