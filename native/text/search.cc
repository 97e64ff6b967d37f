// Invariants: a pattern's matches are found from left to right and do not overlap; `next` is where
// its next match may begin at the earliest. A pattern that cannot match LF is searched line by
// line, which finds the same: no match crosses the end of a window, and assertions see the text
// around it.
#include "text/search.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/clock.h"
#include "text/literal_scan.h"
#include "text/pattern_literals.h"
#include "text/pattern_translation.h"
#include "text/utf8.h"

namespace millrace {
namespace {

constexpr size_t kWindowBytes = 1 << 20;
constexpr uint32_t kMaxCaptures = 1000;
constexpr size_t kMaxPatternBytes = 1 << 18;
/// A pattern without a bound may read to the end of the text at each place where it could begin.
/// When an attempt that failed took this long, the next match is looked for in one go instead: that
/// decides for all places before it.
constexpr int64_t kLongAttemptNs = 5'000;

enum class Strategy : uint8_t {
  kWhole,    // a literal is the match
  kAtPlace,  // a match may begin where a literal does
  kInLine,   // a match may be in the line that has a literal
  kIfSeen,   // the whole text, if a literal is in it
  kAlways    // the whole text
};

struct Pattern {
  std::unique_ptr<re2::RE2> automaton;
  Strategy strategy = Strategy::kAlways;
  PatternTraits traits;
  bool foldsBeyondAscii = false;
  bool boundaryBefore = false;
  bool boundaryBehind = false;
  bool crEndsLines = false;                    // to be searched in a text whose CRs are LFs
  std::vector<LiteralScan::Literal> literals;  // kWhole: in order of preference
  std::vector<std::string> captureNames;
  size_t captures = 0;
};

bool isContinuation(char byte) {
  return (static_cast<uint8_t>(byte) & 0xc0) == 0x80;
}

/// Where the character behind the one at `at` begins.
size_t afterCharacter(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && isContinuation(text[at])) ++at;
  return at;
}

bool isWordByte(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  const auto byte = static_cast<uint8_t>(text[at]);
  const uint8_t lower = byte | 0x20;
  return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/// `\b`.
bool isBoundary(std::string_view text, size_t at) {
  return (at > 0 && isWordByte(text, at - 1)) != isWordByte(text, at);
}

/// Whether the text has a letter beyond ASCII that folds to one of ASCII: U+017F or U+212A.
bool foldsToAscii(std::string_view text) {
  return text.find("\xc5\xbf") != std::string_view::npos ||
         text.find("\xe2\x84\xaa") != std::string_view::npos;
}

Error refused(size_t index, const Error& why) {
  return Error::of(why.code, "pattern " + std::to_string(index) + ": " + why.message);
}

Result<ParsedPattern> treeOf(const SearchPattern& pattern, bool wholeWord) {
  if (pattern.source.size() > kMaxPatternBytes) {
    return Error::of(ErrorCode::kTooLarge, "longer than 262144 bytes");
  }
  Result<ParsedPattern> parsed = pattern.literal ? literalPattern(pattern.source)
                                                 : parsePattern(pattern.source, pattern.flags);
  if (!parsed || !wholeWord) return parsed;
  ParsedPattern& tree = parsed.value();
  PatternNode word;
  word.kind = PatternNode::Kind::kConcat;
  word.children.resize(3);
  word.children[0].kind = word.children[2].kind = PatternNode::Kind::kWordBoundary;
  word.children[1] = std::move(tree.root);
  tree.root = std::move(word);
  return parsed;
}

Result<std::unique_ptr<re2::RE2>> automatonOf(const std::string& syntax,
                                              const SearchOptions& options) {
  re2::RE2::Options settings;
  settings.set_log_errors(false);
  settings.set_never_capture(!options.captures);
  settings.set_max_mem(static_cast<int64_t>(options.patternMemoryBytes));
  auto automaton = std::make_unique<re2::RE2>(syntax, settings);
  if (automaton->ok()) return automaton;
  if (automaton->error_code() == re2::RE2::ErrorPatternTooLarge) {
    return Error::of(ErrorCode::kTooLarge, "needs more memory than allowed");
  }
  return Error::of(ErrorCode::kUnsupported, automaton->error());
}

Strategy strategyFor(const PatternLiterals& literals, const Pattern& pattern) {
  using Use = PatternLiterals::Use;
  switch (literals.use) {
    case Use::kWhole:
      return pattern.captures == 0 ? Strategy::kWhole : Strategy::kAtPlace;
    case Use::kPrefix:
      return Strategy::kAtPlace;
    case Use::kInner:
      return pattern.traits.matchesLf ? Strategy::kIfSeen : Strategy::kInLine;
    default:
      return Strategy::kAlways;
  }
}

Result<Pattern> compileOne(const SearchPattern& source, uint32_t index,
                           const SearchOptions& options) {
  Result<ParsedPattern> tree = treeOf(source, options.wholeWord);
  if (!tree) return std::move(tree).error();
  const PatternNode& root = tree.value().root;
  Pattern pattern;
  pattern.traits = traitsOf(root);
  if (pattern.traits.prefersNothing) {
    return Error::of(ErrorCode::kUnsupported,
                     "a repetition of something that matches nothing before it matches something");
  }
  if (options.captures) {
    pattern.captureNames = std::move(tree.value().captureNames);
    pattern.captures = pattern.captureNames.size();
    if (pattern.traits.resetsCaptures && pattern.captures > 0) {
      return Error::of(ErrorCode::kUnsupported,
                       "a group in a repetition that need not take part in its last turn "
                       "(make it (?:...), or search without groups)");
    }
    if (pattern.captures > kMaxCaptures) {
      return Error::of(ErrorCode::kTooLarge, "more than 1000 groups");
    }
  }
  auto automaton = automatonOf(re2Syntax(root, source.flags), options);
  if (!automaton) return std::move(automaton).error();
  pattern.automaton = std::move(automaton).value();
  pattern.crEndsLines = pattern.traits.lineAnchors && !pattern.traits.tellsCrFromLf;
  const PatternLiterals literals = literalsOf(root, source.flags);
  pattern.strategy = strategyFor(literals, pattern);
  pattern.foldsBeyondAscii = literals.foldsBeyondAscii;
  pattern.boundaryBefore = literals.boundaryBefore;
  pattern.boundaryBehind = literals.boundaryBehind;
  for (const std::string& each : literals.literals) {
    pattern.literals.push_back({each, literals.foldsAscii, index});
  }
  return pattern;
}

}  // namespace

struct TextSearch::Compiled {
  std::vector<Pattern> patterns;
  LiteralScan scan;
  SearchOptions options;
  size_t mostCaptures = 0;
  bool foldsBeyondAscii = false;  // some pattern does
};

/// One search of one text.
class TextSearch::Run {
 public:
  Run(const Compiled& compiled, std::string_view text, const SearchCheck& check)
      : compiled_(compiled),
        text_(text.empty() ? std::string_view("") : text),  // never null: RE2 tells groups by it
        check_(check),
        states_(compiled.patterns.size()),
        groups_(compiled.mostCaptures + 1) {}

