// Literals without which a pattern cannot match: what makes it cheap to see where it may. Pure
// function, thread safe.
#pragma once

#include <string>
#include <vector>

#include "text/pattern_syntax.h"

namespace millrace {

struct PatternLiterals {
  enum class Use : uint8_t {
    kNone,    ///< nothing is known
    kWhole,   ///< boundaries apart, the pattern matches exactly these, the first one that fits at a
              ///< place
    kPrefix,  ///< each match begins with one of these
    kInner    ///< each match contains one of these
  };
  Use use = Use::kNone;
  bool foldsAscii = false;  ///< ASCII letters match in either case; the literals are in lower case
  /// With foldsAscii: U+017F and U+212A match too, so that text with one of them needs another way.
  bool foldsBeyondAscii = false;
  bool boundaryBefore = false;  ///< the pattern begins with `\b`
  bool boundaryBehind = false;  ///< and ends with it
  std::vector<std::string> literals;
};

PatternLiterals literalsOf(const PatternNode& root, const PatternFlags& flags);

}  // namespace millrace
