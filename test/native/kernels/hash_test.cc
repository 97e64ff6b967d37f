#include "kernels/hash.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kernels/xxh3.h"

namespace millrace {
namespace {

std::string hexFor(HashAlgorithm algorithm, std::string_view text) {
  return hexOf(hashOf(algorithm, bytesOf(text)));
}

std::vector<std::byte> noise(size_t size) {
  std::mt19937_64 random(size * 7919 + 1);
  std::vector<std::byte> bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

struct KnownDigest {
  HashAlgorithm algorithm;
  const char* text;
  const char* hex;
};

// From xxhsum 0.8, sha256sum, sha1sum and md5sum.
TEST(Hash, MatchesTheCommandLineTools) {
  const std::vector<KnownDigest> known = {
      {HashAlgorithm::kXxh3_64, "", "2d06800538d394c2"},
      {HashAlgorithm::kXxh3_128, "", "99aa06d3014798d86001c324468d497f"},
      {HashAlgorithm::kSha256, "",
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {HashAlgorithm::kSha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
      {HashAlgorithm::kMd5, "", "d41d8cd98f00b204e9800998ecf8427e"},
      {HashAlgorithm::kXxh3_64, "abc", "78af5f94892f3950"},
      {HashAlgorithm::kXxh3_128, "abc", "06b05ab6733a618578af5f94892f3950"},
      {HashAlgorithm::kSha256, "abc",
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {HashAlgorithm::kSha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {HashAlgorithm::kMd5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
  };
  for (const KnownDigest& each : known) {
    EXPECT_EQ(hexFor(each.algorithm, each.text), each.hex) << nameOf(each.algorithm);
  }
}

TEST(Hash, NamesAreUniqueAndFindTheirAlgorithm) {
  for (size_t i = 0; i < kHashAlgorithmCount; ++i) {
    const auto algorithm = static_cast<HashAlgorithm>(i);
    EXPECT_EQ(hashAlgorithmNamed(nameOf(algorithm)), algorithm);
    EXPECT_EQ(hexFor(algorithm, "x").size(), 2 * digestBytes(algorithm));
  }
  EXPECT_EQ(hashAlgorithmNamed("sha512"), std::nullopt);
  EXPECT_EQ(hashAlgorithmNamed(""), std::nullopt);
}

TEST(Hash, PiecesGiveTheSameDigestAsTheWhole) {
  for (size_t i = 0; i < kHashAlgorithmCount; ++i) {
    Hasher hasher(static_cast<HashAlgorithm>(i));
    for (const size_t size : {0u, 1u, 63u, 64u, 65u, 240u, 241u, 1024u, 4096u, 300'001u}) {
      const std::vector<std::byte> data = noise(size);
      for (const size_t step : {1u, 7u, 64u, 255u, 100'000u}) {
        if (step == 1 && size > 5000) continue;
        hasher.reset();
        for (size_t at = 0; at < size; at += step) {
          hasher.update(ByteView(data).subspan(at, std::min(step, size - at)));
        }
        EXPECT_EQ(hexOf(hasher.finish()), hexOf(hashOf(hasher.algorithm(), data)))
            << nameOf(hasher.algorithm()) << " size " << size << " step " << step;
      }
    }
  }
}

TEST(Hash, AHasherStartsAfreshAfterReset) {
  Hasher hasher(HashAlgorithm::kSha256);
  hasher.update(bytesOf("something else"));
  (void)hasher.finish();
  hasher.reset();
  hasher.update(bytesOf("abc"));
  EXPECT_EQ(hexOf(hasher.finish()), hexFor(HashAlgorithm::kSha256, "abc"));
}

class Xxh3Rows : public testing::TestWithParam<InstructionSet> {};

TEST_P(Xxh3Rows, EqualTheBaselineOnEveryLengthAndAlignment) {
  const Xxh3Kernels* row = xxh3For(GetParam());
  if (!row || !cpuSupports(GetParam())) {
    // Nothing to compare: what must hold instead is that such a row is never picked.
    EXPECT_NE(xxh3().instructionSet, GetParam());
    return;
  }
  EXPECT_EQ(row->instructionSet, GetParam());
  const Xxh3Kernels& base = *xxh3For(InstructionSet::kBaseline);
  const std::vector<std::byte> data = noise(20'000);
  std::vector<size_t> sizes = {2047, 2048, 2049, 4096, 10'007, 19'900};
  for (size_t size = 0; size <= 1100; ++size) sizes.push_back(size);
  alignas(kXxh3StateAlignment) std::byte state[kXxh3StateSize];
  for (const size_t size : sizes) {
    for (const size_t shift : {0u, 1u, 3u, 8u, 17u, 63u}) {
      const std::byte* from = data.data() + shift;
      const Xxh3Digest128 wide = base.hash128(from, size);
      ASSERT_EQ(row->hash64(from, size), base.hash64(from, size)) << size << " at " << shift;
      ASSERT_EQ(row->hash128(from, size).low, wide.low) << size << " at " << shift;
      ASSERT_EQ(row->hash128(from, size).high, wide.high) << size << " at " << shift;
      row->reset(state);
      row->update(state, from, size / 3);
      row->update(state, from + size / 3, size - size / 3);
      ASSERT_EQ(row->digest64(state), base.hash64(from, size)) << size << " at " << shift;
      ASSERT_EQ(row->digest128(state).low, wide.low) << size << " at " << shift;
      ASSERT_EQ(row->digest128(state).high, wide.high) << size << " at " << shift;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Xxh3Rows,
                         testing::Values(InstructionSet::kBaseline, InstructionSet::kAvx2,
                                         InstructionSet::kAvx512),
                         [](const auto& info) { return std::string(nameOf(info.param)); });

TEST(Xxh3, PicksARowThatTheProcessorSupports) {
  EXPECT_TRUE(cpuSupports(xxh3().instructionSet));
}

}  // namespace
}  // namespace millrace
