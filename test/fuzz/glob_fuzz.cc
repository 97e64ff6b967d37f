// The first byte sets options; then a pattern up to a newline, further patterns, and behind an
// empty line a path. The automaton must agree with a plain matcher that tries everything, as long
// as the input is small enough for it, and pruning must agree with matching.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "io/glob.h"

namespace {

using namespace millrace;

/// Backtracking over a pattern of literals, `*`, `?` and whole-segment `**` only.
bool plainMatch(std::string_view pattern, std::string_view path, bool segmentStart) {
  if (pattern.empty()) return path.empty();
  if (segmentStart && pattern == "**")
    return !path.empty() && path.front() != '/' && path.back() != '/' &&
           path.find("//") == std::string_view::npos;
  if (segmentStart && pattern.substr(0, 3) == "**/") {
    if (plainMatch(pattern.substr(3), path, true)) return true;
    const size_t slash = path.find('/');
    return slash != std::string_view::npos && slash > 0 &&
           plainMatch(pattern, path.substr(slash + 1), true);
  }
  if (pattern.front() == '*') {
    if (plainMatch(pattern.substr(1), path, false)) return true;
    return !path.empty() && path.front() != '/' && plainMatch(pattern, path.substr(1), false);
  }
  if (path.empty()) return false;
  if (pattern.front() == '?') {
    return path.front() != '/' && plainMatch(pattern.substr(1), path.substr(1), false);
  }
  return pattern.front() == path.front() &&
         plainMatch(pattern.substr(1), path.substr(1), pattern.front() == '/');
}

/// Whether plainMatch() understands the pattern and answers soon.
bool isPlain(std::string_view pattern, std::string_view path) {
  if (pattern.size() > 16 || path.size() > 24 || pattern.empty()) return false;
  if (pattern.back() == '/' || pattern.front() == '!' || pattern.starts_with("./")) return false;
  if (pattern.find("//") != std::string_view::npos) return false;
  for (const char each : pattern) {
    if (std::string_view("*?/abc.").find(each) == std::string_view::npos) return false;
  }
  for (const char each : path) {
    if (static_cast<unsigned char>(each) >= 128) return false;
  }
  // A run of three stars or more is not plain to say about.
  return pattern.find("***") == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const GlobOptions options{(data[0] & 1) != 0, (data[0] & 2) != 0};
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<std::string> patterns;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    patterns.emplace_back(line);
  }
  const Result<GlobSet> set = GlobSet::compile(patterns, options);
  if (!set) return 0;
  const bool matched = set.value().matches(text, false);
  (void)set.value().matches(text, true);
  (void)set.value().canMatchBelow(text);

  // A path that matches lies below directories that may contain a match.
  if (matched && !text.empty() && text.find("//") == std::string_view::npos &&
      text.front() != '/') {
    for (size_t slash = text.find('/'); slash != std::string_view::npos;
         slash = text.find('/', slash + 1)) {
      if (!set.value().canMatchBelow(text.substr(0, slash))) std::abort();
    }
  }
  if (patterns.size() == 1 && options.dot && !options.ignoreCase && isPlain(patterns[0], text) &&
      matched != plainMatch(patterns[0], text, true)) {
    std::abort();
  }
  return 0;
}
