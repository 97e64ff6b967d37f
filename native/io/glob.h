// Glob patterns compiled into one automaton that reads a path once, character by character, in
// time linear in its length, whatever the patterns. Immutable after compile(); thread safe.
// Syntax: `*` and `?` within a segment, `**` as a whole segment for any number of segments,
// classes [a-z] [!a-z] [[:alpha:]], braces {a,b{c,d}} {1..3} {a..e}, `\` escapes. A leading `!`
// negates; of several patterns that match a path the last one decides. A trailing `/` asks for a
// directory. Paths are relative, separated by `/`; a trailing `**` needs something below it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace millrace {

struct GlobOptions {
  bool dot;  ///< wildcards also match a dot at the start of a segment (negated ones always do)
  bool ignoreCase;  ///< a-z equal A-Z; other letters are compared as they are
};

/// One pattern without braces and without its `!`; what GlobSet and Gitignore compile to.
struct GlobRule {
  std::string pattern;
  bool negated = false;
  bool directoryOnly = false;
  bool dot = false;
  uint32_t index = 0;  ///< of the pattern it stems from; of the rules that match, the highest wins
};

/// How GlobAutomaton reads patterns and paths.
struct GlobDialect {
  bool ignoreCase = false;
  bool bytewise = false;  ///< `?` and classes match one byte instead of one UTF-8 character
  bool strict = false;    ///< a `[` without `]` or a `\` at the end matches nothing, and `//` is
                          ///< not the same as `/`, as in git
};

/// The set of positions within the rules that a path has reached so far.
using GlobState = std::vector<uint64_t>;

/// All rules side by side as one bit-parallel automaton. A walk carries the state of a directory
/// and continues from there for each of its entries.
class GlobAutomaton {
 public:
  static constexpr int64_t kNoRule = -1;

  GlobAutomaton() = default;  ///< without rules: nothing matches

  /// kInvalidArgument when the rules are too large together. REQUIRES: rules ascend by index.
  static Result<GlobAutomaton> compile(std::span<const GlobRule> rules, const GlobDialect& dialect);

  /// The state before the first character.
  const GlobState& start() const { return start_; }

  /// Continues with `text`; `segmentStart` says whether it begins a segment.
  void feed(GlobState& state, std::string_view text, bool segmentStart) const;

  /// The highest index of a rule that matches the path fed so far, or kNoRule.
  int64_t lastMatch(const GlobState& state, bool isDirectory) const;

  // What holds below a directory, once it has been fed with its final `/`:
  /// the highest index of a negated rule that matches all paths below it, or kNoRule;
  int64_t overruledBelow(const GlobState& state) const;
  /// whether a rule that is not negated and has a higher index than `above` may match some path.
  bool hopeBelow(const GlobState& state, int64_t above) const;

  bool negated(int64_t index) const { return negatedByIndex_[static_cast<size_t>(index)]; }

 private:
  friend class GlobCompiler;

  struct Range {
    uint32_t first;
    uint32_t last;
  };
  struct CharacterClass {
    size_t position;
    bool inverted;
    std::vector<Range> ranges;

    bool contains(uint32_t character, bool ignoreCase) const;
  };
  struct Literal {
    uint32_t character;
    size_t position;
  };

  const uint64_t* row(uint32_t character) const { return rows_.data() + character * words_; }
  /// The row of a character beyond ASCII, made in `scratch`.
  const uint64_t* wideRow(uint32_t character, GlobState& scratch) const;
  template <bool kSingleWord>
  void feedAs(GlobState& state, std::string_view text, bool segmentStart) const;
  template <bool kSingleWord>
  bool step(GlobState& state, const uint64_t* moves, const uint64_t* stays, bool slash) const;
  template <bool kSingleWord>
  void close(GlobState& state) const;
  void closeStart();

  // Each mask has one bit per position; positions follow each other as in the rules' texts, and
  // moving on means to the next one.
  GlobDialect dialect_;
  size_t words_ = 0;
  GlobState start_;
  GlobState rows_;              // per ASCII character: positions that it moves on from
  GlobState dotRow_;            // the same for a dot at the start of a segment
  GlobState anyRow_;            // positions that any character but `/` moves on from
  GlobState stays_;             // positions that any character but `/` may stay at
  GlobState dotStays_;          // the same for a dot at the start of a segment
  GlobState stars_;             // `*`: may be passed over
  GlobState spans_;             // `**` at the start of a segment: it and its `/` may be passed over
  GlobState insides_;           // `**` inside a segment: a `/` leads one position back
  GlobState accepts_;           // where a rule has matched
  GlobState directoryAccepts_;  // where a rule has matched if the path is a directory
  GlobState hopes_;             // positions of rules that are not negated
  GlobState overruling_;        // negated rules that match everything below
  std::vector<CharacterClass> classes_;
  std::vector<Literal> wideLiterals_;  // sorted by character
  std::vector<uint32_t> indexOf_;      // position -> index of its rule; ascending
  std::vector<bool> negatedByIndex_;
};

/// A list of patterns as users write them. A list of none, or of negated ones only, starts from
/// everything.
class GlobSet {
 public:
  /// kInvalidArgument, naming the pattern, when one is empty or expands to too many alternatives.
  static Result<GlobSet> compile(std::span<const std::string> patterns, const GlobOptions& options);

  /// Whether the list selects this path.
  bool matches(std::string_view path, bool isDirectory) const;

  /// Whether anything below this directory may be selected. "" stands for the root.
  bool canMatchBelow(std::string_view directory) const;

  /// For walks, which go step by step.
  const GlobAutomaton& automaton() const { return automaton_; }
  bool selects(const GlobState& state, bool isDirectory) const;
  bool selectsBelow(const GlobState& state) const;

 private:
  explicit GlobSet(GlobAutomaton automaton) : automaton_(std::move(automaton)) {}

  GlobAutomaton automaton_;
};

/// The alternatives a pattern's braces stand for; kInvalidArgument beyond `maxCount`.
Result<std::vector<std::string>> expandBraces(std::string_view pattern, size_t maxCount);

}  // namespace millrace
