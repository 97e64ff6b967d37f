// The checksum of an LZ4 frame's content, computed here and not by liblz4: its own XXH32, as
// distributions build it, is slower than its decoder and would halve the speed of either direction
// (docs/decisions/0004). Internal to the lz4 files; thread safe.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>
#include <cstdint>

namespace millrace {

inline constexpr size_t kLz4ChecksumBytes = 4;

inline void storeLittleEndian(uint32_t value, std::byte* out) {
  for (size_t i = 0; i < 4; ++i, value >>= 8) out[i] = static_cast<std::byte>(value & 0xff);
}

/// Declares a content checksum in a frame header that was written without one, and seals the
/// header again.
inline void declareLz4Checksum(std::byte* header, size_t size) {
  constexpr size_t kMagicBytes = 4;
  constexpr std::byte kContentChecksum{0x04};
  header[kMagicBytes] |= kContentChecksum;
  const uint32_t seal = XXH32(header + kMagicBytes, size - kMagicBytes - 1, 0);
  header[size - 1] = static_cast<std::byte>(seal >> 8 & 0xff);
}

}  // namespace millrace
