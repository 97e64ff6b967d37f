// The first byte sets encoding and options; the rest is decoded, repaired, split and normalised.
// What comes out must be valid UTF-8, agree with itself, and stay within what was allowed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/encoding.h"
#include "text/lines.h"
#include "text/utf8.h"

namespace {

using namespace millrace;

void require(bool holds) {
  if (!holds) std::abort();
}

const auto kGoOn = [] { return Result<void>(); };

/// One place after the other, against the cursors.
void checkPlaces(std::string_view text) {
  Utf16Offsets offsets(text);
  LineCursor lines(text);
  size_t units = 0;
  size_t line = 1;
  for (size_t at = 0; at <= text.size(); ++at) {
    const bool lf = at > 0 && text[at - 1] == '\n';
    const bool cr = at > 0 && text[at - 1] == '\r' && (at == text.size() || text[at] != '\n');
    if (lf || cr) ++line;
    lines.moveTo(at);
    require(lines.line() == line && lines.begin() <= at);
    const auto byte = at < text.size() ? static_cast<uint8_t>(text[at]) : 0;
    if ((byte & 0xc0) == 0x80) continue;
    require(offsets.at(at) == units);
    units += byte >= 0xf0 ? 2 : 1;
    if (at % 16 == 0) require(positionAt(text, at).line == line);
  }
}

void checkLines(std::string_view text, bool trim, bool skipBlank) {
  LinesOptions options;
  options.trim = trim;
  options.skipBlank = skipBlank;
  const LineList lines = linesOf(text, options, kGoOn).value();
  uint64_t count = 0;
  for (const char each : lines.joined) count += each == '\n' ? 1 : 0;
  require(count == lines.count && isValidUtf8(lines.joined));
  require(lines.joined.find('\r') == std::string::npos);
}

void checkNormal(std::string_view text, bool trim, bool newline) {
  const NormalizeOptions options{trim, newline};
  const std::string once = normalizedText(text, options, kGoOn).value();
  require(isValidUtf8(once) && once.find('\r') == std::string::npos);
  if (newline && !once.empty()) require(once.back() == '\n');
  // Only a second byte order mark is left to be removed.
  if (!once.starts_with("\xef\xbb\xbf")) {
    require(normalizedText(once, options, kGoOn).value() == once);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const uint8_t bits = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  DecodeOptions options;
  options.encoding = static_cast<TextEncoding>(bits % 5);
  const auto decoded = decodeText(bytesOf(bytes), options, kGoOn);
  const std::string text = decoded.value();
  require(isValidUtf8(text) && invalidUtf8At(text) == text.size());

  options.malformed = MalformedText::kError;
  const auto strict = decodeText(bytesOf(bytes), options, kGoOn);
  if (strict.ok()) {
    require(strict.value() == text);
  } else {
    require(strict.error().code == ErrorCode::kCorruptData);
    require(strict.error().position->offset < bytes.size());
    require(text.find("\xef\xbf\xbd") != std::string::npos);
  }
  options.maxBytes = text.size();
  options.malformed = MalformedText::kReplace;
  require(decodeText(bytesOf(bytes), options, kGoOn).ok());
  if (!text.empty()) {
    --options.maxBytes;
    require(decodeText(bytesOf(bytes), options, kGoOn).error().code == ErrorCode::kTooLarge);
  }

  const std::string repaired = repairedUtf8(bytes);
  require(isValidUtf8(repaired) && repairedUtf8(repaired) == repaired);
  require((repaired == bytes) == isValidUtf8(bytes));
  checkPlaces(text);
  checkLines(text, (bits & 64) != 0, (bits & 128) != 0);
  checkNormal(text, (bits & 64) != 0, (bits & 128) != 0);
  return 0;
}
