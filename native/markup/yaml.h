// One YAML document as JSON text: libyaml's events, resolved by one of YAML's schemas. Pure
// functions, thread safe. Time and memory are linear in the text and in maxAliasNodes.
#pragma once

#include <cstddef>
#include <string_view>

#include "markup/parsed_data.h"
#include "markup/yaml_scalar.h"

namespace millrace {

struct YamlOptions {
  YamlSchema schema = YamlSchema::kCore;
  bool dates = false;             ///< timestamps become dates; otherwise they are strings
  bool merge = true;              ///< whether `<<` merges mappings (core and 1.1 schemas)
  bool ignoreTags = false;        ///< unknown tags: ignored, else an error
  size_t maxAliasNodes = 100000;  ///< nodes that aliases and merges may add
  DataLimits limits = {};
};

/// The document in the bytes [begin, end) of `file`; nothing but comments is null. Positions in
/// errors are those in the whole file. kSyntax: what is no YAML, invalid UTF-8, a duplicate key, an
/// unknown tag, a second document, a collection as a key, or an alias inside what it names.
/// REQUIRES: begin <= end <= file.size().
Result<ParsedData> parseYaml(std::string_view file, size_t begin, size_t end,
                             const YamlOptions& options, const DataCheckpoint& checkpoint);

/// The same through libyaml in every case: parseYaml() reads simple documents by a faster way.
Result<ParsedData> parseAnyYaml(std::string_view file, size_t begin, size_t end,
                                const YamlOptions& options, const DataCheckpoint& checkpoint);

}  // namespace millrace