  Result<SearchMatches> find() {
    prepare();
    scanLiterals();
    for (size_t i = 0; i < states_.size() && !error_; ++i) {
      if (states_[i].wholeText) findEverywhere(i);
    }
    if (error_) return std::move(*error_);
    keepFirst(compiled_.options.maxMatches);
    return std::move(result_);
  }

 private:
  struct State {
    size_t next = 0;
    bool wholeText = false;  // to be searched everywhere
    bool ignoresHits = false;
  };

  void prepare() {
    const bool folds = compiled_.foldsBeyondAscii && foldsToAscii(text_);
    bool needsCopy = false;
    for (size_t i = 0; i < states_.size(); ++i) {
      const Pattern& pattern = compiled_.patterns[i];
      if (pattern.strategy == Strategy::kAlways || (folds && pattern.foldsBeyondAscii)) {
        states_[i].wholeText = states_[i].ignoresHits = true;
      }
      needsCopy |= pattern.crEndsLines;
    }
    if (!needsCopy || text_.find('\r') == std::string_view::npos) return;
    lfText_ = text_;
    std::replace(lfText_.begin(), lfText_.end(), '\r', '\n');
  }

  std::string_view textFor(const Pattern& pattern) const {
    return pattern.crEndsLines && !lfText_.empty() ? std::string_view(lfText_) : text_;
  }

  /// False when the search has to end.
  bool goOn() {
    if (error_) return false;
    const Result<void> checked = check_();
    if (!checked) error_ = checked.error();
    return checked.ok();
  }

  bool goOnAfterWork() { return (++work_ & 127) != 0 ? !error_ : goOn(); }

