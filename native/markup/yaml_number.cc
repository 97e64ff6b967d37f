// Invariants: whatever comes out fits JSON's grammar. Integers beyond 18 digits and other bases go
// through a double, correctly rounded, as JavaScript would read them.
#include "markup/yaml_number.h"

#include <charconv>
#include <cmath>

#include "markup/json_writer.h"

namespace millrace {
namespace {

constexpr size_t kExactDigits = 18;

bool isDigit(char character) {
  return character >= '0' && character <= '9';
}

/// How many characters of `text` from `at` on are digits.
size_t digitsAt(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && isDigit(text[end])) ++end;
  return end - at;
}

YamlNumber fromDouble(double value, YamlNumber::Form form, std::string& scratch) {
  if (std::isinf(value)) return {form, true, {}};
  scratch = jsonNumber(value);
  return {form, false, scratch};
}

/// [-+]? ( digits (. digits*)? | . digits ) ( [eE] [-+]? digits )?, cut into its parts.
struct Decimal {
  bool negative = false;
  std::string_view whole = {};
  std::string_view fraction = {};
  std::string_view exponent = {};  // with its e
  bool point = false;
};

bool readDecimal(std::string_view text, Decimal& decimal) {
  size_t at = 0;
  decimal.negative = text.starts_with('-');
  if (decimal.negative || text.starts_with('+')) at = 1;
  decimal.whole = text.substr(at, digitsAt(text, at));
  at += decimal.whole.size();
  if (at < text.size() && text[at] == '.') {
    decimal.point = true;
    decimal.fraction = text.substr(at + 1, digitsAt(text, at + 1));
    at += 1 + decimal.fraction.size();
  }
  if (decimal.whole.empty() && decimal.fraction.empty()) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const size_t begin = at++;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const size_t digits = digitsAt(text, at);
    if (digits == 0) return false;
    at += digits;
    decimal.exponent = text.substr(begin, at - begin);
  }
  return at == text.size();
}

/// Decimals whose value could leave a double's range, or whose digits simple readers refuse.
bool isExtreme(const Decimal& decimal) {
  return !decimal.exponent.empty() || decimal.whole.size() > kExactDigits;
}

YamlNumber jsonOf(std::string_view source, const Decimal& decimal, std::string& scratch) {
  const YamlNumber::Form form =
      decimal.point || !decimal.exponent.empty() ? YamlNumber::kFloat : YamlNumber::kInteger;
  std::string_view whole = decimal.whole;
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  const bool plain = whole.size() == decimal.whole.size() && !whole.empty() &&
                     decimal.point == !decimal.fraction.empty() && source.front() != '+';
  std::string_view text = source;
  if (!plain) {
    scratch.assign(decimal.negative ? "-" : "").append(whole.empty() ? "0" : whole);
    if (!decimal.fraction.empty()) scratch.append(".").append(decimal.fraction);
    text = scratch.append(decimal.exponent);
  }
  if (!isExtreme(decimal)) return {form, false, text};
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    // The standard leaves the value alone in both directions; strtod-like readers tell them apart
    // by the exponent's sign, and without an exponent only overflow is possible.
    const bool tiny = decimal.exponent.size() > 1 && decimal.exponent[1] == '-';
    if (!tiny) return {form, true, {}};
    scratch.assign(decimal.negative ? "-0.0" : "0.0");
    return {form, false, scratch};
  }
  return fromDouble(value, form, scratch);
}

void appendNibble(std::string& out, unsigned value) {
  out.push_back("0123456789abcdef"[value & 0xf]);
}

int digitValue(char character) {
  if (isDigit(character)) return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return 16;
}

/// The digits of base 2^bits as hexadecimal ones, leading zeros dropped; false where one is none.
bool toHex(std::string_view digits, unsigned bits, std::string& hex) {
  std::string binary;
  for (const char each : digits) {
    if (each == '_') continue;
    const auto value = static_cast<unsigned>(digitValue(each));
    if (value >= 1U << bits) return false;
    for (unsigned bit = bits; bit-- > 0;) binary.push_back(static_cast<char>(value >> bit & 1));
  }
  if (binary.empty()) return false;
  const std::string padded = std::string((4 - binary.size() % 4) % 4, 0) + binary;
  for (size_t i = 0; i < padded.size(); i += 4) {
    appendNibble(hex, static_cast<unsigned>(padded[i] << 3 | padded[i + 1] << 2 |
                                            padded[i + 2] << 1 | padded[i + 3]));
  }
  return true;
}

