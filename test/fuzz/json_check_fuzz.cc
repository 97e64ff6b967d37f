// Text as it is. The fast judgement must agree with the slow one that tells the place, and with
// simdjson's document parser, except for what JSON.parse takes and simdjson does not: numbers
// beyond a double or 64 bits, and escaped lone surrogates.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json/json_check.h"
#include "text/utf8.h"

namespace {

constexpr size_t kDepth = 64;

bool isNamedException(simdjson::error_code code) {
  return code == simdjson::NUMBER_ERROR || code == simdjson::STRING_ERROR;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Checkpoint goOn = [] { return Result<void>(); };
  Result<std::optional<JsonProblem>> checked = checkJson(text, kDepth, goOn);
  if (!checked) std::abort();  // the judgements differ
  const std::optional<JsonProblem>& problem = checked.value();
  if (problem) {
    if (problem->offset > size || problem->reason.empty()) std::abort();
    if (!isValidUtf8(problem->reason)) std::abort();
    if (problem->asError(text).position->offset != problem->offset) std::abort();
  } else if (findProblem(text, kDepth, goOn).value()) {
    std::abort();
  }

  static simdjson::dom::parser parser;
  if (parser.allocate(size, kDepth + 2)) return 0;
  simdjson::dom::element element;
  const simdjson::error_code code = parser.parse(text.data(), text.size()).get(element);
  if (problem && problem->code == ErrorCode::kTooLarge) return 0;
  if (problem && !code) std::abort();
  if (!problem && code && !isNamedException(code)) std::abort();
  return 0;
}
