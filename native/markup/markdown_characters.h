// What is asked about characters: kinds, case, and HTML's character references. Pure functions over
// valid UTF-8, thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::markdown {

constexpr bool isAsciiSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool isAlphanumeric(char c) {
  return isDigit(c) || isLetter(c);
}
constexpr bool isHexDigit(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr char lowerOf(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// The character that begins at `at`, and behind it. REQUIRES: valid UTF-8, at < text.size().
uint32_t characterAt(std::string_view text, size_t at, size_t& next);

/// What GitHub keeps in a heading's anchor: letters, marks, decimal digits and connectors.
bool isSlugCharacter(uint32_t character);

/// Appends the character in lower case, as String.prototype.toLowerCase has it.
void appendLower(std::string& text, uint32_t character);

/// Appends what the character reference (&amp; &#38; &#x26;) stands for; as it is when HTML knows
/// no such name. REQUIRES: it begins with & and ends with ;.
void appendEntity(std::string& target, std::string_view reference);

}  // namespace millrace::markdown
