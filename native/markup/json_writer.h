// Writes JSON text value by value, and notes where the values are that JSON cannot express. It puts
// commas and colons itself. One thread; owns what it has written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "markup/parsed_data.h"

namespace millrace {

/// A JSON number that reads back as the same double; one that would be an integer beyond 64 bits,
/// which some readers refuse, has an exponent. REQUIRES: finite.
std::string jsonNumber(double number);

/// The text that JavaScript's String(number) gives.
std::string javascriptNumber(double number);

class JsonWriter {
 public:
  explicit JsonWriter(const DataLimits& limits) : limits_(limits) {}

  // Each writes one value: at the top, as an element, or behind key(). The views given to key() are
  // borrowed until their object ends.
  Result<void> beginObject() { return begin('{'); }
  Result<void> beginArray() { return begin('['); }
  void endObject() { end('}'); }
  void endArray() { end(']'); }
  void key(std::string_view name);
  void null() { raw("null"); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  /// REQUIRES: valid UTF-8.
  void string(std::string_view text);
  void integer(int64_t value);
  /// NaN and the infinities become specials.
  void number(double value);
  /// REQUIRES: a number in JSON's grammar.
  void numberText(std::string_view text) { raw(text); }
  /// An instant, in milliseconds since 1970 (UTC).
  void date(int64_t ms);

  /// kTooLarge once more than maxBytes has been written. To be asked per value.
  Result<void> withinLimits() const;

  /// REQUIRES: every collection has ended.
  ParsedData finish();

 private:
  struct Level {
    bool object;
    size_t count;           // of values begun
    std::string_view name;  // the key at hand
  };

  Result<void> begin(char bracket);
  void end(char bracket);
  void separate();
  void raw(std::string_view text);
  void special(std::string_view value);

  const DataLimits limits_;
  std::vector<Level> levels_;
  ParsedData data_;
};

}  // namespace millrace
