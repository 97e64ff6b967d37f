// The number forms of YAML's schemas, turned into JSON's. Pure functions, thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace {

/// `text` views the source where that is a JSON number already, else `scratch`.
struct YamlNumber {
  enum Form : uint8_t { kNone, kInteger, kFloat };
  Form form = kNone;
  bool infinite = false;  ///< beyond a double's range; `text` is empty then
  std::string_view text = {};
};

/// YAML 1.2 core schema: 12, +12, 0o14, 0xC, 1.5, .5, 1e3.
YamlNumber readCoreNumber(std::string_view text, std::string& scratch);

/// YAML 1.1: 12, 014, 0xC, 0b1100, 1_000, 190:20:30, 1.5, .5, 1e3, 190:20:30.15.
YamlNumber readYaml11Number(std::string_view text, std::string& scratch);

/// JSON's own grammar.
YamlNumber readJsonNumber(std::string_view text, std::string& scratch);

}  // namespace millrace
