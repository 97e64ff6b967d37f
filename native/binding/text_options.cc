#include "binding/text_options.h"

#include <array>
#include <utility>
#include <vector>

#include "binding/errors.h"
#include "binding/operation_factories.h"
#include "operations/search_text_operation.h"
#include "operations/text_operations.h"

namespace millrace::binding {
namespace {

using Made = std::shared_ptr<const Operation>;

DecodeOptions decodeOptions(const OptionReader& given) {
  DecodeOptions options;
  options.encoding = given.choice<TextEncoding, 5>(
      "encoding", {"auto", "utf-8", "utf-16le", "utf-16be", "latin1"});
  options.malformed = given.choice<MalformedText, 2>("malformed", {"replace", "error"});
  options.maxBytes = given.size("maxBytes");
  return options;
}

Made makeReadText(const OptionReader& given) {
  return std::make_shared<ReadTextOperation>(decodeOptions(given));
}

Made makeDecodeText(const OptionReader& given) {
  return std::make_shared<DecodeTextOperation>(decodeOptions(given));
}

Made makeLines(const OptionReader& given) {
  LinesOptions options;
  options.trim = given.flag("trim");
  options.skipBlank = given.flag("skipBlank");
  options.maxLines = given.size("maxLines");
  return std::make_shared<LinesOperation>(options);
}

Made makeNormalizeText(const OptionReader& given) {
  NormalizeOptions options;
  options.trimLineEnds = given.flag("trimLineEnds");
  options.finalNewline = given.flag("finalNewline");
  return std::make_shared<NormalizeTextOperation>(options);
}

/// `sources` and `flags` go together; the flag l stands for a literal pattern.
std::vector<SearchPattern> patternsFrom(const OptionReader& given) {
  const std::vector<std::string> flags = given.texts("flags");
  std::vector<SearchPattern> patterns;
  for (std::string& source : given.texts("sources")) {
    const std::string& letters = flags[patterns.size()];
    const auto has = [&](char letter) { return letters.find(letter) != std::string::npos; };
    patterns.push_back({std::move(source), {has('i'), has('m'), has('s'), has('u')}, has('l')});
  }
  return patterns;
}

Result<std::unique_ptr<TextSearch>> searchFrom(const OptionReader& given) {
  SearchOptions options;
  options.wholeWord = given.flag("wholeWord");
  options.captures = given.flag("groups");
  options.maxMatches = given.size("maxMatches");
  options.patternMemoryBytes = given.size("patternMemory") << 20;
  return TextSearch::compile(patternsFrom(given), options);
}

Made makeSearchText(const OptionReader& given) {
  auto search = searchFrom(given);
  if (!search) throw toJsError(given.env(), search.error());
  SearchTextOptions options;
  options.offsets = given.choice<MatchOffsets, 2>("offsets", {"utf16", "bytes"});
  options.text = given.flag("text");
  options.lines = given.flag("lines");
  return std::make_shared<SearchTextOperation>(std::move(search).value(), options);
}

constexpr std::array<OperationFactory, 5> kFactories = {{
    {"readText", makeReadText},
    {"decodeText", makeDecodeText},
    {"lines", makeLines},
    {"normalizeText", makeNormalizeText},
    {"searchText", makeSearchText},
}};

}  // namespace

std::span<const OperationFactory> textFactories() {
  return kFactories;
}

Napi::Value checkSearch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto search = searchFrom(OptionReader(info[0].As<Napi::Object>()));
  if (!search) return Napi::String::New(env, search.error().message);
  const size_t count = search.value()->patterns();
  auto names = Napi::Array::New(env, count);
  for (uint32_t pattern = 0; pattern < count; ++pattern) {
    const std::vector<std::string>& groups = search.value()->captureNames(pattern);
    auto list = Napi::Array::New(env, groups.size());
    for (uint32_t i = 0; i < groups.size(); ++i) list.Set(i, groups[i]);
    names.Set(pattern, list);
  }
  return names;
}

}  // namespace millrace::binding
