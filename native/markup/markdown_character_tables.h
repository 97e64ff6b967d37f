// The layout of the generated tables behind markdown_characters.h. Constant data, thread safe.
#pragma once

#include <cstdint>
#include <span>

namespace millrace::markdown {

struct CharacterRange {
  uint32_t first;
  uint32_t last;
};

/// Every `step`-th character from `first` to `last` maps to the one `delta` away.
struct CharacterRun {
  uint32_t first;
  uint32_t last;
  int32_t delta;
  uint32_t step;
};

/// A character that maps to several; unused places are 0.
struct CharacterSequence {
  uint32_t from;
  uint32_t to[3];
};

struct CharacterMap {
  std::span<const CharacterRun> runs;
  std::span<const CharacterSequence> sequences;
};

/// Everything beyond ASCII, in ascending order.
struct CharacterTables {
  std::span<const CharacterRange> slug;
  CharacterMap lower;
};

/// Names (without & and ;) in byte order and what they stand for; text i ends at ends[i].
struct EntityTable {
  const char* names;
  std::span<const uint16_t> nameEnds;
  const char* values;
  std::span<const uint16_t> valueEnds;
};

extern const CharacterTables kCharacterTables;
extern const EntityTable kEntityTable;

}  // namespace millrace::markdown
