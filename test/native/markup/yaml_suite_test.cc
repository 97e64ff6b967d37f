// The cases of the YAML test suite, with the exact list of those in which libyaml does otherwise.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "markup/yaml.h"

namespace millrace {
namespace {

std::string casesPath() {
  const auto root = std::filesystem::path(__FILE__).parent_path() / "../../..";
  return (root / "test/fixtures/yaml-test-suite/cases.json").string();
}

std::set<std::string> idsOf(simdjson::dom::element list) {
  std::set<std::string> ids;
  for (const simdjson::dom::element id : list.get_array()) {
    ids.emplace(std::string_view(id.get_string()));
  }
  return ids;
}

/// Equal as JavaScript values: the order of keys does not count, and 1.0 is 1.
bool equal(simdjson::dom::element one, simdjson::dom::element other) {
  if (one.is_number() && other.is_number()) {
    return double(one.get_double()) == double(other.get_double());
  }
  if (one.is_array() && other.is_array()) {
    const simdjson::dom::array ones = one.get_array();
    const simdjson::dom::array others = other.get_array();
    return std::equal(ones.begin(), ones.end(), others.begin(), others.end(), equal);
  }
  if (!one.is_object() || !other.is_object()) {
    return simdjson::minify(one) == simdjson::minify(other);
  }
  const simdjson::dom::object fields = other.get_object();
  size_t count = 0;
  for (const auto field : simdjson::dom::object(one.get_object())) {
    auto match = fields.at_key(field.key);
    if (match.error() || !equal(field.value, match.value())) return false;
    ++count;
  }
  return count == fields.size();
}

bool sameJson(const std::string& one, const std::string& other) {
  simdjson::dom::parser parsers[2];
  return equal(parsers[0].parse(one).value(), parsers[1].parse(other).value());
}

TEST(YamlSuite, EveryCaseButTheListedOnes) {
  simdjson::dom::parser parser;
  const simdjson::dom::element suite = parser.load(casesPath()).value();
  const std::set<std::string> refused = idsOf(suite["differs"]["refused"].value());
  const std::set<std::string> accepted = idsOf(suite["differs"]["accepted"].value());
  const std::set<std::string> otherwise = idsOf(suite["differs"]["read_otherwise"].value());
  YamlOptions options;
  options.ignoreTags = true;
  size_t count = 0;
  for (const simdjson::dom::element each : suite["cases"].get_array()) {
    ++count;
    const std::string id(std::string_view(each["id"].get_string()));
    const std::string_view yaml = each["yaml"].get_string();
    const auto parsed = parseYaml(yaml, 0, yaml.size(), options, [] { return Result<void>(); });
    if (!each["fail"].error()) {
      EXPECT_EQ(parsed.ok(), accepted.contains(id)) << id;
      continue;
    }
    EXPECT_EQ(!parsed.ok(), refused.contains(id))
        << id << ": " << (parsed ? "" : parsed.error().message);
    if (!parsed) continue;
    const std::string expected(std::string_view(each["json"].get_string()));
    EXPECT_EQ(sameJson(parsed.value().json, expected), !otherwise.contains(id))
        << id << ": " << parsed.value().json << " and not " << expected;
  }
  EXPECT_EQ(count, 353U);
}

}  // namespace
}  // namespace millrace
