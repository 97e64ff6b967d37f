// From the tree of a JavaScript pattern to RE2's syntax, so that RE2 finds what JavaScript finds,
// and to what the search needs to know of the pattern. Pure functions, thread safe.
#pragma once

#include <string>

#include "base/result.h"
#include "text/pattern_syntax.h"

namespace millrace {

struct PatternTraits {
  bool matchesLf = false;       ///< a match may contain a line feed
  bool lineAnchors = false;     ///< `^` or `$` with the flag m
  bool tellsCrFromLf = false;   ///< CR and LF are not the same to it, anchors apart
  bool matchesEmpty = false;    ///< may match nothing, assertions apart
  bool bounded = false;         ///< no match is longer than a fixed number of characters
  bool resetsCaptures = false;  ///< a group in a repetition, whose text JavaScript forgets
  bool prefersNothing = false;  ///< a repetition whose body would rather match nothing
};

PatternTraits traitsOf(const PatternNode& root);

/// RE2 syntax. Groups are numbered as in the source and have no names.
std::string re2Syntax(const PatternNode& root, const PatternFlags& flags);

}  // namespace millrace
