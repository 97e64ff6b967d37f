// Tables hold what is beyond ASCII; everything ASCII is decided before they are searched.
#include "markup/markdown_characters.h"

#include <algorithm>

#include "markup/markdown_character_tables.h"
#include "text/utf8.h"

namespace millrace::markdown {
namespace {

constexpr uint32_t kReplacement = 0xFFFD;

bool contains(std::span<const CharacterRange> ranges, uint32_t character) {
  const auto found = std::lower_bound(
      ranges.begin(), ranges.end(), character,
      [](const CharacterRange& range, uint32_t sought) { return range.last < sought; });
  return found != ranges.end() && found->first <= character;
}

void appendMapped(std::string& text, const CharacterMap& map, uint32_t character) {
  const auto run = std::lower_bound(
      map.runs.begin(), map.runs.end(), character,
      [](const CharacterRun& each, uint32_t sought) { return each.last < sought; });
  if (run != map.runs.end() && run->first <= character &&
      (character - run->first) % run->step == 0) {
    appendUtf8(text, static_cast<uint32_t>(static_cast<int32_t>(character) + run->delta));
    return;
  }
  const auto sequence = std::lower_bound(
      map.sequences.begin(), map.sequences.end(), character,
      [](const CharacterSequence& each, uint32_t sought) { return each.from < sought; });
  if (sequence == map.sequences.end() || sequence->from != character) {
    appendUtf8(text, character);
    return;
  }
  for (const uint32_t each : sequence->to) {
    if (each != 0) appendUtf8(text, each);
  }
}

std::string_view entry(const char* text, std::span<const uint16_t> ends, size_t index) {
  const size_t begin = index == 0 ? 0 : ends[index - 1];
  return {text + begin, ends[index] - begin};
}

/// The value of a name; empty when HTML has no such name.
std::string_view namedEntity(std::string_view name) {
  size_t low = 0;
  size_t high = kEntityTable.nameEnds.size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (entry(kEntityTable.names, kEntityTable.nameEnds, middle) < name) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == kEntityTable.nameEnds.size() ||
      entry(kEntityTable.names, kEntityTable.nameEnds, low) != name) {
    return {};
  }
  return entry(kEntityTable.values, kEntityTable.valueEnds, low);
}

uint32_t digitValue(char c) {
  return static_cast<uint32_t>(isDigit(c) ? c - '0' : lowerOf(c) - 'a' + 10);
}

/// Of "&#38;" or "&#x26;". At most 7 decimal or 6 hexadecimal digits count, so that nothing
/// overflows.
uint32_t numericEntity(std::string_view reference) {
  const bool hexadecimal = lowerOf(reference[2]) == 'x';
  const std::string_view digits =
      reference.substr(hexadecimal ? 3 : 2, reference.size() - (hexadecimal ? 4 : 3));
  uint32_t code = 0;
  for (const char digit : digits.substr(0, hexadecimal ? 6 : 7)) {
    code = code * (hexadecimal ? 16 : 10) + digitValue(digit);
  }
  const bool scalar = code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return scalar ? code : kReplacement;
}

}  // namespace

uint32_t characterAt(std::string_view text, size_t at, size_t& next) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t lead = byte(at);
  const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  next = std::min(at + size, text.size());
  if (size == 1) return lead;
  uint32_t character = lead & (0xFFU >> (size + 1));
  for (size_t i = at + 1; i < next; ++i) character = character << 6 | (byte(i) & 0x3F);
  return character;
}

bool isSlugCharacter(uint32_t c) {
  if (c < 128) return isAlphanumeric(static_cast<char>(c)) || c == '_';
  return contains(kCharacterTables.slug, c);
}

void appendLower(std::string& text, uint32_t character) {
  if (character < 128) {
    text += lowerOf(static_cast<char>(character));
  } else {
    appendMapped(text, kCharacterTables.lower, character);
  }
}

void appendEntity(std::string& target, std::string_view reference) {
  if (reference.size() > 3 && reference[1] == '#') {
    appendUtf8(target, numericEntity(reference));
    return;
  }
  const std::string_view value = namedEntity(reference.substr(1, reference.size() - 2));
  target.append(value.empty() ? reference : value);
}

}  // namespace millrace::markdown
