// Decisions look back from a token over a bounded number of tokens, and only when one is asked for:
// nearly no bracket is followed by a slash. A brace's role depends on its enclosing brace at a
// colon; roles of open brackets are kept, so that a chain of them is walked once.
#include "text/import_brackets.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "text/import_bytes.h"

namespace millrace::imports {
namespace {

using Role = Bracket::Role;
using Answer = Bracket::Answer;

template <size_t kCount>
bool contains(const std::array<std::string_view, kCount>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Words that an operand follows: a brace behind them is an object.
constexpr std::array<std::string_view, 14> kOperators = {
    "return", "typeof", "instanceof", "in",    "new", "delete",  "void",
    "throw",  "case",   "await",      "yield", "of",  "extends", "default"};

/// Words that are never an operand, but begin or end a statement.
constexpr std::array<std::string_view, 5> kStatementWords = {"else", "do", "break", "continue",
                                                             "debugger"};

constexpr std::array<std::string_view, 4> kHeads = {"if", "while", "for", "with"};

constexpr std::string_view kOperandExpected = "=([,?:&|^+-*/%<>~!";

}  // namespace

bool Brackets::endsOperand(size_t end) {
  const char last = source_.before(end);
  if (last != '+' && last != '-' && last != '!') return endsPlainOperand(end);
  size_t start = end;
  while (source_.before(start) == last) --start;
  // `++` and `--` behind an operand, and TypeScript's `!`, belong to the operand's line.
  if (last != '!' && end - start != 2) return false;
  const size_t operand = source_.tokenEnd(start);
  return endsPlainOperand(operand) && !source_.hasLineBreak(operand, start);
}

bool Brackets::endsPlainOperand(size_t end) {
  const char last = source_.before(end);
  if (end <= source_.begin()) return false;
  if (end == operandEnd_) return true;
  switch (last) {
    case ')':
    case '}':
      return closed_.end == end && closedIsOperand();
    case ']':
    case '"':
    case '\'':
    case '`':
      return true;
    case '.':
      return isDigit(source_.before(end - 1));
    default:
      return isWordByte(last) && wordEndsOperand(end);
  }
}

bool Brackets::wordEndsOperand(size_t end) {
  const std::string_view word = source_.keywordEnding(end);
  if (word.empty()) return true;
  const bool expects = contains(kOperators, word) || contains(kStatementWords, word);
  if (!expects || source_.isProperty(end - word.size())) return true;
  if (word != "of") return false;
  // A name, except between the parentheses of `for`.
  return !(topIs(BracketKind::kParenthesis) && !parenthesisIsOperand(open_.back()));
}

bool Brackets::closedIsOperand() {
  if (closed_.bracket.kind == BracketKind::kCall) return true;
  if (closed_.bracket.kind == BracketKind::kParenthesis)
    return parenthesisIsOperand(closed_.bracket);
  return braceRole(closed_.bracket, closed_.depth) == Role::kOperand;
}

bool Brackets::parenthesisIsOperand(Bracket& bracket) const {
  if (bracket.operand == Answer::kUnknown) {
    bracket.operand = isHead(bracket) ? Answer::kNo : Answer::kYes;
  }
  return bracket.operand == Answer::kYes;
}

/// Whether the parenthesis follows `if`, `while`, `for`, `for await` or `with`.
bool Brackets::isHead(Bracket& bracket) const {
  const size_t end = endBefore(bracket);
  const std::string_view word = source_.keywordEnding(end);
  if (word.empty() || source_.isProperty(end - word.size())) return false;
  if (word == "await") {
    return source_.keywordEnding(source_.tokenEnd(end - word.size())) == "for";
  }
  return contains(kHeads, word);
}

Role Brackets::braceRole(Bracket& bracket, size_t depth) {
  if (bracket.role != Role::kUnknown) return bracket.role;
  const size_t end = endBefore(bracket);
  const char last = source_.before(end);
  if (end <= source_.begin()) return Role::kBlock;
  if (last == ':') return roleByColon(bracket, depth);
  if (last == ')') {
    if (bracket.closedEnd != end) return Role::kBlock;
    const size_t function = functionKeyword(bracket.closedOpen);
    return function != std::string_view::npos && beginsExpression(function) ? Role::kOperand
                                                                            : Role::kBlock;
  }
  if (last == '>') return Role::kBlock;  // an arrow function's body, or a class's type arguments
  if (last == '{') {
    const bool inExpression = depth > 0 && open_[depth - 1].kind != BracketKind::kBrace;
    return inExpression ? Role::kOperand : Role::kBlock;
  }
  if (isWordByte(last)) return roleBehindWord(end);
  return kOperandExpected.find(last) != std::string_view::npos ? Role::kOperand : Role::kBlock;
}

Role Brackets::roleBehindWord(size_t end) const {
  const std::string_view word = source_.keywordEnding(end);
  if (contains(kOperators, word) && !source_.isProperty(end - word.size())) return Role::kOperand;
  const size_t found = classKeyword(end);
  const bool expression = found != std::string_view::npos && beginsExpression(found);
  return expression ? Role::kOperand : Role::kBlock;
}

/// Behind a colon: a property's value in an object; in a block what follows a label or a case, or
/// the end of a conditional expression. `depth` is that of what encloses the brace, whose roles are
/// found from the outermost in, without recursion.
Role Brackets::roleByColon(Bracket& bracket, size_t depth) {
  size_t known = depth;
  while (known > 0 && open_[known - 1].kind == BracketKind::kBrace &&
         open_[known - 1].role == Role::kUnknown && behindColon(open_[known - 1])) {
    --known;
  }
  const bool members = known > 0 && holdsMembers(known - 1);
  const bool statements = known == 0 || (open_[known - 1].kind == BracketKind::kBrace && !members);
  Role role = statements ? Role::kBlock : Role::kOperand;
  for (size_t i = known; i < depth; ++i) {
    if (role == Role::kBlock && !behindLabel(open_[i])) role = Role::kOperand;
    open_[i].role = role;
  }
  if (role == Role::kBlock && !behindLabel(bracket)) role = Role::kOperand;
  return role;
}

bool Brackets::behindColon(Bracket& bracket) const {
  return source_.before(endBefore(bracket)) == ':';
}

/// Whether the colon before the brace ends a label or a case. REQUIRES: there is one, in a block.
bool Brackets::behindLabel(Bracket& bracket) const {
  size_t end = source_.tokenEnd(endBefore(bracket) - 1);
  const char last = source_.before(end);
  if (last == '"' || last == '\'') return true;  // case 'a':
  for (;;) {
    const std::string_view word = source_.wordEnding(end);
    if (word.empty()) return false;
    if (word == "default") return true;
    end = source_.tokenEnd(end - word.size());
    if (source_.before(end) != '.') break;  // case a.b:
    end = source_.tokenEnd(end - 1);
  }
  if (source_.keywordEnding(end) == "case") return true;
  constexpr std::string_view kStatementEnds = ";{}):";
  return end <= source_.begin() ||
         kStatementEnds.find(source_.before(end)) != std::string_view::npos;
}

bool Brackets::holdsMembers(size_t index) {
  Bracket& bracket = open_[index];
  if (bracket.members == Answer::kUnknown) {
    bracket.members = findMembers(index) ? Answer::kYes : Answer::kNo;
  }
  return bracket.members == Answer::kYes;
}

bool Brackets::findMembers(size_t index) {
  Bracket& bracket = open_[index];
  if (bracket.kind != BracketKind::kBrace) return false;
  const size_t end = endBefore(bracket);
  const char last = source_.before(end);
  if (last == ')' || last == '>') return false;
  if (classKeyword(end) != std::string_view::npos) return true;
  return braceRole(bracket, index) == Role::kOperand;
}

/// Where `class` begins if what ends there is `class`, `class A`, `class extends B` or `class A
/// extends B`; npos otherwise.
size_t Brackets::classKeyword(size_t end) const {
  size_t place = end;
  for (int words = 0; words < 4; ++words) {
    std::string_view word = source_.wordEnding(place);
    size_t start = place - word.size();
    while (!word.empty() && source_.before(start) == '.') {  // extends a.b
      const std::string_view object = source_.wordEnding(start - 1);
      if (object.empty()) break;
      start -= object.size() + 1;
    }
    if (word.empty()) return std::string_view::npos;
    if (word == "class") return start;
    place = source_.tokenEnd(start);
  }
  return std::string_view::npos;
}

/// Where `function` begins if its parameters open at `parenthesis`; npos for other parentheses.
size_t Brackets::functionKeyword(size_t parenthesis) const {
  constexpr std::string_view kFunction = "function";
  size_t end = source_.tokenEnd(parenthesis);
  std::string_view word = source_.wordEnding(end);
  if (word != kFunction && !word.empty()) {
    end = source_.tokenEnd(end - word.size());
    word = source_.wordEnding(end);
  }
  if (word.empty() && source_.before(end) == '*') {
    end = source_.tokenEnd(end - 1);
    word = source_.wordEnding(end);
  }
  return word == kFunction ? end - word.size() : std::string_view::npos;
}

/// Whether `function` or `class` at that place begins an expression, not a declaration.
bool Brackets::beginsExpression(size_t wordStart) const {
  size_t end = source_.tokenEnd(wordStart);
  if (source_.keywordEnding(end) == "async" && !source_.hasLineBreak(end, wordStart)) {
    end = source_.tokenEnd(end - 5);
  }
  const char last = source_.before(end);
  if (last == '\0') return false;
  const std::string_view word = source_.keywordEnding(end);
  if (!word.empty()) {
    return word != "default" && contains(kOperators, word) &&
           !source_.isProperty(end - word.size());
  }
  return kOperandExpected.find(last) != std::string_view::npos;
}

}  // namespace millrace::imports
