// Many patterns searched at once: what JavaScript's matchAll() would find for each of them, in one
// list. Immutable after compile(), thread safe; owns the automata. A pass over the text finds the
// literals that patterns need; RE2 looks only where those are.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/pattern_syntax.h"

namespace millrace {

struct SearchPattern {
  std::string source;
  PatternFlags flags;
  bool literal = false;  ///< the source is the text to find, not a regular expression
};

struct SearchOptions {
  bool wholeWord = false;  ///< `\b` before and behind each pattern
  bool captures = false;   ///< also tell what the groups matched
  uint64_t maxMatches = 1'000'000;
  uint64_t patternMemoryBytes = 8u << 20;  ///< of each pattern's automata
};

struct TextSpan {
  static constexpr size_t kNone = SIZE_MAX;  ///< `begin` of a group that took no part
  size_t begin = 0;
  size_t end = 0;

  bool operator==(const TextSpan&) const = default;
};

struct SearchMatch {
  uint32_t pattern = 0;
  TextSpan span;
  size_t captures = 0;  ///< where its groups begin in SearchMatches::captures
};

struct SearchMatches {
  std::vector<SearchMatch> matches;  ///< by begin, then by pattern
  std::vector<TextSpan> captures;
  bool truncated = false;  ///< there are more than maxMatches; these are the first
};

/// Asked now and then; an error ends the search.
using SearchCheck = std::function<Result<void>()>;

class TextSearch {
 public:
  /// kInvalidArgument or kUnsupported name the pattern by its index, and why it is refused;
  /// kTooLarge when its automaton would need more than patternMemoryBytes.
  static Result<std::unique_ptr<TextSearch>> compile(const std::vector<SearchPattern>& patterns,
                                                     const SearchOptions& options);
  ~TextSearch();
  TextSearch(const TextSearch&) = delete;
  TextSearch& operator=(const TextSearch&) = delete;

  /// REQUIRES: valid UTF-8.
  Result<SearchMatches> find(std::string_view text, const SearchCheck& check) const;

  size_t patterns() const;
  /// Groups that are told of each match of a pattern; 0 unless SearchOptions::captures.
  size_t captureCount(size_t pattern) const;
  /// A name for each of them, "" for those without.
  const std::vector<std::string>& captureNames(size_t pattern) const;

 private:
  struct Compiled;
  class Run;

  TextSearch();

  std::unique_ptr<Compiled> compiled_;
};

}  // namespace millrace
