// Invariants: data_.json is valid JSON as soon as levels_ is empty; data_.specials is a JSON array
// that only lacks its last bracket.
#include "markup/json_writer.h"

#include <charconv>
#include <cmath>

#include "base/json_string.h"

namespace millrace {
namespace {

constexpr size_t kNumberChars = 32;  // the longest shortest form of a double has 24

struct Decimal {
  std::string digits;
  int point = 0;  // where the decimal point is in the digits; beyond them for large numbers
};

/// The shortest digits that identify a positive finite number.
Decimal shortestDecimal(double number) {
  char text[kNumberChars];
  const auto result =
      std::to_chars(text, text + sizeof text, number, std::chars_format::scientific);
  const std::string_view whole(text, static_cast<size_t>(result.ptr - text));
  const size_t e = whole.find('e');
  Decimal decimal;
  for (const char each : whole.substr(0, e)) {
    if (each != '.') decimal.digits.push_back(each);
  }
  const char* exponent = whole.data() + e + 1;
  if (*exponent == '+') ++exponent;
  std::from_chars(exponent, result.ptr, decimal.point);
  ++decimal.point;
  return decimal;
}

}  // namespace

std::string jsonNumber(double number) {
  constexpr double kLargeInteger = 9e18;
  char text[kNumberChars];
  char* const end = text + sizeof text;
  const auto result = std::fabs(number) < kLargeInteger
                          ? std::to_chars(text, end, number)
                          : std::to_chars(text, end, number, std::chars_format::scientific);
  return std::string(text, result.ptr);
}

std::string javascriptNumber(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  if (number == 0) return "0";
  auto [digits, point] = shortestDecimal(std::fabs(number));
  const int count = static_cast<int>(digits.size());
  constexpr int kLastPlain =
      21;  // 1e21 is the first number that JavaScript writes with an exponent
  constexpr int kFirstPlain = -6;  // and 1e-7 the first small one
  if (point > kLastPlain || point <= kFirstPlain) {
    if (count > 1) digits.insert(1, ".");
    digits.append(point > 0 ? "e+" : "e").append(std::to_string(point - 1));
  } else if (point <= 0) {
    digits.insert(0, "0." + std::string(static_cast<size_t>(-point), '0'));
  } else if (point >= count) {
    digits.append(static_cast<size_t>(point - count), '0');
  } else {
    digits.insert(static_cast<size_t>(point), ".");
  }
  return number < 0 ? "-" + digits : digits;
}

void JsonWriter::separate() {
  if (levels_.empty()) return;
  Level& level = levels_.back();
  // In an object key() has counted and separated.
  if (!level.object && level.count++ > 0) data_.json.push_back(',');
}

void JsonWriter::raw(std::string_view text) {
  separate();
  data_.json.append(text);
}

Result<void> JsonWriter::begin(char bracket) {
  if (levels_.size() >= limits_.maxDepth) {
    return Error::of(ErrorCode::kTooLarge, "collections are nested deeper than maxDepth (" +
                                               std::to_string(limits_.maxDepth) + ")");
  }
  separate();
  data_.json.push_back(bracket);
  levels_.push_back({bracket == '{', 0, {}});
  return {};
}

void JsonWriter::end(char bracket) {
  levels_.pop_back();
  data_.json.push_back(bracket);
}

void JsonWriter::key(std::string_view name) {
  Level& level = levels_.back();
  if (level.count++ > 0) data_.json.push_back(',');
  level.name = name;
  appendJsonString(data_.json, name);
  data_.json.push_back(':');
}

void JsonWriter::string(std::string_view text) {
  separate();
  appendJsonString(data_.json, text);
}

void JsonWriter::integer(int64_t value) {
  char text[kNumberChars];
  const auto result = std::to_chars(text, text + sizeof text, value);
  raw({text, static_cast<size_t>(result.ptr - text)});
}

void JsonWriter::number(double value) {
  if (std::isnan(value)) return special("\"nan\"");
  if (std::isinf(value)) return special(value > 0 ? "\"inf\"" : "\"-inf\"");
  raw(jsonNumber(value));
}

void JsonWriter::date(int64_t ms) {
  special(std::to_string(ms));
}

void JsonWriter::special(std::string_view value) {
  raw("null");
  std::string& out = data_.specials;
  out.append(out.empty() ? "[[[" : ",[[");
  for (size_t i = 0; i < levels_.size(); ++i) {
    if (i > 0) out.push_back(',');
    const Level& level = levels_[i];
    if (level.object) {
      appendJsonString(out, level.name);
    } else {
      out.append(std::to_string(level.count - 1));
    }
  }
  out.append("],").append(value).push_back(']');
}

Result<void> JsonWriter::withinLimits() const {
  if (data_.json.size() + data_.specials.size() <= limits_.maxBytes) return {};
  return Error::of(ErrorCode::kTooLarge, "the data is larger than maxBytes (" +
                                             std::to_string(limits_.maxBytes) + ") as JSON");
}

ParsedData JsonWriter::finish() {
  if (!data_.specials.empty()) data_.specials.push_back(']');
  return std::move(data_);
}

}  // namespace millrace
