// Digests of bytes: XXH3 (64 and 128 bits), SHA-256, SHA-1, MD5 and BLAKE3, in one call or in
// pieces. Functions are pure and thread safe; a Hasher has one user at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace millrace {

enum class HashAlgorithm : uint8_t { kXxh3_64, kXxh3_128, kSha256, kSha1, kMd5, kBlake3 };
inline constexpr size_t kHashAlgorithmCount = 6;
inline constexpr size_t kMaxDigestBytes = 32;

/// A digest in its canonical byte order (big-endian for XXH3, as xxhsum prints it).
struct Digest {
  std::array<std::byte, kMaxDigestBytes> bytes{};
  size_t size = 0;

  ByteView view() const { return {bytes.data(), size}; }
};

/// The public name: "xxh3-64", "xxh3-128", "sha256", "sha1", "md5", "blake3".
std::string_view nameOf(HashAlgorithm algorithm);
std::optional<HashAlgorithm> hashAlgorithmNamed(std::string_view name);

/// How many bytes a digest has; its hex text has twice as many characters.
size_t digestBytes(HashAlgorithm algorithm);

Digest hashOf(HashAlgorithm algorithm, ByteView data);

/// Lower-case hex. REQUIRES: hex.size() == 2 * bytes.size().
void writeHex(ByteView bytes, std::span<char> hex);
std::string hexOf(const Digest& digest);

/// A digest of data that arrives in pieces. Plain memory without pointers to its own, so that it
/// may be copied byte by byte and needs no destructor.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm) : algorithm_(algorithm) { reset(); }

  /// Forgets everything fed so far.
  void reset();
  void update(ByteView data);

  /// The digest of everything fed since reset(). Call reset() before further updates.
  Digest finish();

  /// The same, leaving the hasher as it is: more may follow.
  Digest digest() const { return Hasher(*this).finish(); }

  HashAlgorithm algorithm() const { return algorithm_; }

 private:
  static constexpr size_t kStateSize = 1920;

  HashAlgorithm algorithm_;
  alignas(64) std::array<std::byte, kStateSize> state_;  // what it holds is the algorithm's affair
};

}  // namespace millrace
