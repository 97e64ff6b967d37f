// Invariant: open_ holds the brackets around at_, outermost first.
#include "markup/json_scan.h"

#include <vector>

namespace millrace {
namespace {

class Scanner {
 public:
  Scanner(std::string_view text, size_t begin, size_t maxDepth)
      : text_(text), at_(begin), maxDepth_(maxDepth) {}

  JsonScan scan() {
    bool value = true;  // whether a value comes next, else what follows one
    while (result_.outcome == JsonScan::kValue) {
      if (!value && open_.empty()) break;
      skipSpace();
      value = value ? takeValue() : takeFollowing();
    }
    if (result_.outcome == JsonScan::kValue) result_.at = at_;
    return result_;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool fail(const char* reason, JsonScan::Outcome outcome = JsonScan::kSyntax) {
    result_ = {outcome, at_, reason};
    return false;
  }
  void skipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  bool isDigit() const { return peek() >= '0' && peek() <= '9'; }
  bool takeDigits() {
    if (!isDigit()) return fail("expected a digit");
    while (isDigit()) ++at_;
    return true;
  }

  // Each returns whether a value comes next.
  bool takeValue();
  bool takeFollowing();
  bool open(char bracket);

  bool takeKey();
  bool takeString();
  bool takeEscape();
  bool takeNumber();
  bool takeWord(std::string_view word);

  const std::string_view text_;
  size_t at_;
  const size_t maxDepth_;
  std::vector<char> open_;
  JsonScan result_;
};

bool Scanner::takeValue() {
  switch (peek()) {
    case '{':
    case '[':
      return open(peek());
    case '"':
      takeString();
      return false;
    case 't':
      return takeWord("true");
    case 'f':
      return takeWord("false");
    case 'n':
      return takeWord("null");
    default:
      if (peek() == '-' || isDigit()) {
        takeNumber();
        return false;
      }
      return fail(at_ < text_.size() ? "expected a JSON value"
                                     : "the JSON ends where a value is expected");
  }
}

bool Scanner::open(char bracket) {
  if (open_.size() >= maxDepth_) return fail("nested too deep", JsonScan::kTooDeep);
  ++at_;
  skipSpace();
  if (peek() == (bracket == '{' ? '}' : ']')) {
    ++at_;
    return false;
  }
  open_.push_back(bracket);
  return bracket == '[' || takeKey();
}

bool Scanner::takeKey() {
  skipSpace();
  if (peek() != '"') return fail("expected a key in double quotes");
  if (!takeString()) return false;
  skipSpace();
  if (peek() != ':') return fail("expected a colon");
  ++at_;
  return true;
}

bool Scanner::takeFollowing() {
  const bool object = open_.back() == '{';
  if (peek() == ',') {
    ++at_;
    return !object || takeKey();
  }
  if (peek() != (object ? '}' : ']')) {
    return fail(object ? "expected a comma or a closing brace"
                       : "expected a comma or a closing bracket");
  }
  ++at_;
  open_.pop_back();
  return false;
}

bool Scanner::takeWord(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return fail("expected a JSON value");
  at_ += word.size();
  return false;
}

bool Scanner::takeString() {
  for (++at_; at_ < text_.size(); ++at_) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == '"') {
      ++at_;
      return true;
    }
    if (byte < 0x20) return fail("a control character inside a string");
    if (byte == '\\' && !takeEscape()) return false;
  }
  return fail("a string does not end");
}

/// From the backslash to the last character of the escape.
bool Scanner::takeEscape() {
  ++at_;
  if (peek() == 'u') {
    for (size_t i = 0; i < 4; ++i) {
      ++at_;
      const char hex = peek();
      if (!isDigit() && !(hex >= 'a' && hex <= 'f') && !(hex >= 'A' && hex <= 'F')) {
        return fail("expected four hexadecimal digits");
      }
    }
    return true;
  }
  constexpr std::string_view kEscaped = "\"\\/bfnrt";
  return (at_ < text_.size() && kEscaped.find(peek()) != std::string_view::npos) ||
         fail("unknown escape");
}

bool Scanner::takeNumber() {
  if (peek() == '-') ++at_;
  if (peek() == '0') {
    ++at_;
  } else if (!takeDigits()) {
    return false;
  }
  if (peek() == '.') {
    ++at_;
    if (!takeDigits()) return false;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    return takeDigits();
  }
  return true;
}

}  // namespace

JsonScan scanJson(std::string_view text, size_t begin, size_t maxDepth) {
  return Scanner(text, begin, maxDepth).scan();
}

}  // namespace millrace