/// An integer in base 2, 8 or 16, rounded as JavaScript rounds.
YamlNumber readPowerOfTwo(std::string_view digits, unsigned bits, bool negative,
                          std::string& scratch) {
  std::string hex;
  if (!toHex(digits, bits, hex)) return {};
  double value = 0;
  const auto result =
      std::from_chars(hex.data(), hex.data() + hex.size(), value, std::chars_format::hex);
  if (result.ec == std::errc::result_out_of_range) return {YamlNumber::kInteger, true, {}};
  return fromDouble(negative ? -value : value, YamlNumber::kInteger, scratch);
}

/// 190:20:30 or 190:20:30.15: base 60, as YAML 1.1 has it.
YamlNumber readBase60(std::string_view digits, bool negative, std::string& scratch) {
  double value = 0;
  bool fraction = false;
  for (size_t at = 0, part = 0;; ++part) {
    const size_t count = digitsAt(digits, at);
    if (count == 0 || (part > 0 && count > 2)) return {};
    double number = 0;
    std::from_chars(digits.data() + at, digits.data() + at + count, number);
    if (part > 0 && number >= 60) return {};
    value = value * 60 + number;
    at += count;
    if (at == digits.size()) break;
    if (digits[at] == '.') {
      const size_t places = digitsAt(digits, at + 1);
      if (part == 0 || at + 1 + places != digits.size()) return {};
      const std::string text = "0" + std::string(digits.substr(at)) + "0";
      std::from_chars(text.data(), text.data() + text.size(), number);
      value += number;
      fraction = true;
      break;
    }
    if (digits[at] != ':') return {};
    ++at;
  }
  return fromDouble(negative ? -value : value, fraction ? YamlNumber::kFloat : YamlNumber::kInteger,
                    scratch);
}

}  // namespace

YamlNumber readCoreNumber(std::string_view text, std::string& scratch) {
  if (text.starts_with("0x")) return readPowerOfTwo(text.substr(2), 4, false, scratch);
  if (text.starts_with("0o")) return readPowerOfTwo(text.substr(2), 3, false, scratch);
  Decimal decimal;
  return readDecimal(text, decimal) ? jsonOf(text, decimal, scratch) : YamlNumber{};
}

YamlNumber readYaml11Number(std::string_view text, std::string& scratch) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
  if (digits.empty() || digits.front() == '_') return {};
  if (digits.starts_with("0x")) return readPowerOfTwo(digits.substr(2), 4, negative, scratch);
  if (digits.starts_with("0b")) return readPowerOfTwo(digits.substr(2), 1, negative, scratch);
  if (digits.size() > 1 && digits.front() == '0' &&
      digits.find_first_not_of("01234567_") == std::string_view::npos) {
    return readPowerOfTwo(digits.substr(1), 3, negative, scratch);
  }
  std::string plain;
  for (const char each : text) {
    if (each != '_') plain.push_back(each);
  }
  if (digits.find(':') != std::string_view::npos) {
    return readBase60(std::string_view(plain).substr(digits.size() < text.size() ? 1 : 0), negative,
                      scratch);
  }
  Decimal decimal;
  if (!readDecimal(plain, decimal)) return {};
  std::string json;
  YamlNumber number = jsonOf(plain, decimal, json);
  scratch.assign(number.text);
  number.text = scratch;
  return number;
}

YamlNumber readJsonNumber(std::string_view text, std::string& scratch) {
  Decimal decimal;
  if (text.starts_with('+') || !readDecimal(text, decimal)) return {};
  if (decimal.whole.empty() || decimal.point == decimal.fraction.empty()) return {};
  if (decimal.whole.size() > 1 && decimal.whole.front() == '0') return {};
  return jsonOf(text, decimal, scratch);
}

}  // namespace millrace