  void scanLiterals() {
    const auto onHit = [this](const LiteralScan::Literal& literal, size_t at) { hit(literal, at); };
    for (size_t at = 0; at < text_.size() && at <= lastBegin_ && goOn();) {
      at = compiled_.scan.scan(text_, at, at + kWindowBytes, onHit);
    }
  }

  void hit(const LiteralScan::Literal& literal, size_t at) {
    State& state = states_[literal.owner];
    if (at < state.next || state.ignoresHits || at > lastBegin_ || !goOnAfterWork()) return;
    const Pattern& pattern = compiled_.patterns[literal.owner];
    switch (pattern.strategy) {
      case Strategy::kWhole:
        if (!pattern.boundaryBefore || isBoundary(text_, at)) takeLiteral(pattern, literal, at);
        break;
      case Strategy::kAtPlace:
        if (!pattern.boundaryBefore || isBoundary(text_, at)) tryAt(literal.owner, at);
        break;
      case Strategy::kInLine:
        searchLine(literal.owner, at);
        break;
      default:
        state.wholeText = state.ignoresHits = true;
        break;
    }
  }

  void takeLiteral(const Pattern& pattern, const LiteralScan::Literal& seen, size_t at) {
    const auto fits = [&](const LiteralScan::Literal& each) {
      return LiteralScan::matchesAt(each, text_, at) &&
             (!pattern.boundaryBehind || isBoundary(text_, at + each.bytes.size()));
    };
    if (!pattern.boundaryBehind && pattern.literals.size() == 1) {
      return add(seen.owner, at, at + seen.bytes.size());
    }
    const auto first = std::find_if(pattern.literals.begin(), pattern.literals.end(), fits);
    if (first != pattern.literals.end()) add(seen.owner, at, at + first->bytes.size());
  }

  bool match(const Pattern& pattern, size_t from, size_t end, re2::RE2::Anchor anchor) {
    const std::string_view text = textFor(pattern);
    return pattern.automaton->Match({text.data(), text.size()}, from, end, anchor, groups_.data(),
                                    static_cast<int>(pattern.captures + 1));
  }

  TextSpan spanOf(const Pattern& pattern, const re2::StringPiece& piece) const {
    if (piece.data() == nullptr) return {TextSpan::kNone, TextSpan::kNone};
    const auto begin = static_cast<size_t>(piece.data() - textFor(pattern).data());
    return {begin, begin + piece.size()};
  }

  void tryAt(uint32_t index, size_t at) {
    const Pattern& pattern = compiled_.patterns[index];
    State& state = states_[index];
    const bool timed = !pattern.traits.bounded && nextSample() == 0;
    const int64_t begin = timed ? monotonicNs() : 0;
    if (match(pattern, at, text_.size(), re2::RE2::ANCHOR_START)) return addFound(index);
    state.next = at + 1;
    if (!timed || monotonicNs() - begin < kLongAttemptNs) return;
    if (match(pattern, at + 1, text_.size(), re2::RE2::UNANCHORED)) return addFound(index);
    state.ignoresHits = true;
  }

  /// One in four, and not in a rhythm that a text could follow.
  uint32_t nextSample() {
    sample_ = sample_ * 1664525 + 1013904223;
    return sample_ >> 30;
  }

  void searchLine(uint32_t index, size_t at) {
    const std::string_view text = textFor(compiled_.patterns[index]);
    const size_t lf = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const size_t begin = lf == std::string_view::npos ? 0 : lf + 1;
    const size_t end = std::min(text.find('\n', at), text.size());
    findIn(index, std::max(begin, states_[index].next), end);
    states_[index].next = end;
  }

  void findEverywhere(size_t index) {
    const Pattern& pattern = compiled_.patterns[index];
    if (pattern.traits.matchesLf) return findIn(static_cast<uint32_t>(index), 0, text_.size());
    const std::string_view text = textFor(pattern);
    for (size_t begin = 0; begin <= text.size() && begin <= lastBegin_ && goOn();) {
      const size_t far = std::min(begin + kWindowBytes, text.size());
      const size_t end = std::min(text.find('\n', far), text.size());
      findIn(static_cast<uint32_t>(index), begin, end);
      begin = end + 1;
    }
  }

