#include <array>

#include "binding/operation_factories.h"
#include "operations/import_specifiers_operation.h"

namespace millrace::binding {
namespace {

std::shared_ptr<const Operation> makeImportSpecifiers(const OptionReader& given) {
  ImportScanOptions options;
  options.typescript = given.flag("typescript");
  options.jsx = given.flag("jsx");
  options.commonjs = given.flag("commonjs");
  options.importMeta = given.flag("importMeta");
  options.references = given.flag("references");
  options.offsets = given.choice<SourceOffsets, 2>("offsets", {"bytes", "utf16"});
  options.maxDepth = static_cast<uint32_t>(given.size("maxDepth"));
  return std::make_shared<ImportSpecifiersOperation>(options);
}

constexpr std::array<OperationFactory, 1> kFactories = {{
    {"importSpecifiers", makeImportSpecifiers},
}};

}  // namespace

std::span<const OperationFactory> importsFactories() {
  return kFactories;
}

}  // namespace millrace::binding
