// A TOML 1.0 document as JSON text, by toml++. Keys come out in the order of their bytes. Pure
// function, thread safe.
#pragma once

#include <cstddef>
#include <string_view>

#include "markup/parsed_data.h"

namespace millrace {

struct TomlOptions {
  bool dates = false;  ///< offset date-times become dates; all others stay strings in any case
  DataLimits limits = {};
};

/// The document in the bytes [begin, end) of `file`. Positions in errors are those in the whole
/// file. kSyntax: what is no TOML, invalid UTF-8, or an integer beyond 2^53, which no JavaScript
/// number holds. REQUIRES: begin <= end <= file.size().
Result<ParsedData> parseToml(std::string_view file, size_t begin, size_t end,
                             const TomlOptions& options, const DataCheckpoint& checkpoint);

}  // namespace millrace
