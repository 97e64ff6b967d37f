// Invariant: each algorithm is one row of kRows, in the order of HashAlgorithm, and fits
// kStateSize.
//
// SHA and MD5 use libcrypto's Init/Update/Final functions and not EVP: statically linked, EVP drags
// in the provider machinery and pays a look-up on every call (docs/decisions/0004).
#define OPENSSL_API_COMPAT 0x10100000L
#include "kernels/hash.h"

#include <blake3.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <cstring>
#include <type_traits>

#include "kernels/xxh3.h"

namespace millrace {
namespace {

struct HashRow {
  std::string_view name;
  size_t digestBytes;
  void (*once)(const void* data, size_t size, std::byte* digest);
  void (*reset)(void* state);
  void (*update)(void* state, const void* data, size_t size);
  void (*finish)(void* state, std::byte* digest);
};

void storeBigEndian(uint64_t value, std::byte* out) {
  for (int i = 7; i >= 0; --i, value >>= 8) out[i] = static_cast<std::byte>(value & 0xff);
}

void store(Xxh3Digest128 digest, std::byte* out) {
  storeBigEndian(digest.high, out);
  storeBigEndian(digest.low, out + 8);
}

constexpr HashRow kXxh3_64Row{
    "xxh3-64",
    8,
    [](const void* data, size_t size, std::byte* out) {
      storeBigEndian(xxh3().hash64(data, size), out);
    },
    [](void* state) { xxh3().reset(state); },
    [](void* state, const void* data, size_t size) { xxh3().update(state, data, size); },
    [](void* state, std::byte* out) { storeBigEndian(xxh3().digest64(state), out); }};

constexpr HashRow kXxh3_128Row{
    "xxh3-128",
    16,
    [](const void* data, size_t size, std::byte* out) { store(xxh3().hash128(data, size), out); },
    [](void* state) { xxh3().reset(state); },
    [](void* state, const void* data, size_t size) { xxh3().update(state, data, size); },
    [](void* state, std::byte* out) { store(xxh3().digest128(state), out); }};

/// A row for one of libcrypto's families of functions.
template <typename Context, auto kInit, auto kUpdate, auto kFinal>
constexpr HashRow cryptoRow(std::string_view name, size_t digestBytes) {
  return {name,
          digestBytes,
          [](const void* data, size_t size, std::byte* out) {
            Context context;
            kInit(&context);
            kUpdate(&context, data, size);
            kFinal(reinterpret_cast<unsigned char*>(out), &context);
          },
          [](void* state) { kInit(static_cast<Context*>(state)); },
          [](void* state, const void* data, size_t size) {
            kUpdate(static_cast<Context*>(state), data, size);
          },
          [](void* state, std::byte* out) {
            kFinal(reinterpret_cast<unsigned char*>(out), static_cast<Context*>(state));
          }};
}

/// The library finds out about the processor in an unsynchronised variable: once, before any other
/// use, while the initialisation of a static keeps other threads out.
void startBlake3(blake3_hasher& hasher) {
  static const bool detected = [] {
    blake3_hasher first;
    blake3_hasher_init(&first);
    blake3_hasher_update(&first, "", 1);
    unsigned char digest[BLAKE3_OUT_LEN];
    blake3_hasher_finalize(&first, digest, sizeof digest);
    return true;
  }();
  (void)detected;
  blake3_hasher_init(&hasher);
}

constexpr HashRow kBlake3Row{
    "blake3",
    BLAKE3_OUT_LEN,
    [](const void* data, size_t size, std::byte* out) {
      blake3_hasher hasher;
      startBlake3(hasher);
      blake3_hasher_update(&hasher, data, size);
      blake3_hasher_finalize(&hasher, reinterpret_cast<uint8_t*>(out), BLAKE3_OUT_LEN);
    },
    [](void* state) { startBlake3(*static_cast<blake3_hasher*>(state)); },
    [](void* state, const void* data, size_t size) {
      blake3_hasher_update(static_cast<blake3_hasher*>(state), data, size);
    },
    [](void* state, std::byte* out) {
      blake3_hasher_finalize(static_cast<blake3_hasher*>(state), reinterpret_cast<uint8_t*>(out),
                             BLAKE3_OUT_LEN);
    }};

constexpr std::array<HashRow, kHashAlgorithmCount> kRows{
    kXxh3_64Row,
    kXxh3_128Row,
    cryptoRow<SHA256_CTX, SHA256_Init, SHA256_Update, SHA256_Final>("sha256", 32),
    cryptoRow<SHA_CTX, SHA1_Init, SHA1_Update, SHA1_Final>("sha1", 20),
    cryptoRow<MD5_CTX, MD5_Init, MD5_Update, MD5_Final>("md5", 16),
    kBlake3Row};

const HashRow& rowOf(HashAlgorithm algorithm) {
  return kRows[static_cast<size_t>(algorithm)];
}

}  // namespace

std::string_view nameOf(HashAlgorithm algorithm) {
  return rowOf(algorithm).name;
}

std::optional<HashAlgorithm> hashAlgorithmNamed(std::string_view name) {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].name == name) return static_cast<HashAlgorithm>(i);
  }
  return std::nullopt;
}

size_t digestBytes(HashAlgorithm algorithm) {
  return rowOf(algorithm).digestBytes;
}

Digest hashOf(HashAlgorithm algorithm, ByteView data) {
  const HashRow& row = rowOf(algorithm);
  Digest digest;
  digest.size = row.digestBytes;
  row.once(data.data(), data.size(), digest.bytes.data());
  return digest;
}

void writeHex(ByteView bytes, std::span<char> hex) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto value = std::to_integer<unsigned>(bytes[i]);
    hex[2 * i] = kDigits[value >> 4];
    hex[2 * i + 1] = kDigits[value & 15];
  }
}

std::string hexOf(const Digest& digest) {
  std::string hex(2 * digest.size, '0');
  writeHex(digest.view(), hex);
  return hex;
}

void Hasher::reset() {
  static_assert(kStateSize >= kXxh3StateSize && alignof(Hasher) >= kXxh3StateAlignment);
  static_assert(kStateSize >= sizeof(SHA256_CTX) && kStateSize >= sizeof(SHA_CTX) &&
                kStateSize >= sizeof(MD5_CTX) && kStateSize >= sizeof(blake3_hasher));
  static_assert(std::is_trivially_copyable_v<Hasher> && std::is_trivially_destructible_v<Hasher>);
  rowOf(algorithm_).reset(state_.data());
}

void Hasher::update(ByteView data) {
  if (!data.empty()) rowOf(algorithm_).update(state_.data(), data.data(), data.size());
}

Digest Hasher::finish() {
  Digest digest;
  digest.size = digestBytes(algorithm_);
  rowOf(algorithm_).finish(state_.data(), digest.bytes.data());
  return digest;
}

}  // namespace millrace
