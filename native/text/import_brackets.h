// The open brackets of a source, and what they decide: whether a token ends an operand, so that a
// slash behind it divides and `<` compares, or whether an operand is expected, so that they begin a
// regular expression and an element. One thread; borrows the source. Private to the import scanner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/import_source.h"

namespace millrace::imports {

enum class BracketKind : uint8_t {
  kParenthesis,
  kCall,  // the arguments of import() or require()
  kSquare,
  kBrace,
  kTemplate,     // ${ in a template
  kJsxTag,       // an element's tag, from < to >
  kJsxChildren,  // between an element's tags
  kJsxBrace,     // { in an element
};

struct Bracket {
  uint32_t open = 0;
  /// The bracket closed last before this one opened: its begin and the place behind its end.
  uint32_t closedOpen = 0;
  uint32_t closedEnd = 0;
  /// kCall: index of the import. kTemplate: where the template begins. JSX: behind the name.
  uint32_t extra = 0;
  BracketKind kind = BracketKind::kParenthesis;
  enum class Role : uint8_t { kUnknown, kBlock, kOperand } role = Role::kUnknown;
  bool awaitsComma = false;  // kCall: the first argument has not ended yet

  // What looking back from an open bracket has found, which every token inside may ask for again.
  enum class Answer : uint8_t { kUnknown, kNo, kYes };
  Answer members = Answer::kUnknown;
  Answer statements = Answer::kUnknown;
  Answer operand = Answer::kUnknown;  // kParenthesis
  uint32_t tokenEnd = 0xffffffff;     // of the token before
};

class Brackets {
 public:
  explicit Brackets(const SourceText& source) : source_(source) { open_.reserve(64); }

  bool empty() const { return open_.empty(); }
  size_t depth() const { return open_.size(); }
  Bracket& top() { return open_.back(); }
  bool topIs(BracketKind kind) const { return !open_.empty() && open_.back().kind == kind; }

  void push(BracketKind kind, size_t open, size_t extra = 0) {
    open_.push_back({static_cast<uint32_t>(open), closed_.bracket.open,
                     static_cast<uint32_t>(closed_.end), static_cast<uint32_t>(extra), kind});
  }
  /// REQUIRES: !empty().
  void pop(size_t end) {
    closed_.bracket = open_.back();
    open_.pop_back();
    closed_.depth = open_.size();
    closed_.end = end;
  }
  void truncate(size_t depth) { open_.resize(depth); }

  /// What ended last, for a look back from the next token.
  struct Closed {
    Bracket bracket;
    size_t depth = 0;  // of what encloses it
    size_t end = 0;
  };
  const Closed& closed() const { return closed_; }
  void restoreClosed(const Closed& closed) { closed_ = closed; }

  /// Says that an operand ends there which its last byte does not give away: a regular expression,
  /// an element, an identifier's escape.
  void operandEnded(size_t end) { operandEnd_ = end; }
  size_t operandEnd() const { return operandEnd_; }

  /// Whether the token that ends at `end` ends an operand. REQUIRES: end is source.tokenEnd() of
  /// the place that the scan has reached.
  bool endsOperand(size_t end);

  /// Whether the brace encloses members of a class or an object, not statements.
  bool holdsMembers(size_t index);
  /// The same for the innermost open bracket.
  bool topHoldsMembers() { return !open_.empty() && holdsMembers(open_.size() - 1); }

  /// Where the token before a bracket ends.
  size_t endBefore(Bracket& bracket) const {
    if (bracket.tokenEnd == 0xffffffff) {
      bracket.tokenEnd = static_cast<uint32_t>(source_.tokenEnd(bracket.open));
    }
    return bracket.tokenEnd;
  }

 private:
  bool endsPlainOperand(size_t end);
  bool wordEndsOperand(size_t end);
  bool closedIsOperand();
  bool parenthesisIsOperand(Bracket& bracket) const;
  bool isHead(Bracket& bracket) const;
  bool findMembers(size_t index);
  Bracket::Role braceRole(Bracket& bracket, size_t depth);
  Bracket::Role roleBehindWord(size_t end) const;
  Bracket::Role roleByColon(Bracket& bracket, size_t depth);
  bool behindColon(Bracket& bracket) const;
  bool behindLabel(Bracket& bracket) const;
  size_t classKeyword(size_t end) const;
  size_t functionKeyword(size_t parenthesis) const;
  bool beginsExpression(size_t wordStart) const;

  const SourceText& source_;
  std::vector<Bracket> open_;
  Closed closed_;
  size_t operandEnd_ = 0;
};

}  // namespace millrace::imports
