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
      {HashAlgorithm::kBlake3, "",
       "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
      {HashAlgorithm::kBlake3, "abc",
       "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"},
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

TEST(Hash, ADigestOnTheWayLeavesTheHasherAsItIs) {
  const std::vector<std::byte> data = noise(100'000);
  for (size_t i = 0; i < kHashAlgorithmCount; ++i) {
    Hasher hasher(static_cast<HashAlgorithm>(i));
    hasher.update(ByteView(data).first(70'001));
    EXPECT_EQ(hexOf(hasher.digest()),
              hexOf(hashOf(hasher.algorithm(), ByteView(data).first(70'001))));
    const Hasher copy = hasher;
    hasher.update(ByteView(data).subspan(70'001));
    EXPECT_EQ(hexOf(hasher.digest()), hexOf(hashOf(hasher.algorithm(), data)));
    EXPECT_EQ(hexOf(copy.digest()),
              hexOf(hashOf(hasher.algorithm(), ByteView(data).first(70'001))));
  }
}

struct Blake3Vector {
  size_t size;
  const char* hex;
};

// From the algorithm's published test vectors: the input is 0, 1, ... 250, 0, 1, ...
TEST(Hash, Blake3MatchesItsTestVectors) {
  const std::vector<Blake3Vector> vectors = {
      {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
      {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
      {2, "7b7015bb92cf0b318037702a6cdd81dee41224f734684c2c122cd6359cb1ee63"},
      {3, "e1be4d7a8ab5560aa4199eea339849ba8e293d55ca0a81006726d184519e647f"},
      {4, "f30f5ab28fe047904037f77b6da4fea1e27241c5d132638d8bedce9d40494f32"},
      {5, "b40b44dfd97e7a84a996a91af8b85188c66c126940ba7aad2e7ae6b385402aa2"},
      {6, "06c4e8ffb6872fad96f9aaca5eee1553eb62aed0ad7198cef42e87f6a616c844"},
      {7, "3f8770f387faad08faa9d8414e9f449ac68e6ff0417f673f602a646a891419fe"},
      {8, "2351207d04fc16ade43ccab08600939c7c1fa70a5c0aaca76063d04c3228eaeb"},
      {63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b"},
      {64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98"},
      {65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee"},
      {127, "d81293fda863f008c09e92fc382a81f5a0b4a1251cba1634016a0f86a6bd640d"},
      {128, "f17e570564b26578c33bb7f44643f539624b05df1a76c81f30acd548c44b45ef"},
      {129, "683aaae9f3c5ba37eaaf072aed0f9e30bac0865137bae68b1fde4ca2aebdcb12"},
      {1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"},
      {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
      {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
      {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
      {2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030"},
      {3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2"},
      {3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3"},
      {4096, "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969"},
      {4097, "9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995"},
      {5120, "9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833"},
      {5121, "628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff"},
      {6144, "3e2e5b74e048f3add6d21faab3f83aa44d3b2278afb83b80b3c35164ebeca205"},
      {6145, "f1323a8631446cc50536a9f705ee5cb619424d46887f3c376c695b70e0f0507f"},
      {7168, "61da957ec2499a95d6b8023e2b0e604ec7f6b50e80a9678b89d2628e99ada77a"},
      {7169, "a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817"},
      {8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63"},
      {8193, "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b"},
      {16384, "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4"},
      {31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"},
      {102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"},
  };
  for (const Blake3Vector& each : vectors) {
    std::vector<std::byte> input(each.size);
    for (size_t i = 0; i < each.size; ++i) input[i] = static_cast<std::byte>(i % 251);
    EXPECT_EQ(hexOf(hashOf(HashAlgorithm::kBlake3, input)), each.hex) << each.size;
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
