// Invariants: the positions of a rule are consecutive and end with an accepting one; runs of `*`
// and of `**/` are collapsed, so that passing over one never leads to another of the same kind.
#include <algorithm>
#include <cctype>
#include <string>

#include "io/glob.h"
#include "io/utf8.h"

namespace millrace {
namespace {

constexpr size_t kMaxPositions = size_t{1} << 16;

enum class Kind : uint8_t {
  kLiteral,
  kAny,
  kClass,
  kStar,
  kSpanStart,   // `**/`, at the start of a segment
  kSpanInside,  // `**/`, within a segment
  kTailStart,   // `**` at the end, at the start of a segment
  kTailInside,  // `**` at the end, within a segment: accepts
  kEnd          // accepts
};

using Test = int (*)(int);
struct NamedClass {
  std::string_view name;
  Test contains;
};
constexpr NamedClass kNamedClasses[] = {
    {"alnum", std::isalnum}, {"alpha", std::isalpha}, {"blank", std::isblank},
    {"cntrl", std::iscntrl}, {"digit", std::isdigit}, {"graph", std::isgraph},
    {"lower", std::islower}, {"print", std::isprint}, {"punct", std::ispunct},
    {"space", std::isspace}, {"upper", std::isupper}, {"xdigit", std::isxdigit}};

uint32_t swappedCase(uint32_t character) {
  if (character >= 'a' && character <= 'z') return character - 32;
  if (character >= 'A' && character <= 'Z') return character + 32;
  return character;
}

}  // namespace

bool GlobAutomaton::CharacterClass::contains(uint32_t character, bool ignoreCase) const {
  const auto listed = [this](uint32_t each) {
    return std::any_of(ranges.begin(), ranges.end(), [each](const Range& range) {
      return each >= range.first && each <= range.last;
    });
  };
  return (listed(character) || (ignoreCase && listed(swappedCase(character)))) != inverted;
}

/// Turns rules into tokens, one per position, and those into masks.
class GlobCompiler {
 public:
  explicit GlobCompiler(const GlobDialect& dialect) : dialect_(dialect) {}

  Result<void> add(const GlobRule& rule);
  GlobAutomaton build();

 private:
  using CharacterClass = GlobAutomaton::CharacterClass;

  struct Token {
    Kind kind;
    uint32_t character = 0;
    size_t rule = 0;
  };

  /// What happened to the text of a rule.
  enum class Parsed : uint8_t { kRule, kMatchesNothing };

  Parsed parse(std::string_view text);
  bool parseDoubleStar(std::string_view& text);
  bool parseClass(std::string_view& text);
  static bool parseNamedClass(std::string_view& text, std::vector<GlobAutomaton::Range>& ranges);
  uint32_t take(std::string_view& text) const {
    if (!dialect_.bytewise) return takeCharacter(text);
    const auto byte = static_cast<uint8_t>(text.front());
    text.remove_prefix(1);
    return byte;
  }
  /// Takes what separates two segments: git takes a double slash for an empty segment between.
  void takeSlashes(std::string_view& text) const {
    text.remove_prefix(dialect_.strict ? 1 : std::min(text.find_first_not_of('/'), text.size()));
  }
  void emit(Kind kind, uint32_t character = 0) {
    tokens_.push_back({kind, character, rules_.size()});
  }
  bool endsWith(Kind kind) const { return tokens_.size() > first_ && tokens_.back().kind == kind; }

  void fill(size_t position);
  void fillLiteral(size_t position, bool dotAllowed);
  void fillClass(size_t position, bool dot);
  void fillAny(size_t position, bool dot);
  void fillStay(size_t position, bool dot);
  void setRow(uint32_t character, size_t position) {
    made_.rows_[character * made_.words_ + position / 64] |= uint64_t{1} << (position % 64);
  }
  static void set(GlobState& mask, size_t position) {
    mask[position / 64] |= uint64_t{1} << (position % 64);
  }

