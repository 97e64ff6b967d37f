#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "binding/operation_factories.h"
#include "operations/data_operations.h"
#include "operations/front_matter_operation.h"

namespace millrace::binding {
namespace {

using Made = std::shared_ptr<const Operation>;

bool readsDates(const OptionReader& given) {
  return given.text("dates") == "date";
}

DataLimits limitsOf(const OptionReader& given) {
  return {given.size("maxDepth"), given.size("maxBytes")};
}

YamlOptions yamlOptions(const OptionReader& given) {
  YamlOptions options;
  options.schema = given.choice<YamlSchema, 4>("schema", {"core", "yaml-1.1", "json", "failsafe"});
  options.dates = readsDates(given);
  options.merge = given.flag("merge");
  options.ignoreTags = given.text("unknownTags") == "ignore";
  options.maxAliasNodes = given.size("maxAliasNodes");
  options.limits = limitsOf(given);
  return options;
}

Made makeFrontMatter(const OptionReader& given) {
  FrontMatterOperationOptions options;
  FrontMatterOptions& parsing = options.parsing;
  parsing.yaml = yamlOptions(given);
  const std::vector<std::string> formats = given.texts("formats");
  const auto reads = [&formats](const char* format) {
    return std::find(formats.begin(), formats.end(), format) != formats.end();
  };
  parsing.readYaml = reads("yaml");
  parsing.readToml = reads("toml");
  parsing.readJson = reads("json");
  parsing.unterminatedIsBody = given.text("unterminated") == "body";
  if (!given.value("delimiters").IsNull()) {
    const OptionReader delimiters(given.value("delimiters").As<Napi::Object>());
    parsing.open = delimiters.text("open");
    parsing.close = delimiters.text("close");
    parsing.language =
        delimiters.choice<DataFormat, 4>("language", {"none", "yaml", "toml", "json"});
  }
  options.body = given.flag("body");
  return std::make_shared<FrontMatterOperation>(std::move(options));
}

Made makeParseYaml(const OptionReader& given) {
  return std::make_shared<ParseYamlOperation>(yamlOptions(given));
}

Made makeParseToml(const OptionReader& given) {
  return std::make_shared<ParseTomlOperation>(TomlOptions{readsDates(given), limitsOf(given)});
}

constexpr std::array<OperationFactory, 3> kFactories = {{
    {"frontMatter", makeFrontMatter},
    {"parseYaml", makeParseYaml},
    {"parseToml", makeParseToml},
}};

}  // namespace

std::span<const OperationFactory> frontMatterFactories() {
  return kFactories;
}

}  // namespace millrace::binding