  /// All matches that begin in [from, end]. None goes beyond `end`.
  void findIn(uint32_t index, size_t from, size_t end) {
    const Pattern& pattern = compiled_.patterns[index];
    while (from <= end && goOnAfterWork()) {
      if (!match(pattern, from, end, re2::RE2::UNANCHORED)) return;
      const TextSpan span = spanOf(pattern, groups_[0]);
      if (span.begin > lastBegin_) return;
      // An assertion alone may hold for RE2 between the bytes of a character.
      const bool inside = span.begin < end && isContinuation(text_[span.begin]);
      if (!inside) addFound(index);
      from = inside || span.begin == span.end ? afterCharacter(text_, span.end) : span.end;
    }
  }

  /// Adds what `groups_` holds.
  void addFound(uint32_t index) {
    const Pattern& pattern = compiled_.patterns[index];
    const TextSpan span = spanOf(pattern, groups_[0]);
    for (size_t i = 1; i <= pattern.captures; ++i) {
      result_.captures.push_back(spanOf(pattern, groups_[i]));
    }
    add(index, span.begin, span.end);
  }

  void add(uint32_t index, size_t begin, size_t end) {
    State& state = states_[index];
    const size_t captures = result_.captures.size() - compiled_.patterns[index].captures;
    result_.matches.push_back({index, {begin, end}, captures});
    state.next = end;
    // Twice what is kept, so that the cost of sorting it out is spread over as many matches.
    const size_t most = compiled_.options.maxMatches;
    if (result_.matches.size() < 2 * most + 1024) return;
    keepFirst(most);
    lastBegin_ = most == 0 ? 0 : result_.matches.back().span.begin;
  }

  /// Sorts, and forgets all but the first `most` matches with their groups.
  void keepFirst(size_t most) {
    std::vector<SearchMatch>& matches = result_.matches;
    std::sort(matches.begin(), matches.end(), [](const SearchMatch& a, const SearchMatch& b) {
      return std::tie(a.span.begin, a.pattern) < std::tie(b.span.begin, b.pattern);
    });
    if (matches.size() <= most) return;
    result_.truncated = true;
    matches.resize(most);
    std::vector<TextSpan> kept;
    for (SearchMatch& match : matches) {
      const auto first = result_.captures.begin() + static_cast<ptrdiff_t>(match.captures);
      const size_t count = compiled_.patterns[match.pattern].captures;
      match.captures = kept.size();
      kept.insert(kept.end(), first, first + static_cast<ptrdiff_t>(count));
    }
    result_.captures = std::move(kept);
  }

  const Compiled& compiled_;
  const std::string_view text_;
  const SearchCheck& check_;
  std::string lfText_;
  std::vector<State> states_;
  std::vector<re2::StringPiece> groups_;
  SearchMatches result_;
  std::optional<Error> error_;
  size_t lastBegin_ = SIZE_MAX;  // matches that begin behind this are not among the first
  uint32_t work_ = 0;
  uint32_t sample_ = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(this) >> 4);
};

TextSearch::TextSearch() : compiled_(std::make_unique<Compiled>()) {}
TextSearch::~TextSearch() = default;

Result<std::unique_ptr<TextSearch>> TextSearch::compile(const std::vector<SearchPattern>& patterns,
                                                        const SearchOptions& options) {
  std::unique_ptr<TextSearch> search(new TextSearch());
  Compiled& compiled = *search->compiled_;
  compiled.options = options;
  std::vector<LiteralScan::Literal> literals;
  for (size_t i = 0; i < patterns.size(); ++i) {
    Result<Pattern> pattern = compileOne(patterns[i], static_cast<uint32_t>(i), options);
    if (!pattern) return refused(i, pattern.error());
    const Pattern& added = compiled.patterns.emplace_back(std::move(pattern).value());
    compiled.foldsBeyondAscii |= added.foldsBeyondAscii;
    compiled.mostCaptures = std::max(compiled.mostCaptures, added.captures);
    literals.insert(literals.end(), added.literals.begin(), added.literals.end());
  }
  compiled.scan = LiteralScan(std::move(literals));
  return search;
}

Result<SearchMatches> TextSearch::find(std::string_view text, const SearchCheck& check) const {
  return Run(*compiled_, text, check).find();
}

size_t TextSearch::patterns() const {
  return compiled_->patterns.size();
}

size_t TextSearch::captureCount(size_t pattern) const {
  return compiled_->patterns[pattern].captures;
}

const std::vector<std::string>& TextSearch::captureNames(size_t pattern) const {
  return compiled_->patterns[pattern].captureNames;
}

}  // namespace millrace
