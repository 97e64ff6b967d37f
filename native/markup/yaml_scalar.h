// What a YAML scalar means: the resolution of plain scalars by schema, and the scalar tags of the
// YAML tag repository. Pure functions, thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace {

enum class YamlSchema : uint8_t { kCore, kYaml11, kJson, kFailsafe };

enum class YamlKind : uint8_t {
  kNull,
  kFalse,
  kTrue,
  kNumber,  ///< `text` is a number in JSON's grammar, small enough for a double
  kNan,
  kInfinity,
  kNegativeInfinity,
  kString,
  kDate,  ///< an instant, `ms`; `text` is its source
  kSequence,
  kMapping,
  kAlias,
  kUnresolved,  ///< no scalar of the schema, or of the tag asked for
};

/// `text` views the source or `scratch`.
struct YamlScalar {
  YamlKind kind = YamlKind::kUnresolved;
  std::string_view text = {};
  int64_t ms = 0;
};

/// An untagged plain scalar. `dates`: whether timestamps are dates or strings.
YamlScalar resolvePlain(std::string_view text, YamlSchema schema, bool dates, std::string& scratch);

/// A scalar with the tag tag:yaml.org,2002:<name>, in any style; kUnresolved where the text does
/// not fit the tag, and for tags that are none of a scalar.
YamlScalar resolveTagged(std::string_view text, std::string_view name, YamlSchema schema,
                         bool dates, std::string& scratch);

/// Milliseconds since 1970 of a timestamp as YAML 1.1 defines it: a date alone, or with a time and
/// perhaps a zone (without one: UTC); false where it is none, or no day of the calendar.
bool parseYamlTimestamp(std::string_view text, int64_t& ms);

}  // namespace millrace
