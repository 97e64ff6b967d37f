// The item, a whole YAML or TOML document, as data (markup/yaml.h, markup/toml.h). Thread safe,
// immutable. A byte order mark is skipped.
//
// Result: text 0 is the data as JSON, text 1 its specials (markup/parsed_data.h).
#pragma once

#include "markup/toml.h"
#include "markup/yaml.h"
#include "operations/operation.h"

namespace millrace {

class ParseYamlOperation final : public Operation {
 public:
  explicit ParseYamlOperation(const YamlOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const YamlOptions options_;
};

class ParseTomlOperation final : public Operation {
 public:
  explicit ParseTomlOperation(const TomlOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const TomlOptions options_;
};

}  // namespace millrace
