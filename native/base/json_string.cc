#include "base/json_string.h"

#include <array>

namespace millrace {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

/// The letter behind the backslash for characters that JSON cannot hold as they are; 'u' for those
/// without a short form; 0 for all others.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (size_t i = 0; i < 0x20; ++i) table[i] = 'u';
  table['\b'] = 'b';
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\f'] = 'f';
  table['\r'] = 'r';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

}  // namespace

void appendJsonString(std::string& out, std::string_view text) {
  out.push_back('"');
  size_t kept = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) continue;
    out.append(text, kept, i - kept);
    kept = i + 1;
    out.push_back('\\');
    out.push_back(escape);
    if (escape == 'u') out.append("00").append({kHex[byte >> 4], kHex[byte & 0xf]});
  }
  out.append(text, kept).push_back('"');
}

}  // namespace millrace
