// JavaScript's regular-expression syntax (ECMA-262, 22.2.1 and Annex B.1.2) as a tree. What no
// automaton can decide in linear time, look-around and back-references, is refused, and so is what
// only V8 knows, \p and the flags v, y and d. Pure function, thread safe; trees are plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/character_set.h"

namespace millrace {

struct PatternFlags {
  bool ignoreCase = false;  ///< i
  bool multiline = false;   ///< m
  bool dotAll = false;      ///< s
  bool unicode = false;     ///< u: strict syntax, and case folding by Unicode's simple mapping
};

struct PatternNode {
  enum class Kind : uint8_t {
    kEmpty,
    kCharacter,
    kSet,
    kTextBegin,
    kTextEnd,
    kLineBegin,
    kLineEnd,
    kWordBoundary,
    kNotWordBoundary,
    kConcat,
    kAlternation,
    kRepeat,  // of children[0]
    kCapture  // of children[0]
  };
  static constexpr uint32_t kUnbounded = UINT32_MAX;

  Kind kind = Kind::kEmpty;
  bool negated = false;    // kSet: all but `set`
  bool lazy = false;       // kRepeat
  uint32_t character = 0;  // kCharacter
  uint32_t min = 0;        // kRepeat
  uint32_t max = 0;        // kRepeat: kUnbounded for none
  uint32_t capture = 0;    // kCapture: from 1
  CharacterSet set;        // kSet, normalized
  std::vector<PatternNode> children;
};

struct ParsedPattern {
  PatternNode root;
  std::vector<std::string> captureNames;  ///< one for each capture, "" for those without
};

/// The tree, at most 200 groups deep. kUnsupported for what is refused, kInvalidArgument for what
/// is no pattern; the message says what and at which byte.
Result<ParsedPattern> parsePattern(std::string_view source, const PatternFlags& flags);

/// The tree of a text that stands for itself. REQUIRES: valid UTF-8.
ParsedPattern literalPattern(std::string_view text);

}  // namespace millrace
