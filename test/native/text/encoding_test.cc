#include "text/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

using namespace std::string_literals;

const auto kGoOn = [] { return Result<void>(); };

std::string decoded(const std::string& bytes, TextEncoding encoding) {
  DecodeOptions options;
  options.encoding = encoding;
  return decodeText(bytesOf(bytes), options, kGoOn).value();
}

Error refusal(const std::string& bytes, TextEncoding encoding) {
  DecodeOptions options;
  options.encoding = encoding;
  options.malformed = MalformedText::kError;
  const auto result = decodeText(bytesOf(bytes), options, kGoOn);
  return result.ok() ? Error{} : result.error();
}

TEST(Encoding, RemovesTheMarkOfTheEncoding) {
  EXPECT_EQ(decoded("\xef\xbb\xbf"
                    "a",
                    TextEncoding::kUtf8),
            "a");
  EXPECT_EQ(decoded("\xff\xfe"
                    "a\0"s,
                    TextEncoding::kUtf16Le),
            "a");
  EXPECT_EQ(decoded("\xfe\xff\0a"s, TextEncoding::kUtf16Be), "a");
  EXPECT_EQ(decoded("\xef\xbb\xbf\xef\xbb\xbf", TextEncoding::kUtf8), "\xef\xbb\xbf");
}

TEST(Encoding, AutoGoesByTheMark) {
  EXPECT_EQ(decoded("\xff\xfe\xfc\0"s, TextEncoding::kAuto), "\xc3\xbc");
  EXPECT_EQ(decoded("\xfe\xff\0\xfc"s, TextEncoding::kAuto), "\xc3\xbc");
  EXPECT_EQ(decoded("\xef\xbb\xbf\xc3\xbc", TextEncoding::kAuto), "\xc3\xbc");
  EXPECT_EQ(decoded("\xc3\xbc", TextEncoding::kAuto), "\xc3\xbc");
  EXPECT_EQ(decoded("", TextEncoding::kAuto), "");
}

TEST(Encoding, DecodesSurrogatePairsAndLatin1) {
  EXPECT_EQ(decoded("\x3d\xd8\x00\xde"s, TextEncoding::kUtf16Le), "\xf0\x9f\x98\x80");
  EXPECT_EQ(decoded("\xd8\x3d\xde\x00"s, TextEncoding::kUtf16Be), "\xf0\x9f\x98\x80");
  EXPECT_EQ(decoded("a\xe4\xff", TextEncoding::kLatin1), "a\xc3\xa4\xc3\xbf");
  EXPECT_EQ(decoded("plain", TextEncoding::kLatin1), "plain");
}

TEST(Encoding, ReplacesWhatIsMalformed) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(decoded("a\xff"
                    "b",
                    TextEncoding::kUtf8),
            "a" + r + "b");
  EXPECT_EQ(decoded("\x3d\xd8"
                    "a\0"s,
                    TextEncoding::kUtf16Le),
            r + "a");  // a high half alone
  EXPECT_EQ(decoded("\x00\xde"
                    "a\0"s,
                    TextEncoding::kUtf16Le),
            r + "a");  // a low half alone
  EXPECT_EQ(decoded("\x3d\xd8"s, TextEncoding::kUtf16Le), r);
  EXPECT_EQ(decoded("\x3d\xd8\x3d\xd8\x00\xde"s, TextEncoding::kUtf16Le), r + "\xf0\x9f\x98\x80");
  EXPECT_EQ(decoded("a\0b"s, TextEncoding::kUtf16Le), "a" + r);  // an odd byte
}

TEST(Encoding, OrNamesThePlace) {
  const Error utf8 = refusal(
      "\xef\xbb\xbf"
      "a\nb\xff",
      TextEncoding::kUtf8);
  EXPECT_EQ(utf8.code, ErrorCode::kCorruptData);
  EXPECT_EQ(utf8.position, (TextPosition{6, 2, 2}));
  EXPECT_EQ(refusal("\n\0a\0\x00\xde"
                    "b\0"s,
                    TextEncoding::kUtf16Le)
                .position,
            (TextPosition{4, 2, 2}));
  EXPECT_EQ(refusal("\xff\xfe"
                    "a\0b"s,
                    TextEncoding::kAuto)
                .position->offset,
            4u);
}

TEST(Encoding, BoundsTheResult) {
  DecodeOptions options;
  options.maxBytes = 4;
  EXPECT_TRUE(decodeText(bytesOf("abcd"), options, kGoOn).ok());
  EXPECT_EQ(decodeText(bytesOf("abcde"), options, kGoOn).error().code, ErrorCode::kTooLarge);
  options.encoding = TextEncoding::kLatin1;
  EXPECT_EQ(decodeText(bytesOf("\xe4\xe4\xe4"), options, kGoOn).error().code, ErrorCode::kTooLarge);
  options.encoding = TextEncoding::kUtf16Le;
  EXPECT_EQ(decodeText(bytesOf("a\0b\0c\0d\0e\0"s), options, kGoOn).error().code,
            ErrorCode::kTooLarge);
}

TEST(Encoding, CharactersAcrossBlocksStayWhole) {
  // A pair whose halves lie on both sides of each megabyte.
  std::string bytes = "a\0"s;
  std::string text = "a";
  while (bytes.size() < (3u << 20)) {
    bytes += "\x3d\xd8\x00\xde"s;
    text += "\xf0\x9f\x98\x80";
  }
  EXPECT_EQ(decoded(bytes, TextEncoding::kUtf16Le), text);
}

TEST(Encoding, StopsWhenAsked) {
  DecodeOptions options;
  options.encoding = TextEncoding::kUtf16Be;
  const auto result = decodeText(bytesOf(std::string(64, 'a')), options,
                                 []() -> Result<void> { return Error::of(ErrorCode::kCancelled); });
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace millrace