  const GlobDialect dialect_;
  std::vector<Token> tokens_;
  std::vector<GlobRule> rules_;
  std::vector<CharacterClass> classes_;  // in the order of their tokens
  size_t first_ = 0;                     // the first token of the rule at hand
  size_t nextClass_ = 0;                 // while filling
  GlobAutomaton made_;
};

Result<void> GlobCompiler::add(const GlobRule& rule) {
  first_ = tokens_.size();
  const size_t classCount = classes_.size();
  if (parse(rule.pattern) == Parsed::kMatchesNothing) {
    tokens_.resize(first_);
    classes_.resize(classCount);
  } else {
    if (endsWith(Kind::kTailStart)) {
      emit(Kind::kTailInside);
    } else {
      emit(Kind::kEnd);
    }
    rules_.push_back(rule);
  }
  if (tokens_.size() > kMaxPositions) {
    return Error::of(ErrorCode::kInvalidArgument, "the patterns are too long together");
  }
  return {};
}

GlobCompiler::Parsed GlobCompiler::parse(std::string_view text) {
  bool segmentStart = true;
  while (!text.empty()) {
    if (segmentStart && parseDoubleStar(text)) continue;
    segmentStart = false;
    const char next = text.front();
    if (next == '*') {
      if (!endsWith(Kind::kStar)) emit(Kind::kStar);
      text.remove_prefix(1);
    } else if (next == '?') {
      emit(Kind::kAny);
      text.remove_prefix(1);
    } else if (next == '/') {
      takeSlashes(text);
      emit(Kind::kLiteral, '/');
      segmentStart = true;
    } else if (next == '[' && parseClass(text)) {
      continue;
    } else if (next == '[' && dialect_.strict) {
      return Parsed::kMatchesNothing;
    } else {
      if (next == '\\' && text.size() == 1 && dialect_.strict) return Parsed::kMatchesNothing;
      if (next == '\\' && text.size() > 1) text.remove_prefix(1);
      emit(Kind::kLiteral, take(text));
    }
  }
  return Parsed::kRule;
}

/// Takes a segment that consists of two or more stars.
bool GlobCompiler::parseDoubleStar(std::string_view& text) {
  const size_t stars = std::min(text.find_first_not_of('*'), text.size());
  if (stars < 2 || (stars < text.size() && text[stars] != '/')) return false;
  text.remove_prefix(stars);
  if (text.empty()) {
    emit(Kind::kTailStart);
    return true;
  }
  takeSlashes(text);
  if (endsWith(Kind::kSpanInside)) return true;
  emit(Kind::kSpanStart);
  emit(Kind::kSpanInside);
  return true;
}

/// Takes a named class such as [:alpha:], which the text may begin with.
bool GlobCompiler::parseNamedClass(std::string_view& text,
                                   std::vector<GlobAutomaton::Range>& ranges) {
  if (!text.starts_with("[:")) return false;
  const size_t end = text.find(":]");
  if (end == std::string_view::npos) return false;
  const std::string_view name = text.substr(2, end - 2);
  for (const NamedClass& each : kNamedClasses) {
    if (each.name != name) continue;
    for (uint32_t character = 0; character < 128; ++character) {
      if (each.contains(static_cast<int>(character))) ranges.push_back({character, character});
    }
    text.remove_prefix(end + 2);
    return true;
  }
  return false;
}

/// Takes a class; leaves `text` alone when it is none because its `]` is missing.
bool GlobCompiler::parseClass(std::string_view& text) {
  std::string_view rest = text.substr(1);
  CharacterClass parsed{0, false, {}};
  if (!rest.empty() && (rest.front() == '!' || rest.front() == '^')) {
    parsed.inverted = true;
    rest.remove_prefix(1);
  }
  for (bool firstItem = true;; firstItem = false) {
    if (rest.empty() || (rest.front() == '/' && !dialect_.strict)) return false;
    if (rest.front() == ']' && !firstItem) break;
    if (parseNamedClass(rest, parsed.ranges)) continue;
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    const uint32_t first = take(rest);
    uint32_t last = first;
    if (rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
      rest.remove_prefix(1);
      if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
      last = take(rest);
    }
    // Git has taken the first one before it sees the range, which may be backwards and empty.
    if (dialect_.strict) parsed.ranges.push_back({first, first});
    parsed.ranges.push_back({first, last});
  }
  text = rest.substr(1);
  emit(Kind::kClass);
  classes_.push_back(std::move(parsed));
  return true;
}

void GlobCompiler::fillAny(size_t position, bool dot) {
  for (uint32_t character = 0; character < 128; ++character) {
    if (character != '/') setRow(character, position);
  }
  set(made_.anyRow_, position);
  if (dot) set(made_.dotRow_, position);
}

void GlobCompiler::fillStay(size_t position, bool dot) {
  set(made_.stays_, position);
  if (dot) set(made_.dotStays_, position);
}

void GlobCompiler::fillLiteral(size_t position, bool dotAllowed) {
  const uint32_t character = tokens_[position].character;
  if (character >= 128) {
    made_.wideLiterals_.push_back({character, position});
    return;
  }
  setRow(character, position);
  if (dialect_.ignoreCase) setRow(swappedCase(character), position);
  if (character == '.' && dotAllowed) set(made_.dotRow_, position);
}

void GlobCompiler::fillClass(size_t position, bool dot) {
  CharacterClass& made = classes_[nextClass_++];
  made.position = position;
  for (uint32_t character = 0; character < 128; ++character) {
    if (character != '/' && made.contains(character, dialect_.ignoreCase)) {
      setRow(character, position);
      if (character == '.' && dot) set(made_.dotRow_, position);
    }
  }
  made_.classes_.push_back(std::move(made));
}

void GlobCompiler::fill(size_t position) {
  const Token& token = tokens_[position];
  const GlobRule& rule = rules_[token.rule];
  if (!rule.negated) set(made_.hopes_, position);
  switch (token.kind) {
    case Kind::kLiteral: {
      // A dot right behind a star that may stand for nothing is not one that begins the segment.
      const bool behindStar = position > 0 && tokens_[position - 1].kind == Kind::kStar;
      return fillLiteral(position, rule.dot || !behindStar);
    }
    case Kind::kAny:
      return fillAny(position, rule.dot);
    case Kind::kClass:
      return fillClass(position, rule.dot);
    case Kind::kStar:
      set(made_.stars_, position);
      return fillStay(position, rule.dot);
    case Kind::kSpanStart:
      set(made_.spans_, position);
      return fillAny(position, rule.dot);
    case Kind::kTailStart:
      if (rule.negated && rule.dot && !rule.directoryOnly) set(made_.overruling_, position);
      return fillAny(position, rule.dot);
    case Kind::kSpanInside:
      set(made_.insides_, position);
      return fillStay(position, true);
    case Kind::kTailInside:
      set(made_.insides_, position);
      fillStay(position, true);
      [[fallthrough]];
    case Kind::kEnd:
      return set(rule.directoryOnly ? made_.directoryAccepts_ : made_.accepts_, position);
  }
}

GlobAutomaton GlobCompiler::build() {
  made_.dialect_ = dialect_;
  made_.words_ = (tokens_.size() + 63) / 64;
  for (GlobState* mask :
       {&made_.start_, &made_.dotRow_, &made_.anyRow_, &made_.stays_, &made_.dotStays_,
        &made_.stars_, &made_.spans_, &made_.insides_, &made_.accepts_, &made_.directoryAccepts_,
        &made_.hopes_, &made_.overruling_}) {
    mask->assign(made_.words_, 0);
  }
  made_.rows_.assign(made_.words_ * 128, 0);
  for (size_t position = 0; position < tokens_.size(); ++position) {
    const GlobRule& rule = rules_[tokens_[position].rule];
    const bool first = position == 0 || tokens_[position - 1].rule != tokens_[position].rule;
    if (first) set(made_.start_, position);
    fill(position);
    made_.indexOf_.push_back(rule.index);
    if (made_.negatedByIndex_.size() <= rule.index) made_.negatedByIndex_.resize(rule.index + 1);
    made_.negatedByIndex_[rule.index] = rule.negated;
  }
  std::sort(made_.wideLiterals_.begin(), made_.wideLiterals_.end(),
            [](const auto& a, const auto& b) { return a.character < b.character; });
  return std::move(made_);
}

Result<GlobAutomaton> GlobAutomaton::compile(std::span<const GlobRule> rules,
                                             const GlobDialect& dialect) {
  GlobCompiler compiler(dialect);
  for (const GlobRule& rule : rules) {
    Result<void> added = compiler.add(rule);
    if (!added) return std::move(added).error();
  }
  GlobAutomaton made = compiler.build();
  made.closeStart();
  return made;
}

}  // namespace millrace
