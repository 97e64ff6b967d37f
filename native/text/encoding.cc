// Invariants: the result is valid UTF-8; an output buffer grows by blocks whose worst case was
// reserved, and is compared with maxBytes after each.
#include "text/encoding.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "text/utf8.h"

namespace millrace {
namespace {

constexpr size_t kBlockBytes = 1 << 20;
constexpr uint32_t kReplacement = 0xfffd;

struct Input {
  TextEncoding encoding;
  std::string_view bytes;
  size_t skipped;  // bytes of the mark
};

bool hasMark(std::string_view bytes, TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8:
      return bytes.starts_with("\xef\xbb\xbf");
    case TextEncoding::kUtf16Le:
      return bytes.starts_with("\xff\xfe");
    case TextEncoding::kUtf16Be:
      return bytes.starts_with("\xfe\xff");
    default:
      return false;
  }
}

Input inputOf(std::string_view bytes, TextEncoding encoding) {
  if (encoding == TextEncoding::kAuto) {
    encoding = TextEncoding::kUtf8;
    for (const TextEncoding marked : {TextEncoding::kUtf16Le, TextEncoding::kUtf16Be}) {
      if (hasMark(bytes, marked)) encoding = marked;
    }
  }
  const size_t mark = !hasMark(bytes, encoding) ? 0 : encoding == TextEncoding::kUtf8 ? 3 : 2;
  return {encoding, bytes.substr(mark), mark};
}

Error tooLarge(uint64_t maxBytes) {
  return Error::of(ErrorCode::kTooLarge,
                   "more than " + std::to_string(maxBytes) + " bytes of text");
}

/// `text` is what has been decoded before the place.
Error malformedAt(size_t offset, std::string_view text, std::string what) {
  TextPosition position = positionAt(text, text.size());
  position.offset = offset;
  return Error::at(ErrorCode::kCorruptData, std::move(what), position);
}

Result<std::string> decodeUtf8(const Input& input, const DecodeOptions& options) {
  const std::string_view text = input.bytes;
  if (!isValidUtf8(text)) {
    const size_t at = invalidUtf8At(text);
    if (options.malformed == MalformedText::kError) {
      return malformedAt(at + input.skipped, text.substr(0, at), "bytes that are not UTF-8");
    }
    std::string repaired = repairedUtf8(text);
    if (repaired.size() > options.maxBytes) return tooLarge(options.maxBytes);
    return repaired;
  }
  if (text.size() > options.maxBytes) return tooLarge(options.maxBytes);
  return std::string(text);
}

/// Turns blocks of bytes into UTF-8, one character after the other.
class UnitDecoder {
 public:
  UnitDecoder(const Input& input, const DecodeOptions& options)
      : input_(input), options_(options) {}

  Result<std::string> decode(const std::function<Result<void>()>& check) {
    while (at_ < input_.bytes.size()) {
      if (const Result<void> checked = check(); !checked) return checked.error();
      const size_t end = std::min(at_ + kBlockBytes, input_.bytes.size());
      if (input_.encoding == TextEncoding::kLatin1) {
        decodeLatin1(end);
      } else {
        decodeUtf16(end);
      }
      if (malformedAt_) {
        return malformedAt(*malformedAt_ + input_.skipped, text_, "half of a UTF-16 character");
      }
      if (text_.size() > options_.maxBytes) return tooLarge(options_.maxBytes);
    }
    return std::move(text_);
  }

 private:
  void decodeLatin1(size_t end) {
    for (; at_ < end; ++at_) appendUtf8(text_, static_cast<uint8_t>(input_.bytes[at_]));
  }

  uint32_t unitAt(size_t at) const {
    const auto first = static_cast<uint8_t>(input_.bytes[at]);
    const auto second = static_cast<uint8_t>(input_.bytes[at + 1]);
    return input_.encoding == TextEncoding::kUtf16Le ? first | uint32_t{second} << 8
                                                     : second | uint32_t{first} << 8;
  }

  void malformed(size_t at) {
    if (options_.malformed == MalformedText::kError) {
      malformedAt_ = at;
    } else {
      appendUtf8(text_, kReplacement);
    }
  }

  void decodeUtf16(size_t end) {
    const size_t size = input_.bytes.size();
    while (at_ < end && !malformedAt_) {
      const size_t begin = at_;
      if (size - at_ < 2) {
        malformed(begin);
        at_ = size;
        return;
      }
      const uint32_t unit = unitAt(at_);
      at_ += 2;
      if (unit < 0xd800 || unit > 0xdfff) {
        appendUtf8(text_, unit);
        continue;
      }
      const uint32_t low = unit < 0xdc00 && size - at_ >= 2 ? unitAt(at_) : 0;
      if (low < 0xdc00 || low > 0xdfff) {
        malformed(begin);
        continue;
      }
      at_ += 2;
      appendUtf8(text_, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    }
  }

  const Input input_;
  const DecodeOptions& options_;
  size_t at_ = 0;
  std::string text_;
  std::optional<size_t> malformedAt_;
};

}  // namespace

Result<std::string> decodeText(ByteView bytes, const DecodeOptions& options,
                               const std::function<Result<void>()>& check) {
  const Input input = inputOf(textOf(bytes), options.encoding);
  if (input.encoding == TextEncoding::kUtf8) return decodeUtf8(input, options);
  if (input.encoding == TextEncoding::kLatin1 && isAscii(input.bytes))
    return decodeUtf8(input, options);
  return UnitDecoder(input, options).decode(check);
}

}  // namespace millrace
