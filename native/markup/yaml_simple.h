// A reader for the YAML that people mostly write: block mappings and sequences of one-line scalars,
// lists in brackets, literal and folded blocks. It is an order of magnitude faster than a full
// parser, and gives up at the first thing it is not sure of, errors included; then libyaml reads
// the text from its beginning. What it accepts means the same to libyaml (fuzzed). Thread safe.
#pragma once

#include <optional>
#include <string_view>

#include "markup/yaml.h"

namespace millrace {

/// The data, or nothing when the text is not simple, is in error or exceeds a limit.
std::optional<ParsedData> parseSimpleYaml(std::string_view text, const YamlOptions& options,
                                          const DataCheckpoint& checkpoint);

}  // namespace millrace
