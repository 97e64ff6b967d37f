// A high surrogate waits for the low one that may follow it as another escape.
#include "text/import_literal.h"

#include <cstdint>
#include <optional>

#include "text/utf8.h"

namespace millrace::imports {
namespace {

constexpr uint32_t kReplacement = 0xfffd;
constexpr uint32_t kLastCharacter = 0x10ffff;

int hexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  const char lower = static_cast<char>(digit | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

class Decoder {
 public:
  Decoder(std::string_view literal, std::string& text) : rest_(literal), text_(text) {}

  bool run() {
    while (!rest_.empty()) {
      const size_t plain = std::min(rest_.find('\\'), rest_.size());
      if (plain > 0) {
        flush();
        text_ += repairedUtf8(rest_.substr(0, plain));
        rest_.remove_prefix(plain);
      } else if (!escape()) {
        return false;
      }
    }
    flush();
    return true;
  }

 private:
  char take() {
    const char byte = rest_.front();
    rest_.remove_prefix(1);
    return byte;
  }

  bool escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return false;
    const char kind = take();
    if (kind == 'x') return hex(2);
    if (kind == 'u') return unicode();
    if (kind >= '0' && kind <= '7') return octal(kind);
    if (kind == '\r' && rest_.starts_with('\n')) rest_.remove_prefix(1);
    if (kind == '\r' || kind == '\n') return true;
    if (kind == '\xe2' && (rest_.starts_with("\x80\xa8") || rest_.starts_with("\x80\xa9"))) {
      rest_.remove_prefix(2);
      return true;
    }
    flush();
    constexpr std::string_view kNames = "nrtbvf";
    constexpr std::string_view kValues = "\n\r\t\b\v\f";
    const size_t named = kNames.find(kind);
    if (named != std::string_view::npos) {
      text_ += kValues[named];
    } else if (static_cast<uint8_t>(kind) < 0x80) {
      text_ += kind;
    } else {
      rest_ = std::string_view(rest_.data() - 1, rest_.size() + 1);  // decoded as plain text
    }
    return true;
  }

  bool hex(size_t digits) {
    if (rest_.size() < digits) return false;
    uint32_t unit = 0;
    for (size_t i = 0; i < digits; ++i) {
      const int value = hexValue(take());
      if (value < 0) return false;
      unit = unit << 4 | static_cast<uint32_t>(value);
    }
    add(unit);
    return true;
  }

  bool unicode() {
    if (!rest_.starts_with('{')) return hex(4);
    rest_.remove_prefix(1);
    uint32_t character = 0;
    size_t digits = 0;
    for (; !rest_.empty() && hexValue(rest_.front()) >= 0; ++digits) {
      character = character << 4 | static_cast<uint32_t>(hexValue(take()));
      if (character > kLastCharacter) return false;
    }
    if (digits == 0 || !rest_.starts_with('}')) return false;
    rest_.remove_prefix(1);
    add(character);
    return true;
  }

  bool octal(char first) {
    auto value = static_cast<uint32_t>(first - '0');
    const size_t most = first <= '3' ? 2 : 1;
    for (size_t i = 0; i < most && !rest_.empty(); ++i) {
      if (rest_.front() < '0' || rest_.front() > '7') break;
      value = value << 3 | static_cast<uint32_t>(take() - '0');
    }
    add(value);
    return true;
  }

  /// Takes a UTF-16 code unit or a character.
  void add(uint32_t unit) {
    if (high_ && unit >= 0xdc00 && unit <= 0xdfff) {
      appendUtf8(text_, 0x10000 + ((*high_ - 0xd800) << 10 | (unit - 0xdc00)));
      high_.reset();
      return;
    }
    flush();
    if (unit >= 0xd800 && unit <= 0xdbff) {
      high_ = unit;
    } else {
      appendUtf8(text_, unit >= 0xdc00 && unit <= 0xdfff ? kReplacement : unit);
    }
  }

  void flush() {
    if (high_) appendUtf8(text_, kReplacement);
    high_.reset();
  }

  std::string_view rest_;
  std::string& text_;
  std::optional<uint32_t> high_;
};

}  // namespace

bool appendLiteral(std::string_view literal, std::string& text) {
  return Decoder(literal, text).run();
}

}  // namespace millrace::imports
