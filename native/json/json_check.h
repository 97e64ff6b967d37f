// Whether a text is JSON, as JSON.parse judges it, and what is wrong with it if not. Numbers of any
// size and escaped lone surrogates are JSON; bytes that are not UTF-8 and a byte order mark are
// not. Pure functions, thread safe; linear in the text; memory does not grow with the text, except
// for one byte per level of nesting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/structural_cursor.h"

namespace millrace {

/// The first thing that is wrong: kSyntax, or kTooLarge where the nesting gets too deep.
struct JsonProblem {
  ErrorCode code;
  size_t offset;       ///< of the byte that cannot be there
  std::string reason;  ///< what was expected and what is there

  /// With line and column.
  Error asError(std::string_view text) const;
};

/// How many bytes at the beginning of `rest` are a number, true, false or null; 0 when what begins
/// there is none of them or does not end there.
size_t scalarSize(std::string_view rest);

/// Takes the value that `cursor` stands at and moves to the token behind it. False when it is not
/// JSON, nests deeper than `maxDepth`, or the cursor is at its end too early. `open` is room for
/// the containers that are open, kept by the caller so that it is allocated once.
bool passValue(StructuralCursor& cursor, std::string_view text, size_t maxDepth,
               std::vector<uint8_t>& open);

/// The first problem of a text, byte by byte: several times slower than to learn that there is one.
/// An error is the checkpoint's.
Result<std::optional<JsonProblem>> findProblem(std::string_view text, size_t maxDepth,
                                               const Checkpoint& checkpoint);

/// Nothing when `text` is one JSON value that nests at most `maxDepth` deep. An error is the
/// checkpoint's.
Result<std::optional<JsonProblem>> checkJson(std::string_view text, size_t maxDepth,
                                             const Checkpoint& checkpoint);

}  // namespace millrace
