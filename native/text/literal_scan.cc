// Invariants: a bucket's bit is set in a table for every byte that one of its literals has, or
// allows, at that place, so that no literal is missed; literals shorter than that allow any
// byte behind.
#include "text/literal_scan.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "kernels/cpu.h"

namespace millrace {
namespace {

bool isLowerLetter(uint8_t byte) {
  return byte >= 'a' && byte <= 'z';
}

void allow(LiteralFingerprints& prints, size_t place, uint8_t byte, size_t bucket) {
  const auto bit = static_cast<uint8_t>(1u << bucket % 8);
  prints.byByte[place][byte] |= static_cast<uint16_t>(1u << bucket);
  prints.byLowHalf[bucket / 8][place][byte & 15] |= bit;
  prints.byHighHalf[bucket / 8][place][byte >> 4] |= bit;
}

void allow(LiteralFingerprints& prints, const LiteralScan::Literal& literal, size_t bucket) {
  for (size_t place = 0; place < kPrintBytes; ++place) {
    if (place >= literal.bytes.size()) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        allow(prints, place, static_cast<uint8_t>(byte), bucket);
      }
      continue;
    }
    const auto byte = static_cast<uint8_t>(literal.bytes[place]);
    allow(prints, place, byte, bucket);
    if (literal.foldsAscii && isLowerLetter(byte)) {
      allow(prints, place, static_cast<uint8_t>(byte - 0x20), bucket);
    }
  }
}

}  // namespace

LiteralScan::LiteralScan(std::vector<Literal> literals) : literals_(std::move(literals)) {
  // Short literals let everything through behind them: they share buckets with each other only.
  const auto key = [](const Literal& literal) {
    return std::tuple(std::min(literal.bytes.size(), kPrintBytes), std::string_view(literal.bytes));
  };
  std::sort(literals_.begin(), literals_.end(),
            [&](const Literal& a, const Literal& b) { return key(a) < key(b); });
  for (size_t bucket = 0; bucket <= kLiteralBuckets; ++bucket) {
    bucketBegins_[bucket] = literals_.size() * bucket / kLiteralBuckets;
  }
  for (size_t bucket = 0; bucket < kLiteralBuckets; ++bucket) {
    for (size_t i = bucketBegins_[bucket]; i < bucketBegins_[bucket + 1]; ++i) {
      allow(prints_, literals_[i], bucket);
    }
  }
#if defined(__x86_64__) || defined(_M_X64)
  if (cpuSupports(InstructionSet::kAvx2)) findBlock_ = findLiteralBlockAvx2;
#endif
}

bool LiteralScan::matchesAt(const Literal& literal, std::string_view text, size_t at) {
  if (literal.bytes.size() > text.size() - at) return false;
  if (!literal.foldsAscii) return text.compare(at, literal.bytes.size(), literal.bytes) == 0;
  for (size_t i = 0; i < literal.bytes.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[at + i]);
    const bool upper = byte >= 'A' && byte <= 'Z';
    if ((upper ? byte + 0x20 : byte) != static_cast<uint8_t>(literal.bytes[i])) return false;
  }
  return true;
}

size_t findLiteralBlockBaseline(const LiteralFingerprints& prints, const uint8_t* text, size_t at,
                                size_t size, uint32_t& places) {
  places = 0;
  for (; at + kLiteralReach <= size; at += kLiteralBlock) {
    for (size_t i = 0; i < kLiteralBlock; ++i) {
      const uint8_t* place = text + at + i;
      const int buckets = prints.byByte[0][place[0]] & prints.byByte[1][place[1]] &
                          prints.byByte[2][place[2]] & prints.byByte[3][place[3]];
      places |= uint32_t{buckets != 0} << i;
    }
    if (places != 0) return at;
  }
  return at;
}

}  // namespace millrace
