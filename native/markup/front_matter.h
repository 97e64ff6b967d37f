// Front matter: the data at the beginning of a text, set off by delimiter lines, and the body
// behind it. Pure functions, thread safe. Time linear in the block, whatever the body's size,
// except for looking for a closing delimiter that does not come.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "markup/parsed_data.h"
#include "markup/yaml.h"

namespace millrace {

enum class DataFormat : uint8_t { kNone, kYaml, kToml, kJson };

/// `---` opens YAML (also `---yaml`, `---toml`, `---json`), closed by `---` or, for YAML, `...`;
/// `+++` TOML; `;;;` JSON; `{` at the very beginning JSON without delimiters.
struct FrontMatterOptions {
  YamlOptions yaml = {};  ///< `dates` and `limits` hold for every format
  bool readYaml = true;
  bool readToml = true;
  bool readJson = true;
  bool unterminatedIsBody =
      false;              ///< a block without its closing line: all is body, else an error
  std::string open = {};  ///< if not empty: the only delimiters, with their language
  std::string close = {};
  DataFormat language = DataFormat::kYaml;
};

/// Offsets are in bytes of the file. Without front matter the format is kNone, the data `{}` and
/// the body begins at the file's beginning (behind the byte order mark).
struct FrontMatter {
  DataFormat format = DataFormat::kNone;
  ParsedData data = {"{}", {}};  ///< an object in every case
  size_t dataBegin = 0;          ///< of the block, delimiters not included
  size_t dataEnd = 0;
  size_t bodyBegin = 0;

  bool empty() const { return data.json == "{}"; }
};

/// kSyntax, with the place in the file: a malformed block, one that is no mapping, or one that does
/// not end. The body is not looked at.
Result<FrontMatter> parseFrontMatter(std::string_view file, const FrontMatterOptions& options,
                                     const DataCheckpoint& checkpoint);

}  // namespace millrace
