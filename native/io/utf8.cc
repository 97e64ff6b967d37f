#include "io/utf8.h"

#include <cstring>

namespace millrace {
namespace {

struct Sequence {
  size_t size;  // 0 for a broken one
  uint32_t character;
};

Sequence sequenceAt(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {0, 0};
  uint32_t character = lead & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0, 0};
    character = character << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (size == 3 && character < 0x800) || (size == 4 && character < 0x10000);
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (overlong || surrogate || character > 0x10ffff) return {0, 0};
  return {size, character};
}

bool isAscii(std::string_view text) {
  uint64_t seen = 0;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    seen |= word;
  }
  for (; at < text.size(); ++at) seen |= static_cast<uint8_t>(text[at]);
  return (seen & 0x8080808080808080) == 0;
}

}  // namespace

uint32_t takeCharacter(std::string_view& text) {
  const Sequence sequence = sequenceAt(text);
  const uint32_t character =
      sequence.size ? sequence.character : kBrokenByte + static_cast<uint8_t>(text[0]);
  text.remove_prefix(sequence.size ? sequence.size : 1);
  return character;
}

bool isUtf8(std::string_view text) {
  if (isAscii(text)) return true;
  while (!text.empty()) {
    const Sequence sequence = sequenceAt(text);
    if (sequence.size == 0) return false;
    text.remove_prefix(sequence.size);
  }
  return true;
}

std::string lossyUtf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const Sequence sequence = sequenceAt(text);
    if (sequence.size == 0) {
      valid += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      valid += text.substr(0, sequence.size);
      text.remove_prefix(sequence.size);
    }
  }
  return valid;
}

}  // namespace millrace
