// Finds the end of a JSON value inside a longer text, and judges it exactly as JSON.parse does.
// Pure function, thread safe, no recursion, linear time.
#pragma once

#include <cstddef>
#include <string_view>

namespace millrace {

struct JsonScan {
  enum Outcome : unsigned char { kValue, kSyntax, kTooDeep };
  Outcome outcome = kValue;
  size_t at = 0;            ///< behind the value; or the byte that is wrong
  const char* reason = "";  ///< what is wrong there
};

/// Scans one value that begins at `begin`, white space before it included.
/// REQUIRES: valid UTF-8.
JsonScan scanJson(std::string_view text, size_t begin, size_t maxDepth);

}  // namespace millrace
