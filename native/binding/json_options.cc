#include "binding/json_options.h"

#include <array>
#include <utility>

#include "binding/errors.h"
#include "binding/operation_factories.h"
#include "operations/json_operations.h"

namespace millrace::binding {
namespace {

using Made = std::shared_ptr<const Operation>;

/// `names` and `pointers` go together.
Result<Selection> selectionFrom(std::vector<std::string> names, std::vector<std::string> pointers) {
  std::vector<NamedPointer> named;
  for (size_t k = 0; k < pointers.size(); ++k) {
    named.push_back({std::move(names[k]), std::move(pointers[k])});
  }
  return Selection::compile(named);
}

Made makeParseJson(const OptionReader& given) {
  auto selection = selectionFrom(given.texts("names"), given.texts("pointers"));
  if (!selection) throw toJsError(given.env(), selection.error());
  ParseJsonOptions options{std::move(selection).value(), given.flag("named"), {}, 0};
  options.select.validation = given.choice<JsonValidation, 2>("validate", {"full", "touched"});
  options.select.maxDepth = given.size("maxDepth");
  options.maxBytes = given.size("maxBytes");
  return std::make_shared<ParseJsonOperation>(std::move(options));
}

Made makeValidateJson(const OptionReader& given) {
  return std::make_shared<ValidateJsonOperation>(
      ValidateJsonOptions{given.size("maxDepth"), given.size("maxBytes")});
}

constexpr std::array<OperationFactory, 2> kFactories = {{
    {"parseJson", makeParseJson},
    {"validateJson", makeValidateJson},
}};

}  // namespace

std::span<const OperationFactory> jsonFactories() {
  return kFactories;
}

Napi::Value checkPointers(const Napi::CallbackInfo& info) {
  auto list = Napi::Object::New(info.Env());
  list.Set("pointers", info[0]);
  std::vector<std::string> pointers = OptionReader(list).texts("pointers");
  const auto selection = selectionFrom(std::vector<std::string>(pointers.size()), pointers);
  if (selection) return info.Env().Undefined();
  return Napi::String::New(info.Env(), selection.error().message);
}

}  // namespace millrace::binding
