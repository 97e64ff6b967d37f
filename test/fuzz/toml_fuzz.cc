// The first byte sets options. Whatever is accepted is JSON.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "markup/toml.h"
#include "text/utf8.h"

namespace {

using namespace millrace;

void checkJson(const std::string& json) {
  simdjson::dom::parser parser;
  if (!isValidUtf8(json) || parser.parse(json).error() != simdjson::SUCCESS) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  TomlOptions options;
  options.dates = (data[0] & 1) != 0;
  options.limits.maxBytes = 1024 * 1024;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto parsed = parseToml(text, 0, text.size(), options, [] { return Result<void>(); });
  if (parsed) {
    checkJson(parsed.value().json);
    if (!parsed.value().specials.empty()) checkJson(parsed.value().specials);
  } else if (parsed.error().code == ErrorCode::kSyntax &&
             (!parsed.error().position || parsed.error().position->offset > text.size())) {
    std::abort();
  }
  return 0;
}
