// One JSON Pointer to a line, an empty line, then a document. Each value that is selected must be
// what simdjson's document parser finds at the pointer, and be there when that finds one; taking
// the document apart with `touched` must find the same unless the document repeats a name or is
// broken.
#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_check.h"
#include "json/selector.h"
#include "text/utf8.h"

namespace {

using namespace millrace;

constexpr size_t kDepth = 64;

/// simdjson knows neither `*` nor ~2, and counts indices of more than 19 digits modulo 2^64.
bool isPlain(std::string_view pointer) {
  size_t digits = 0;
  for (const char c : pointer) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (c == '*' || digits > 19) return false;
  }
  return pointer.find("~2") == std::string_view::npos;
}

bool repeatsNames(const simdjson::dom::element& element) {
  if (element.is_object()) {
    std::vector<std::string_view> names;
    for (const auto field : simdjson::dom::object(element)) {
      names.push_back(field.key);
      if (repeatsNames(field.value)) return true;
    }
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
  }
  if (element.is_array()) {
    for (const auto child : simdjson::dom::array(element)) {
      if (repeatsNames(child)) return true;
    }
  }
  return false;
}

void compareWithDocument(const simdjson::dom::element& document, const NamedPointer& pointer,
                         const std::vector<std::string_view>& found) {
  simdjson::dom::element wanted;
  const bool exists = !document.at_pointer(pointer.pointer).get(wanted);
  if (exists != (found.size() == 1)) std::abort();
  if (!exists) return;
  simdjson::dom::parser parser;
  simdjson::dom::element selected;
  if (parser.parse(std::string(found.front())).get(selected)) std::abort();
  if (simdjson::minify(selected) != simdjson::minify(wanted)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<NamedPointer> pointers;
  while (pointers.size() < 8) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || !isValidUtf8(line)) break;
    pointers.push_back({line, line});
  }
  const Result<Selection> selection = Selection::compile(pointers);
  if (!selection) return 0;
  const Checkpoint goOn = [] { return Result<void>(); };
  SelectedValues values;
  const Result<void> full =
      select(selection.value(), rest, {JsonValidation::kFull, kDepth}, goOn, values);
  const bool isJson = !checkJson(rest, kDepth, goOn).value();
  if (full.ok() != isJson) std::abort();
  std::string text;
  if (full) appendObject(selection.value(), values, text);
  if (full && checkJson(text, 2 * kDepth, goOn).value()) std::abort();

  SelectedValues touched;
  const Result<void> done =
      select(selection.value(), rest, {JsonValidation::kTouched, kDepth}, goOn, touched);
  if (full && !done) std::abort();
  if (!done && !done.error().position) std::abort();
  std::string touchedText;
  if (done) appendObject(selection.value(), touched, touchedText);
  if (done && checkJson(touchedText, 2 * kDepth, goOn).value()) std::abort();

  static simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (!full || parser.parse(std::string(rest)).get(document) || repeatsNames(document)) return 0;
  if (touchedText != text) std::abort();
  for (size_t k = 0; k < pointers.size(); ++k) {
    if (isPlain(pointers[k].pointer)) compareWithDocument(document, pointers[k], values.of(k));
  }
  return 0;
}
