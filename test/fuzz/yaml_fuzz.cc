// The first byte sets options. Whatever is accepted is JSON, and what the reader for simple
// documents accepts is what libyaml makes of it.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "markup/yaml.h"
#include "markup/yaml_simple.h"
#include "text/utf8.h"

namespace {

using namespace millrace;

void checkJson(const std::string& json) {
  simdjson::dom::parser parser;
  if (!isValidUtf8(json) || parser.parse(json).error() != simdjson::SUCCESS) std::abort();
}

void checkData(const ParsedData& data) {
  checkJson(data.json);
  if (!data.specials.empty()) checkJson(data.specials);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  YamlOptions options;
  options.schema = static_cast<YamlSchema>(data[0] & 3);
  options.dates = (data[0] & 4) != 0;
  options.merge = (data[0] & 8) == 0;
  options.ignoreTags = (data[0] & 16) != 0;
  options.maxAliasNodes = 1000;
  options.limits.maxBytes = 1024 * 1024;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const DataCheckpoint go = [] { return Result<void>(); };
  const Result<ParsedData> full = parseAnyYaml(text, 0, text.size(), options, go);
  if (full) {
    checkData(full.value());
  } else if (full.error().code == ErrorCode::kSyntax &&
             (!full.error().position || full.error().position->offset > text.size())) {
    std::abort();
  }
  if (!isValidUtf8(text)) return 0;
  const auto simple = parseSimpleYaml(text, options, go);
  if (simple &&
      (!full || simple->json != full.value().json || simple->specials != full.value().specials)) {
    std::abort();
  }
  return 0;
}
