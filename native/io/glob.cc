// Invariant: a state is closed: what may be passed over has been passed over.
#include "io/glob.h"

#include <algorithm>
#include <bit>

#include "io/utf8.h"

namespace millrace {
namespace {

constexpr size_t kMaxAlternatives = 4096;
constexpr size_t kMaxPatternBytes = 64 * 1024;

/// The highest set bit of both masks together, or kNoRule.
int64_t highestCommon(const GlobState& state, const GlobState& mask) {
  for (size_t word = state.size(); word-- > 0;) {
    const uint64_t common = state[word] & mask[word];
    if (common) return static_cast<int64_t>(word * 64 + 63) - std::countl_zero(common);
  }
  return GlobAutomaton::kNoRule;
}

}  // namespace

template <bool kSingleWord>
void GlobAutomaton::close(GlobState& state) const {
  uint64_t spanCarry = 0;
  uint64_t starCarry = 0;
  for (size_t word = 0; word < (kSingleWord ? 1 : words_); ++word) {
    uint64_t bits = state[word] | spanCarry | starCarry;
    const uint64_t spans = bits & spans_[word];
    bits |= spans << 2;
    const uint64_t stars = bits & stars_[word];
    bits |= stars << 1;
    spanCarry = spans >> 62;
    starCarry = stars >> 63;
    state[word] = bits;
  }
}

void GlobAutomaton::closeStart() {
  close<false>(start_);
}

/// One character; false when no position is left.
template <bool kSingleWord>
bool GlobAutomaton::step(GlobState& state, const uint64_t* moves, const uint64_t* stays,
                         bool slash) const {
  uint64_t carry = 0;
  uint64_t any = 0;
  for (size_t word = 0; word < (kSingleWord ? 1 : words_); ++word) {
    const uint64_t bits = state[word];
    const uint64_t moved = bits & moves[word];
    uint64_t next = moved << 1 | carry;
    carry = moved >> 63;
    if (slash) {
      const uint64_t back = bits & insides_[word];
      next |= back >> 1;
      if (!kSingleWord && word > 0) state[word - 1] |= back << 63;
      any |= back;
    } else {
      next |= bits & stays[word];
    }
    state[word] = next;
    any |= next;
  }
  return any != 0;
}

const uint64_t* GlobAutomaton::wideRow(uint32_t character, GlobState& scratch) const {
  scratch = anyRow_;
  const auto set = [&](size_t position) { scratch[position / 64] |= uint64_t{1} << position % 64; };
  auto literal = std::lower_bound(wideLiterals_.begin(), wideLiterals_.end(), character,
                                  [](const Literal& a, uint32_t b) { return a.character < b; });
  for (; literal != wideLiterals_.end() && literal->character == character; ++literal) {
    set(literal->position);
  }
  for (const CharacterClass& each : classes_) {
    if (each.contains(character, dialect_.ignoreCase)) set(each.position);
  }
  return scratch.data();
}

template <bool kSingleWord>
void GlobAutomaton::feedAs(GlobState& state, std::string_view text, bool segmentStart) const {
  GlobState scratch;
  while (!text.empty()) {
    const auto byte = static_cast<uint8_t>(text.front());
    const bool slash = byte == '/';
    const bool leadingDot = segmentStart && byte == '.';
    const uint64_t* moves = nullptr;
    if (byte < 128) {
      moves = leadingDot ? dotRow_.data() : row(byte);
      text.remove_prefix(1);
    } else if (dialect_.bytewise) {
      moves = wideRow(byte, scratch);
      text.remove_prefix(1);
    } else {
      moves = wideRow(takeCharacter(text), scratch);
    }
    const uint64_t* stays = leadingDot ? dotStays_.data() : stays_.data();
    if (!step<kSingleWord>(state, moves, stays, slash)) return;
    close<kSingleWord>(state);
    segmentStart = slash;
  }
}

void GlobAutomaton::feed(GlobState& state, std::string_view text, bool segmentStart) const {
  if (words_ == 1) {
    feedAs<true>(state, text, segmentStart);
  } else if (words_ > 1) {
    feedAs<false>(state, text, segmentStart);
  }
}

int64_t GlobAutomaton::lastMatch(const GlobState& state, bool isDirectory) const {
  int64_t position = highestCommon(state, accepts_);
  if (isDirectory) position = std::max(position, highestCommon(state, directoryAccepts_));
  return position == kNoRule ? kNoRule : indexOf_[static_cast<size_t>(position)];
}

int64_t GlobAutomaton::overruledBelow(const GlobState& state) const {
  const int64_t position = highestCommon(state, overruling_);
  return position == kNoRule ? kNoRule : indexOf_[static_cast<size_t>(position)];
}

bool GlobAutomaton::hopeBelow(const GlobState& state, int64_t above) const {
  // Positions ascend by index, so the highest one alone decides.
  const int64_t position = highestCommon(state, hopes_);
  return position != kNoRule && indexOf_[static_cast<size_t>(position)] > above;
}

namespace {

/// Appends the rules that one pattern stands for.
Result<void> addRules(std::string_view pattern, uint32_t index, const GlobOptions& options,
                      std::vector<GlobRule>& rules) {
  const bool negated = pattern.starts_with('!');
  if (pattern.size() > kMaxPatternBytes) {
    return Error::of(ErrorCode::kInvalidArgument, "a pattern is longer than 65536 bytes");
  }
  const auto refuse = [&](std::string_view why) {
    return Error::of(ErrorCode::kInvalidArgument,
                     "pattern '" + lossyUtf8(pattern) + "': " + std::string(why));
  };
  Result<std::vector<std::string>> expanded =
      expandBraces(pattern.substr(negated ? 1 : 0), kMaxAlternatives);
  if (!expanded) return refuse(expanded.error().message);
  for (std::string& each : expanded.value()) {
    GlobRule rule;
    rule.negated = negated;
    rule.dot = options.dot || negated;
    rule.index = index;
    while (each.starts_with("./")) each.erase(0, 2);
    while (each.size() > 1 && each.ends_with('/')) {
      rule.directoryOnly = true;
      each.pop_back();
    }
    // A brace may leave nothing, as in {a,}; a pattern that is nothing else is a mistake.
    if (each.empty() && expanded.value().size() == 1) return refuse("there is nothing to match");
    if (each.empty()) continue;
    rule.pattern = std::move(each);
    rules.push_back(std::move(rule));
  }
  return {};
}

}  // namespace

Result<GlobSet> GlobSet::compile(std::span<const std::string> patterns,
                                 const GlobOptions& options) {
  std::vector<GlobRule> rules;
  const bool negatedOnly = std::all_of(patterns.begin(), patterns.end(),
                                       [](const std::string& each) { return each[0] == '!'; });
  if (negatedOnly) {
    GlobRule everything;
    everything.pattern = "**";
    everything.dot = true;  // no wildcard of the caller's is involved
    rules.push_back(std::move(everything));
  }
  for (size_t i = 0; i < patterns.size(); ++i) {
    Result<void> added = addRules(patterns[i], static_cast<uint32_t>(i + 1), options, rules);
    if (!added) return std::move(added).error();
  }
  Result<GlobAutomaton> automaton =
      GlobAutomaton::compile(rules, {options.ignoreCase, /*bytewise=*/false, /*strict=*/false});
  if (!automaton) return std::move(automaton).error();
  return GlobSet(std::move(automaton).value());
}

bool GlobSet::selects(const GlobState& state, bool isDirectory) const {
  const int64_t last = automaton_.lastMatch(state, isDirectory);
  return last != GlobAutomaton::kNoRule && !automaton_.negated(last);
}

bool GlobSet::selectsBelow(const GlobState& state) const {
  return automaton_.hopeBelow(state, automaton_.overruledBelow(state));
}

bool GlobSet::matches(std::string_view path, bool isDirectory) const {
  GlobState state = automaton_.start();
  automaton_.feed(state, path, true);
  return selects(state, isDirectory);
}

bool GlobSet::canMatchBelow(std::string_view directory) const {
  GlobState state = automaton_.start();
  if (!directory.empty()) {
    automaton_.feed(state, directory, true);
    automaton_.feed(state, "/", false);
  }
  return selectsBelow(state);
}

}  // namespace millrace
