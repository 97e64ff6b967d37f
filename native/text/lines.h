// Text as lines, and text made uniform. Lines end with LF, CRLF or a lone CR; a terminator at the
// end of the text begins no further line. Pure functions, thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace millrace {

struct LinesOptions {
  bool trim = false;               ///< without white space (JavaScript's) at both ends
  bool skipBlank = false;          ///< without lines of nothing but white space
  uint64_t maxLines = UINT64_MAX;  ///< the first so many of those that remain
};

struct LineList {
  std::string joined;  ///< the lines, without terminators, each followed by LF
  uint64_t count = 0;
  bool truncated = false;  ///< more lines would have followed
};

/// REQUIRES: valid UTF-8. `check` is asked once per megabyte.
Result<LineList> linesOf(std::string_view text, const LinesOptions& options,
                         const std::function<Result<void>()>& check);

struct NormalizeOptions {
  bool trimLineEnds = false;  ///< remove white space before the ends of lines
  bool finalNewline = false;  ///< end a text that is not empty with exactly one LF
};

/// The text without byte order mark, with LF for each CRLF and lone CR. REQUIRES: valid UTF-8.
Result<std::string> normalizedText(std::string_view text, const NormalizeOptions& options,
                                   const std::function<Result<void>()>& check);

}  // namespace millrace
