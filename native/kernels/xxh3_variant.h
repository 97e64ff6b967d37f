// The body of one row of the XXH3 table. Included by exactly one .cc file per instruction set;
// xxHash picks its vector code from the flags that file is compiled with, and XXH_INLINE_ALL makes
// every function local to it.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "kernels/xxh3.h"

namespace millrace {
namespace {

static_assert(sizeof(XXH3_state_t) <= kXxh3StateSize);
static_assert(alignof(XXH3_state_t) <= kXxh3StateAlignment);

Xxh3Digest128 digestOf(XXH128_hash_t hash) {
  return {hash.low64, hash.high64};
}

uint64_t hash64(const void* data, size_t size) {
  return XXH3_64bits(data, size);
}
Xxh3Digest128 hash128(const void* data, size_t size) {
  return digestOf(XXH3_128bits(data, size));
}

// Unseeded, the 64-bit and the 128-bit variant share reset and update; only the end differs.
void reset(void* state) {
  XXH3_64bits_reset(static_cast<XXH3_state_t*>(state));
}
void update(void* state, const void* data, size_t size) {
  XXH3_64bits_update(static_cast<XXH3_state_t*>(state), data, size);
}
uint64_t digest64(const void* state) {
  return XXH3_64bits_digest(static_cast<const XXH3_state_t*>(state));
}
Xxh3Digest128 digest128(const void* state) {
  return digestOf(XXH3_128bits_digest(static_cast<const XXH3_state_t*>(state)));
}

constexpr Xxh3Kernels rowFor(InstructionSet set) {
  return {set, hash64, hash128, reset, update, digest64, digest128};
}

}  // namespace
}  // namespace millrace
