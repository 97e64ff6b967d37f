// From bytes of an encoding to UTF-8. Pure function, thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace millrace {

enum class TextEncoding : uint8_t {
  kAuto,  ///< what the byte order mark says; UTF-8 without one
  kUtf8,
  kUtf16Le,
  kUtf16Be,
  kLatin1  ///< ISO-8859-1: each byte is the code point of that number
};

/// What becomes of bytes that the encoding does not allow.
enum class MalformedText : uint8_t { kReplace, kError };

struct DecodeOptions {
  TextEncoding encoding = TextEncoding::kAuto;
  MalformedText malformed = MalformedText::kReplace;
  uint64_t maxBytes = UINT64_MAX;  ///< of the result
};

/// The text in UTF-8, without byte order mark. Malformed input becomes U+FFFD as the WHATWG
/// Encoding standard defines it, or is kCorruptData with the offset in bytes of the input;
/// kTooLarge beyond maxBytes. `check` is asked once per megabyte.
Result<std::string> decodeText(ByteView bytes, const DecodeOptions& options,
                               const std::function<Result<void>()>& check);

}  // namespace millrace
