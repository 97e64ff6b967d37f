// The first byte sets options. The offsets are in order and at line ends, the data is a JSON
// object, and an error tells a place inside the file.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "markup/front_matter.h"
#include "markup/json_scan.h"
#include "text/utf8.h"

namespace {

using namespace millrace;

void checkData(const FrontMatter& found) {
  const std::string& json = found.data.json;
  if (!isValidUtf8(json) || !json.starts_with('{')) std::abort();
  const JsonScan scan = scanJson(json, 0, kMaxDataDepth);
  if (scan.outcome != JsonScan::kValue || scan.at != json.size()) std::abort();
  if (found.format == DataFormat::kJson) return;  // passed on as written: JSON.parse takes more
  simdjson::dom::parser parser;
  if (parser.parse(json).error() != simdjson::SUCCESS) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  FrontMatterOptions options;
  options.unterminatedIsBody = (data[0] & 1) != 0;
  options.readYaml = (data[0] & 2) == 0;
  options.readToml = (data[0] & 4) == 0;
  options.yaml.dates = (data[0] & 8) != 0;
  if ((data[0] & 16) != 0) {
    options.open = "<!--";
    options.close = "-->";
    options.language = static_cast<DataFormat>(1 + (data[0] >> 5) % 3);
  }
  options.yaml.maxAliasNodes = 1000;
  options.yaml.limits.maxBytes = 1024 * 1024;
  const std::string_view file(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto found = parseFrontMatter(file, options, [] { return Result<void>(); });
  if (!found) {
    const auto& place = found.error().position;
    if (place ? place->offset > file.size() : found.error().code == ErrorCode::kSyntax)
      std::abort();
    return 0;
  }
  const FrontMatter& value = found.value();
  if (value.dataBegin > value.dataEnd || value.dataEnd > value.bodyBegin ||
      value.bodyBegin > file.size()) {
    std::abort();
  }
  if (value.format != DataFormat::kNone && value.bodyBegin < file.size() &&
      file[value.bodyBegin - 1] != '\n') {
    std::abort();
  }
  checkData(value);
  return 0;
}
