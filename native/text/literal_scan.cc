// Invariants: a bucket's bit is set in a table for every byte that one of its literals has, or
// allows, at that place, so that no literal is missed; literals shorter than three bytes allow any
// byte behind.
#include "text/literal_scan.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "kernels/cpu.h"

namespace millrace {
namespace {

constexpr size_t kBuckets = 8;
constexpr size_t kPrintBytes = 3;

bool isLowerLetter(uint8_t byte) {
  return byte >= 'a' && byte <= 'z';
}

void allow(LiteralFingerprints& prints, size_t place, uint8_t byte, uint8_t bit) {
  prints.byByte[place][byte] |= bit;
  prints.byLowHalf[place][byte & 15] |= bit;
  prints.byHighHalf[place][byte >> 4] |= bit;
}

void allow(LiteralFingerprints& prints, const LiteralScan::Literal& literal, uint8_t bit) {
  for (size_t place = 0; place < kPrintBytes; ++place) {
    if (place >= literal.bytes.size()) {
      for (unsigned byte = 0; byte < 256; ++byte) {
        allow(prints, place, static_cast<uint8_t>(byte), bit);
      }
      continue;
    }
    const auto byte = static_cast<uint8_t>(literal.bytes[place]);
    allow(prints, place, byte, bit);
    if (literal.foldsAscii && isLowerLetter(byte)) {
      allow(prints, place, static_cast<uint8_t>(byte - 0x20), bit);
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
  for (size_t bucket = 0; bucket <= kBuckets; ++bucket) {
    bucketBegins_[bucket] = literals_.size() * bucket / kBuckets;
  }
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    for (size_t i = bucketBegins_[bucket]; i < bucketBegins_[bucket + 1]; ++i) {
      allow(prints_, literals_[i], static_cast<uint8_t>(1u << bucket));
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
                                size_t size, std::array<uint8_t, kLiteralBlock>& buckets) {
  for (; at + kLiteralBlock + 2 <= size; at += kLiteralBlock) {
    uint32_t any = 0;
    for (size_t i = 0; i < kLiteralBlock; ++i) {
      const uint8_t* place = text + at + i;
      buckets[i] =
          prints.byByte[0][place[0]] & prints.byByte[1][place[1]] & prints.byByte[2][place[2]];
      any |= buckets[i];
    }
    if (any != 0) return at;
  }
  return at;
}

}  // namespace millrace
