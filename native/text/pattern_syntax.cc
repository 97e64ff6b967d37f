// Invariants: every loop takes at least one byte of the source or ends; recursion is bounded by
// kMaxGroupDepth; each repetition's body is one node.
#include "text/pattern_syntax.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "text/utf8.h"

namespace millrace {
namespace {

using Kind = PatternNode::Kind;

constexpr uint32_t kMaxGroupDepth = 200;
constexpr uint32_t kMaxRepeat = 1000;  // RE2's own bound

PatternNode nodeOf(Kind kind) {
  PatternNode node;
  node.kind = kind;
  return node;
}

PatternNode characterNode(uint32_t character) {
  PatternNode node = nodeOf(Kind::kCharacter);
  node.character = character;
  return node;
}

PatternNode setNode(CharacterSet set, bool negated = false) {
  PatternNode node = nodeOf(Kind::kSet);
  set.normalize();
  node.set = std::move(set);
  node.negated = negated;
  return node;
}

/// One node of several, without a level of its own where there is one only.
PatternNode joined(Kind kind, std::vector<PatternNode> nodes) {
  if (nodes.size() == 1) return std::move(nodes[0]);
  PatternNode node = nodeOf(nodes.empty() ? Kind::kEmpty : kind);
  node.children = std::move(nodes);
  return node;
}

/// Takes one code point of valid UTF-8. REQUIRES: at < text.size().
uint32_t takeCodePoint(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at++);
  if (lead < 0xc0) return lead;
  const int tails = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  uint32_t character = lead & (0x3fu >> tails);
  for (int i = 0; i < tails && at < text.size(); ++i)
    character = character << 6 | (byte(at++) & 0x3f);
  return character;
}

bool isDigit(uint32_t character) {
  return character >= '0' && character <= '9';
}

bool isAsciiLetter(uint32_t character) {
  return (character | 0x20) >= 'a' && (character | 0x20) <= 'z';
}

int hexValue(char digit) {
  if (isDigit(static_cast<unsigned char>(digit))) return digit - '0';
  const char lower = static_cast<char>(digit | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

class PatternParser {
 public:
  PatternParser(std::string_view source, const PatternFlags& flags)
      : source_(source), flags_(flags) {}

  Result<ParsedPattern> parse() {
    PatternNode root = alternation(0);
    if (!error_ && !atEnd()) invalid("an unmatched ')'");
    if (error_) return std::move(*error_);
    return ParsedPattern{std::move(root), std::move(names_)};
  }

 private:
  bool atEnd() const { return at_ >= source_.size(); }
  char peek() const { return atEnd() ? '\0' : source_[at_]; }
  bool lookingAt(std::string_view text) const { return source_.substr(at_).starts_with(text); }
  bool take(std::string_view text) {
    if (!lookingAt(text)) return false;
    at_ += text.size();
    return true;
  }

  void fail(ErrorCode code, std::string_view what, size_t at) {
    if (error_) return;
    error_ =
        Error::of(code, std::string(what) + " at byte " + std::to_string(at) + " of the pattern");
  }
  PatternNode invalid(std::string_view what) {
    fail(ErrorCode::kInvalidArgument, what, at_);
    return {};
  }
  PatternNode refuse(std::string_view what, size_t at) {
    fail(ErrorCode::kUnsupported, what, at);
    return {};
  }

  PatternNode alternation(uint32_t depth) {
    if (depth > kMaxGroupDepth) return refuse("more than 200 nested groups", at_);
    std::vector<PatternNode> branches;
    do {
      branches.push_back(sequence(depth));
    } while (!error_ && take("|"));
    return joined(Kind::kAlternation, std::move(branches));
  }

  PatternNode sequence(uint32_t depth) {
    std::vector<PatternNode> nodes;
    while (!error_ && !atEnd() && peek() != '|' && peek() != ')') {
      nodes.push_back(quantified(term(depth)));
    }
    return joined(Kind::kConcat, std::move(nodes));
  }

  PatternNode term(uint32_t depth) {
    const size_t begin = at_;
    switch (peek()) {
      case '^':
        ++at_;
        return nodeOf(flags_.multiline ? Kind::kLineBegin : Kind::kTextBegin);
      case '$':
        ++at_;
        return nodeOf(flags_.multiline ? Kind::kLineEnd : Kind::kTextEnd);
      case '.':
        ++at_;
        return flags_.dotAll ? setNode({}, true) : setNode(lineEnds(), true);
      case '(':
        return group(depth);
      case '[':
        ++at_;
        return characterClass();
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
        return invalid("nothing to repeat");
      case '{': {
        uint32_t min = 0;
        uint32_t max = 0;
        if (flags_.unicode || takeBraces(min, max)) {
          at_ = begin;
          return invalid("nothing to repeat");
        }
        break;
      }
      default:
        break;
    }
    return characterNode(takeCodePoint(source_, at_));
  }

  PatternNode group(uint32_t depth) {
    const size_t begin = at_;
    ++at_;
    if (lookingAt("?=") || lookingAt("?!")) return refuse("look-ahead", begin);
    if (lookingAt("?<=") || lookingAt("?<!")) return refuse("look-behind", begin);
    const bool plain = take("?:");
    std::string name;
    if (!plain && take("?<")) {
      const size_t end = source_.find('>', at_);
      if (end == std::string_view::npos || end == at_) return invalid("a group without a name");
      name = source_.substr(at_, end - at_);
      if (name.find('\\') != std::string::npos) {
        return refuse("an escape in the name of a group", at_);
      }
      at_ = end + 1;
    } else if (!plain && peek() == '?') {
      return refuse("a group of an unknown kind", begin);
    }
    uint32_t capture = 0;
    if (!plain) {
      names_.push_back(std::move(name));
      capture = static_cast<uint32_t>(names_.size());
    }
    PatternNode body = alternation(depth + 1);
    if (!error_ && !take(")")) return invalid("a group that is not closed");
    if (plain) return body;
    PatternNode node = nodeOf(Kind::kCapture);
    node.capture = capture;
    node.children.push_back(std::move(body));
    return node;
  }

  bool takeNumber(uint32_t& number) {
    if (!isDigit(static_cast<unsigned char>(peek()))) return false;
    number = 0;
    while (isDigit(static_cast<unsigned char>(peek()))) {
      // Beyond every bound is enough to know.
      number =
          std::min<uint32_t>(number * 10 + static_cast<uint32_t>(source_[at_++] - '0'), 1'000'000);
    }
    return true;
  }

  bool takeBraces(uint32_t& min, uint32_t& max) {
    const size_t begin = at_;
    if (take("{") && takeNumber(min)) {
      max = min;
      if (take(",") && !takeNumber(max)) max = PatternNode::kUnbounded;
      if (take("}")) return true;
    }
    at_ = begin;
    return false;
  }

  PatternNode quantified(PatternNode body) {
    if (error_) return {};
    const size_t begin = at_;
    uint32_t min = 0;
    uint32_t max = PatternNode::kUnbounded;
    if (take("+")) {
      min = 1;
    } else if (take("?")) {
      max = 1;
    } else if (!take("*") && !takeBraces(min, max)) {
      return body;
    }
    if (min > max) return invalid("a repetition whose bounds are out of order");
    if (min > kMaxRepeat || (max > kMaxRepeat && max != PatternNode::kUnbounded)) {
      return refuse("a repetition of more than 1000", begin);
    }
    PatternNode node = nodeOf(Kind::kRepeat);
    node.min = min;
    node.max = max;
    node.lazy = take("?");
    node.children.push_back(std::move(body));
    return node;
  }

  /// \d, \w, \s and their opposites; nothing for other letters.
  std::optional<CharacterSet> namedSet(char letter) const {
    CharacterSet set;
    switch (letter | 0x20) {
      case 'd':
        set = digits();
        break;
      case 's':
        set = whiteSpace();
        break;
      case 'w':
        set = wordCharacters();
        // With both flags, what folds to an ASCII letter is a word character
        // (ECMA-262, 22.2.2.9.3).
        if (flags_.ignoreCase && flags_.unicode) {
          set.add(0x17f, 0x17f);
          set.add(0x212a, 0x212a);
        }
        break;
      default:
        return std::nullopt;
    }
    set.normalize();
    return (letter & 0x20) != 0 ? set : set.complement();
  }

  PatternNode escape() {
    const size_t begin = at_++;
    if (atEnd()) return invalid("a backslash at the end");
    const char letter = peek();
    if (letter == 'b' || letter == 'B') {
      ++at_;
      return nodeOf(letter == 'b' ? Kind::kWordBoundary : Kind::kNotWordBoundary);
    }
    if (letter == 'k') return refuse("a back-reference", begin);
    if (letter >= '1' && letter <= '9') return refuse("a back-reference or octal escape", begin);
    if (auto set = namedSet(letter)) {
      ++at_;
      return setNode(*set);
    }
    const uint32_t character = escapedCharacter(begin);
    if (character > kMaxCharacter) return setNode({});
    return characterNode(character);
  }

  bool takeHex(size_t digits, uint32_t& value) {
    if (source_.size() - at_ < digits) return false;
    uint32_t read = 0;
    for (size_t i = 0; i < digits; ++i) {
      const int digit = hexValue(source_[at_ + i]);
      if (digit < 0) return false;
      read = read << 4 | static_cast<uint32_t>(digit);
    }
    at_ += digits;
    value = read;
    return true;
  }

  /// Behind `\u`. A surrogate pair makes one character; a lone surrogate comes back beyond
  /// kMaxCharacter, because no text in UTF-8 contains it.
  uint32_t unicodeEscape() {
    uint32_t unit = 0;
    if (flags_.unicode && take("{")) {
      const size_t end = source_.find('}', at_);
      if (end == std::string_view::npos || end == at_) return invalid("a broken escape").character;
      uint32_t value = 0;
      while (at_ < end) {
        const int digit = hexValue(source_[at_++]);
        value = value << 4 | static_cast<uint32_t>(digit & 15);
        if (digit < 0 || value > kMaxCharacter) return invalid("a broken escape").character;
      }
      at_ = end + 1;
      return value >= 0xd800 && value <= 0xdfff ? kMaxCharacter + 1 : value;
    }
    if (!takeHex(4, unit)) {
      if (flags_.unicode) invalid("a broken escape");
      return 'u';
    }
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    const size_t behind = at_;
    uint32_t low = 0;
    if (unit < 0xdc00 && take("\\u") && takeHex(4, low) && low >= 0xdc00 && low <= 0xdfff) {
      return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    at_ = behind;
    return kMaxCharacter + 1;
  }

  uint32_t controlEscape(size_t begin) {
    if (atEnd() || !isAsciiLetter(static_cast<unsigned char>(peek()))) {
      refuse("\\c without a letter", begin);
      return 0;
    }
    return static_cast<unsigned char>(source_[at_++]) & 31u;
  }

  /// One escaped character, inside and outside of classes. REQUIRES: at_ is behind the backslash.
  uint32_t escapedCharacter(size_t begin) {
    const char letter = source_[at_];
    if (letter == 'p' || letter == 'P') {
      if (flags_.unicode) refuse("\\p (a Unicode property)", begin);
    }
    const uint32_t character = takeCodePoint(source_, at_);
    uint32_t value = 0;
    switch (character) {
      case 't':
        return '\t';
      case 'n':
        return '\n';
      case 'v':
        return '\v';
      case 'f':
        return '\f';
      case 'r':
        return '\r';
      case '0':
        if (isDigit(static_cast<unsigned char>(peek()))) refuse("an octal escape", begin);
        return 0;
      case 'c':
        return controlEscape(begin);
      case 'x':
        if (takeHex(2, value)) return value;
        if (flags_.unicode) invalid("a broken escape");
        return 'x';
      case 'u':
        return unicodeEscape();
      default:
        if (flags_.unicode && (isAsciiLetter(character) || isDigit(character))) {
          invalid("an escape without meaning");
        }
        return character;
    }
  }

  /// One member of a class: a character, or a set that cannot begin or end a range.
  std::optional<CharacterSet> classMember(uint32_t& character) {
    if (peek() != '\\') {
      character = takeCodePoint(source_, at_);
      return std::nullopt;
    }
    const size_t begin = at_++;
    if (atEnd()) {
      invalid("a backslash at the end");
      return std::nullopt;
    }
    const char letter = peek();
    if (auto set = namedSet(letter)) {
      ++at_;
      return set;
    }
    if (letter == 'b') {
      ++at_;
      character = '\b';
    } else if (letter >= '1' && letter <= '9') {
      refuse("an octal escape", begin);
    } else {
      character = escapedCharacter(begin);
    }
    return std::nullopt;
  }

  PatternNode characterClass() {
    const bool negated = take("^");
    CharacterSet set;
    while (!error_ && !atEnd() && peek() != ']') {
      uint32_t first = 0;
      if (const auto members = classMember(first)) {
        set.addAll(*members);
        continue;
      }
      const bool range = peek() == '-' && at_ + 1 < source_.size() && source_[at_ + 1] != ']';
      if (!range || error_) {
        if (first <= kMaxCharacter) set.add(first, first);
        continue;
      }
      ++at_;
      uint32_t last = 0;
      if (const auto members = classMember(last)) {
        // Annex B: then the dash stands for itself.
        if (flags_.unicode) return invalid("a class as the bound of a range");
        set.addAll(*members);
        set.add('-', '-');
        if (first <= kMaxCharacter) set.add(first, first);
        continue;
      }
      if (error_) break;
      if (first > kMaxCharacter || last > kMaxCharacter) {
        return refuse("a range between surrogates", at_);
      }
      if (first > last) return invalid("a range that is out of order");
      set.add(first, last);
    }
    if (!error_ && !take("]")) return invalid("a class that is not closed");
    return setNode(std::move(set), negated);
  }

  const std::string_view source_;
  const PatternFlags flags_;
  size_t at_ = 0;
  std::vector<std::string> names_;
  std::optional<Error> error_;
};

}  // namespace

Result<ParsedPattern> parsePattern(std::string_view source, const PatternFlags& flags) {
  if (!isValidUtf8(source))
    return Error::of(ErrorCode::kInvalidArgument, "a pattern that is not UTF-8");
  return PatternParser(source, flags).parse();
}

ParsedPattern literalPattern(std::string_view text) {
  std::vector<PatternNode> characters;
  for (size_t at = 0; at < text.size();)
    characters.push_back(characterNode(takeCodePoint(text, at)));
  return {joined(Kind::kConcat, std::move(characters)), {}};
}

}  // namespace millrace
