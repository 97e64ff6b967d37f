// Invariants: every loop moves `at_` on, so the time is linear. The judgement is the same as that
// of passValue(); this one knows where it is and why.
#include <string>
#include <vector>

#include "json/json_check.h"
#include "text/utf8.h"

namespace millrace {
namespace {

constexpr size_t kCheckpointBytes = 1024 * 1024;

class ProblemFinder {
 public:
  ProblemFinder(std::string_view text, size_t maxDepth, const Checkpoint& checkpoint)
      : text_(text), maxDepth_(maxDepth), checkpoint_(checkpoint), badUtf8_(invalidUtf8At(text)) {}

  Result<std::optional<JsonProblem>> run() {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      fail("expected a value, found a byte order mark");
    } else if (walk()) {
      skipSpace();
      if (at_ < text_.size()) fail("expected the end of the input, found " + found());
    }
    if (stopped_) return *std::move(stopped_);
    return std::move(problem_);
  }

 private:
  enum class Next { kValue, kValueOrEnd, kName, kNameOrEnd, kEnd };

  /// One value with all that is in it. False once something is wrong.
  bool walk() {
    Next next = Next::kValue;
    do {
      if (!pause()) return false;
      skipSpace();
      if (!step(next)) return false;
    } while (!(open_.empty() && next == Next::kEnd));
    return true;
  }

  bool step(Next& next) {
    const char c = current();
    switch (next) {
      case Next::kNameOrEnd:
        if (c == '}') return close(next);
        [[fallthrough]];
      case Next::kName:
        return name(next);
      case Next::kValueOrEnd:
        if (c == ']') return close(next);
        [[fallthrough]];
      case Next::kValue:
        return value(next);
      case Next::kEnd:
        break;
    }
    if (c == (open_.back() == '{' ? '}' : ']')) return close(next);
    if (c == ',') {
      ++at_;
      next = open_.back() == '{' ? Next::kName : Next::kValue;
      afterComma_ = true;
      return true;
    }
    return fail((open_.back() == '{' ? "expected ',' or '}' behind a member, found "
                                     : "expected ',' or ']' behind an element, found ") +
                found());
  }

  bool close(Next& next) {
    ++at_;
    open_.pop_back();
    next = Next::kEnd;
    return true;
  }

  bool name(Next& next) {
    if (current() != '"') {
      return fail((next == Next::kNameOrEnd
                       ? "expected a member's name in double quotes or '}', found "
                       : "expected a member's name in double quotes, found ") +
                  found());
    }
    if (!string()) return false;
    skipSpace();
    if (current() != ':') return fail("expected ':' behind a member's name, found " + found());
    ++at_;
    next = Next::kValue;
    afterComma_ = false;
    return true;
  }

  bool value(Next& next) {
    const bool afterComma = std::exchange(afterComma_, false);
    const char c = current();
    if (c == '{' || c == '[') {
      if (open_.size() == maxDepth_) {
        return fail("nested deeper than " + std::to_string(maxDepth_) + " levels",
                    ErrorCode::kTooLarge);
      }
      open_.push_back(c);
      ++at_;
      next = c == '{' ? Next::kNameOrEnd : Next::kValueOrEnd;
      return true;
    }
    const char* const expected = next == Next::kValueOrEnd ? "expected a value or ']', found "
                                 : afterComma              ? "expected a value behind ',', found "
                                                           : "expected a value, found ";
    next = Next::kEnd;
    if (c == '"') return string();
    if (c == 't') return literal("true");
    if (c == 'f') return literal("false");
    if (c == 'n') return literal("null");
    if (c == '-' || (c >= '0' && c <= '9')) return number();
    return fail(expected + found());
  }

  bool literal(std::string_view word) {
    for (const char c : word) {
      if (current() != c) return fail("expected " + std::string(word) + ", found " + found());
      ++at_;
    }
    return true;
  }

  bool number() {
    if (current() == '-') ++at_;
    if (current() == '0') {
      ++at_;
      if (isDigit()) return fail("a number may not begin with 0 and another digit");
    } else if (!digits("a digit")) {
      return false;
    }
    if (current() == '.') {
      ++at_;
      if (!digits("a digit behind the decimal point")) return false;
    }
    if ((current() | 0x20) == 'e') {
      ++at_;
      if (current() == '+' || current() == '-') ++at_;
      if (!digits("a digit of the exponent")) return false;
    }
    return true;
  }

  bool digits(const char* expected) {
    if (!isDigit()) return fail(std::string("expected ") + expected + ", found " + found());
    while (isDigit()) ++at_;
    return true;
  }

  bool string() {
    const size_t begin = at_++;
    for (size_t pauseAt = at_ + kCheckpointBytes;; ++at_) {
      if (at_ == text_.size()) {
        return fail("the input ends within the string that begins at byte " +
                    std::to_string(begin));
      }
      if (at_ == badUtf8_) return fail("a string holds bytes that are not UTF-8");
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) {
        return fail("a string holds " + found() + ", which has to be escaped");
      }
      if (c == '\\' && !escape()) return false;
      if (at_ >= pauseAt) {
        if (!pause()) return false;
        pauseAt = at_ + kCheckpointBytes;
      }
    }
    ++at_;
    return true;
  }

  /// From the backslash to the escape's last byte.
  bool escape() {
    ++at_;
    if (at_ == text_.size()) return fail("the input ends within a string");
    const char c = text_[at_];
    if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos) return true;
    if (c != 'u') return fail("a string has no escape \\ with " + found());
    for (int k = 0; k < 4; ++k) {
      ++at_;
      const char digit = current();
      if (!((digit >= '0' && digit <= '9') || ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f'))) {
        return fail("expected four hexadecimal digits behind \\u, found " + found());
      }
    }
    return true;
  }

  /// The byte at hand; 0 at the end.
  char current() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool isDigit() const { return current() >= '0' && current() <= '9'; }

  void skipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }

  /// What is there, in words.
  std::string found() const {
    if (at_ == text_.size()) return "the end of the input";
    if (at_ == badUtf8_) return "bytes that are not UTF-8";
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == '\'') return "a single quote";
    if (byte < 0x20 || byte == 0x7f) {
      constexpr char kDigits[] = "0123456789ABCDEF";
      return std::string("the control character U+00") + kDigits[byte >> 4] + kDigits[byte & 15];
    }
    const size_t size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    std::string quoted = "'";
    return quoted.append(text_.substr(at_, size)).append("'");
  }

  bool fail(std::string reason, ErrorCode code = ErrorCode::kSyntax) {
    problem_ = JsonProblem{code, at_, std::move(reason)};
    return false;
  }

  bool pause() {
    if (at_ - pausedAt_ < kCheckpointBytes) return true;
    pausedAt_ = at_;
    Result<void> goOn = checkpoint_();
    if (!goOn) stopped_ = std::move(goOn).error();
    return !stopped_;
  }

  const std::string_view text_;
  const size_t maxDepth_;
  const Checkpoint& checkpoint_;
  const size_t badUtf8_;  // where the first bytes that are not UTF-8 begin; the size for nowhere
  size_t at_ = 0;
  size_t pausedAt_ = 0;
  bool afterComma_ = false;
  std::vector<char> open_;  // the brackets
  std::optional<JsonProblem> problem_;
  std::optional<Error> stopped_;
};

}  // namespace

Result<std::optional<JsonProblem>> findProblem(std::string_view text, size_t maxDepth,
                                               const Checkpoint& checkpoint) {
  return ProblemFinder(text, maxDepth, checkpoint).run();
}

}  // namespace millrace
