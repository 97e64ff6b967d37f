// The first byte sets options and flags, the second how many matches are kept; then patterns, one a
// line; behind an empty line the text. What the search finds must be what RE2 finds for each
// pattern alone when it looks everywhere.
#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "text/pattern_translation.h"
#include "text/search.h"
#include "text/utf8.h"

namespace {

using namespace millrace;

using Found = std::tuple<size_t, uint32_t, size_t>;  // begin, pattern, end

size_t afterCharacter(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && (static_cast<uint8_t>(text[at]) & 0xc0) == 0x80) ++at;
  return at;
}

bool isWhole(std::string_view text, size_t at) {
  return at >= text.size() || (static_cast<uint8_t>(text[at]) & 0xc0) != 0x80;
}

/// The plain way. REQUIRES: the pattern has been accepted.
void findPlainly(const SearchPattern& pattern, uint32_t index, bool wholeWord, std::string text,
                 std::vector<Found>& found) {
  const ParsedPattern tree = pattern.literal ? literalPattern(pattern.source)
                                             : parsePattern(pattern.source, pattern.flags).value();
  const PatternTraits traits = traitsOf(tree.root);
  if (traits.lineAnchors && !traits.tellsCrFromLf)
    std::replace(text.begin(), text.end(), '\r', '\n');
  std::string syntax = re2Syntax(tree.root, pattern.flags);
  if (wholeWord) syntax = "\\b(?:" + syntax + ")\\b";
  re2::RE2::Options options;
  options.set_log_errors(false);
  const re2::RE2 automaton(syntax, options);
  if (!automaton.ok()) std::abort();
  re2::StringPiece match;
  size_t at = 0;
  while (at <= text.size() &&
         automaton.Match(text, at, text.size(), re2::RE2::UNANCHORED, &match, 1)) {
    const auto begin = static_cast<size_t>(match.data() - text.data());
    const size_t end = begin + match.size();
    const bool whole = isWhole(text, begin);
    if (whole) found.emplace_back(begin, index, end);
    at = whole && end > begin ? end : afterCharacter(text, end);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2 || size > 4096) return 0;
  const uint8_t bits = data[0];
  SearchOptions options;
  options.wholeWord = (bits & 16) != 0;
  options.captures = (bits & 32) != 0;
  options.maxMatches = (bits & 128) != 0 ? data[1] + size_t{1} : 1'000'000;
  const PatternFlags flags{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
  std::string input = repairedUtf8({reinterpret_cast<const char*>(data) + 2, size - 2});
  std::string_view rest = input;
  std::vector<SearchPattern> patterns;
  while (!rest.empty() && patterns.size() < 8) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) break;
    if (line.size() > 64) return 0;
    patterns.push_back({std::string(line), flags, (bits & 64) != 0});
    if (!TextSearch::compile({patterns.back()}, options)) patterns.pop_back();
  }
  const auto search = TextSearch::compile(patterns, options);
  if (!search) std::abort();
  const SearchMatches result = search.value()->find(rest, [] { return Result<void>(); }).value();

  std::vector<Found> expected;
  for (uint32_t i = 0; i < patterns.size(); ++i) {
    findPlainly(patterns[i], i, options.wholeWord, std::string(rest), expected);
  }
  std::sort(expected.begin(), expected.end());
  if (result.truncated != (expected.size() > options.maxMatches)) std::abort();
  expected.resize(std::min<size_t>(expected.size(), options.maxMatches));
  std::vector<Found> found;
  for (const SearchMatch& match : result.matches) {
    found.emplace_back(match.span.begin, match.pattern, match.span.end);
    for (size_t i = 0; i < search.value()->captureCount(match.pattern); ++i) {
      const TextSpan group = result.captures.at(match.captures + i);
      if (group.begin == TextSpan::kNone) continue;
      if (group.begin < match.span.begin || group.end > match.span.end) std::abort();
    }
  }
  if (found != expected) std::abort();
  return 0;
}
