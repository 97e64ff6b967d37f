// What the data languages (YAML, TOML, JSON) are parsed into: JSON text, which V8 turns into values
// fastest, and beside it the few values that JSON cannot express. Plain data, one owner.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"

namespace millrace {

/// `json` is valid JSON in valid UTF-8. `specials` is empty, or a JSON array of [path, value]: the
/// path is an array of keys and indices, and `json` holds null there; the value is "nan", "inf",
/// "-inf", or a number: an instant in milliseconds since 1970 (UTC).
struct ParsedData {
  std::string json;
  std::string specials;
};

/// Asked about once per thousand values; a failure ends the work with that failure.
using DataCheckpoint = std::function<Result<void>()>;

/// Bounds that every language obeys; beyond them: kTooLarge.
struct DataLimits {
  size_t maxDepth = 100;               ///< nested collections; at most kMaxDataDepth
  size_t maxBytes = 64 * 1024 * 1024;  ///< of `json` and `specials`
};

inline constexpr size_t kMaxDataDepth = 1000;

}  // namespace millrace
