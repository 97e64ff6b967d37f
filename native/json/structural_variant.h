// The body of one row of the structural scan. Included by exactly one .cc file per instruction set,
// which defines `BlockMasks masksOf(const uint8_t*)` for 64 bytes before. Everything is local to
// that file.
//
// Bits of a mask are bytes of the block, the lowest first. A string's mask covers its opening quote
// but not its closing one.
#pragma once

#include <string.h>

#include "json/structural_rows.h"

namespace millrace {
namespace {

/// The lowest bits of each run of backslashes decide by their parity which byte they escape.
uint64_t escapedBytes(uint64_t backslash, uint64_t* carry) {
  if (backslash == 0) {
    const uint64_t escaped = *carry;
    *carry = 0;
    return escaped;
  }
  constexpr uint64_t kEven = 0x5555555555555555;
  backslash &= ~*carry;
  const uint64_t follows = (backslash << 1) | *carry;
  const uint64_t oddStarts = backslash & ~kEven & ~follows;
  const uint64_t sum = oddStarts + backslash;
  *carry = sum < backslash ? 1 : 0;
  return (kEven ^ (sum << 1)) & follows;
}

/// Each bit becomes the parity of the bits up to it.
uint64_t parities(uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

bool isHexDigit(uint8_t byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/// Whether the byte behind a backslash, and the digits behind a u, are what JSON allows.
bool isGoodEscape(const uint8_t* text, size_t place, size_t size) {
  switch (text[place]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return true;
    case 'u':
      break;
    default:
      return false;
  }
  if (size - place < 5) return false;
  for (size_t k = 1; k <= 4; ++k) {
    if (!isHexDigit(text[place + k])) return false;
  }
  return true;
}

/// Eight places at a time without asking whether there are as many: kStructuralSlack covers it.
uint32_t* writePlaces(uint64_t bits, uint32_t base, uint32_t* places) {
  if (bits == 0) return places;
  const int count = __builtin_popcountll(bits);
  uint32_t* const end = places + count;
  do {
    for (int k = 0; k < 8; ++k) {
      // An empty mask has no lowest bit; the top bit stands in, and the place is written over.
      places[k] = base + static_cast<uint32_t>(__builtin_ctzll(bits | (uint64_t{1} << 63)));
      bits &= bits - 1;
    }
    places += 8;
  } while (places < end);
  return end;
}

uint64_t structuralsOf(const BlockMasks& masks, const uint8_t* text, size_t place, size_t size,
                       StructuralState* state) {
  const uint64_t escaped = escapedBytes(masks.backslash, &state->escape);
  const uint64_t quotes = masks.quote & ~escaped;
  const uint64_t inString = parities(quotes) ^ state->inString;
  state->inString = uint64_t{0} - (inString >> 63);
  state->flaws |= masks.control & inString;
  state->notAscii |= masks.notAscii;
  for (uint64_t bits = escaped & inString; bits != 0; bits &= bits - 1) {
    const size_t at = place + static_cast<size_t>(__builtin_ctzll(bits));
    if (at < size && !isGoodEscape(text, at, size)) state->flaws |= 1;
  }
  const uint64_t scalar = ~(masks.punctuation | masks.space);
  const uint64_t plain = scalar & ~quotes;
  const uint64_t starts = scalar & ~((plain << 1) | state->inScalar);
  state->inScalar = plain >> 63;
  return (masks.punctuation | starts) & ~(inString ^ quotes);
}

size_t scanStructurals(const uint8_t* text, size_t begin, size_t end, size_t size,
                       StructuralState* state, uint32_t* places) {
  StructuralState local = *state;
  uint32_t* next = places;
  size_t at = begin;
  for (; end - at >= 64; at += 64) {
    const uint64_t bits = structuralsOf(masksOf(text + at), text, at, size, &local);
    next = writePlaces(bits, static_cast<uint32_t>(at - begin), next);
  }
  if (at < end) {
    uint8_t tail[64];
    memset(tail, ' ', sizeof tail);
    memcpy(tail, text + at, end - at);
    const uint64_t bits = structuralsOf(masksOf(tail), text, at, size, &local);
    next = writePlaces(bits, static_cast<uint32_t>(at - begin), next);
  }
  *state = local;
  return static_cast<size_t>(next - places);
}

}  // namespace
}  // namespace millrace
