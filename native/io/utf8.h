// Reading UTF-8 that may be broken. Pure functions, thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace {

/// Takes one character from the front of `text`. A byte that is part of no valid character comes
/// back alone as kBrokenByte plus its value, which no valid text contains. REQUIRES: text is not
/// empty.
inline constexpr uint32_t kBrokenByte = 0xDC00;
uint32_t takeCharacter(std::string_view& text);

bool isUtf8(std::string_view text);

/// The same text with U+FFFD for each byte that is part of no valid character.
std::string lossyUtf8(std::string_view text);

}  // namespace millrace
