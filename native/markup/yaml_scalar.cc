// Invariants: a kNumber's text fits JSON's grammar and is finite as a double; integers keep their
// digits up to 18, so that nothing is lost below 2^53 and JavaScript rounds the rest as usual.
#include "markup/yaml_scalar.h"

#include <charconv>
#include <cmath>

#include "markup/yaml_number.h"

namespace millrace {
namespace {

YamlScalar of(YamlKind kind) {
  return {kind, {}, 0};
}

YamlScalar stringOf(std::string_view text) {
  return {YamlKind::kString, text, 0};
}

template <typename... Words>
bool isOneOf(std::string_view text, Words... words) {
  return ((text == words) || ...);
}

bool isNull(std::string_view text) {
  return text.empty() || isOneOf(text, "null", "~", "Null", "NULL");
}

YamlKind booleanOf(std::string_view text, YamlSchema schema) {
  if (isOneOf(text, "true", "True", "TRUE")) return YamlKind::kTrue;
  if (isOneOf(text, "false", "False", "FALSE")) return YamlKind::kFalse;
  if (schema != YamlSchema::kYaml11) return YamlKind::kUnresolved;
  if (isOneOf(text, "y", "Y", "yes", "Yes", "YES", "on", "On", "ON")) return YamlKind::kTrue;
  if (isOneOf(text, "n", "N", "no", "No", "NO", "off", "Off", "OFF")) return YamlKind::kFalse;
  return YamlKind::kUnresolved;
}

/// .nan, .inf, -.inf and +.inf in the three spellings.
YamlKind unmeasuredOf(std::string_view text) {
  if (isOneOf(text, ".nan", ".NaN", ".NAN")) return YamlKind::kNan;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (!isOneOf(text, ".inf", ".Inf", ".INF")) return YamlKind::kUnresolved;
  return negative ? YamlKind::kNegativeInfinity : YamlKind::kInfinity;
}

YamlScalar numberOf(std::string_view text, YamlSchema schema, bool integersOnly,
                    std::string& scratch) {
  YamlNumber number = schema == YamlSchema::kYaml11 ? readYaml11Number(text, scratch)
                                                    : readCoreNumber(text, scratch);
  if (number.form == YamlNumber::kNone || (integersOnly && number.form != YamlNumber::kInteger)) {
    return integersOnly ? of(YamlKind::kUnresolved) : of(unmeasuredOf(text));
  }
  if (number.infinite) {
    return of(text.front() == '-' ? YamlKind::kNegativeInfinity : YamlKind::kInfinity);
  }
  return {YamlKind::kNumber, number.text, 0};
}

bool canBeginNumber(char first) {
  return (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
}

YamlScalar resolveJson(std::string_view text, std::string& scratch) {
  if (text == "null") return of(YamlKind::kNull);
  if (text == "true") return of(YamlKind::kTrue);
  if (text == "false") return of(YamlKind::kFalse);
  const YamlNumber number = readJsonNumber(text, scratch);
  if (number.form == YamlNumber::kNone) return {YamlKind::kUnresolved, text, 0};
  if (number.infinite) {
    return of(text.front() == '-' ? YamlKind::kNegativeInfinity : YamlKind::kInfinity);
  }
  return {YamlKind::kNumber, number.text, 0};
}

bool isBase64(std::string_view text) {
  size_t padding = 0;
  for (const char each : text) {
    if (each == '=') {
      ++padding;
      continue;
    }
    const bool letter = (each >= 'A' && each <= 'Z') || (each >= 'a' && each <= 'z') ||
                        (each >= '0' && each <= '9') || each == '+' || each == '/';
    if (!letter || padding > 0) return false;
  }
  return padding <= 2 && text.size() % 4 == 0;
}

/// The base64 text without the white space that block scalars break it with.
YamlScalar binaryOf(std::string_view text, std::string& scratch) {
  scratch.clear();
  for (const char each : text) {
    if (each != ' ' && each != '\n' && each != '\r' && each != '\t') scratch.push_back(each);
  }
  return isBase64(scratch) ? stringOf(scratch) : of(YamlKind::kUnresolved);
}

YamlScalar dateOf(std::string_view text, bool dates) {
  int64_t ms = 0;
  if (!parseYamlTimestamp(text, ms)) return of(YamlKind::kUnresolved);
  return dates ? YamlScalar{YamlKind::kDate, text, ms} : stringOf(text);
}

}  // namespace

YamlScalar resolvePlain(std::string_view text, YamlSchema schema, bool dates,
                        std::string& scratch) {
  if (schema == YamlSchema::kFailsafe) return stringOf(text);
  if (schema == YamlSchema::kJson) return resolveJson(text, scratch);
  if (isNull(text)) return of(YamlKind::kNull);
  if (!canBeginNumber(text.front())) {
    const YamlKind boolean = booleanOf(text, schema);
    return boolean == YamlKind::kUnresolved ? stringOf(text) : of(boolean);
  }
  const YamlScalar number = numberOf(text, schema, false, scratch);
  if (number.kind != YamlKind::kUnresolved) return number;
  int64_t ms = 0;
  if (dates && parseYamlTimestamp(text, ms)) return {YamlKind::kDate, text, ms};
  return stringOf(text);
}

YamlScalar resolveTagged(std::string_view text, std::string_view name, YamlSchema schema,
                         bool dates, std::string& scratch) {
  if (name == "str") return stringOf(text);
  if (name == "null") return isNull(text) ? of(YamlKind::kNull) : of(YamlKind::kUnresolved);
  if (name == "bool") return of(booleanOf(text, schema));
  if (name == "binary") return binaryOf(text, scratch);
  if (name == "timestamp") return dateOf(text, dates);
  if (text.empty()) return of(YamlKind::kUnresolved);
  if (name == "int") return numberOf(text, schema, true, scratch);
  if (name == "float") return numberOf(text, schema, false, scratch);
  return of(YamlKind::kUnresolved);
}

}  // namespace millrace
