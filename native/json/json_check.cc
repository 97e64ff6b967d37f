// Invariants: the cursor has checked strings (their end, control characters, escapes, UTF-8), so
// that a string is one token here. What is left is the order of tokens, a table of states, and the
// scalars.
#include "json/json_check.h"

#include <array>
#include <utility>

#include "text/utf8.h"

namespace millrace {
namespace {

enum Token : uint8_t {
  kOther,
  kString,
  kScalar,
  kOpenObject,
  kOpenArray,
  kCloseObject,
  kCloseArray,
  kColon,
  kComma,
  kTokens
};

constexpr std::array<Token, 256> kTokenOf = [] {
  std::array<Token, 256> tokens{};
  tokens['"'] = kString;
  tokens['{'] = kOpenObject;
  tokens['}'] = kCloseObject;
  tokens['['] = kOpenArray;
  tokens[']'] = kCloseArray;
  tokens[':'] = kColon;
  tokens[','] = kComma;
  for (const char c : std::string_view("-0123456789tfn")) {
    tokens[static_cast<unsigned char>(c)] = kScalar;
  }
  return tokens;
}();

/// What may come next. Behind the state is what to do with the token; kBad refuses it.
enum State : uint8_t {
  kFirstMember,   // a name or }
  kName,          // a name
  kNameEnd,       // :
  kMemberValue,   // a value
  kMemberEnd,     // , or }
  kFirstElement,  // a value or ]
  kElement,       // a value
  kElementEnd,    // , or ]
  kStates,
  kOpen = 0x10,   // a value that is a bracket begins
  kClose = 0x20,  // the container ends
  kValue = 0x40,  // a number, true, false or null, which is still to be checked
  kBad = 0x80
};

constexpr auto kNext = [] {
  std::array<std::array<uint8_t, kTokens>, kStates> next{};
  for (auto& row : next) row.fill(kBad);
  next[kFirstMember][kString] = next[kName][kString] = kNameEnd;
  next[kNameEnd][kColon] = kMemberValue;
  next[kMemberEnd][kComma] = kName;
  next[kElementEnd][kComma] = kElement;
  next[kFirstMember][kCloseObject] = next[kMemberEnd][kCloseObject] = kClose;
  next[kFirstElement][kCloseArray] = next[kElementEnd][kCloseArray] = kClose;
  for (const State state : {kMemberValue, kFirstElement, kElement}) {
    const uint8_t end = state == kMemberValue ? kMemberEnd : kElementEnd;
    next[state][kString] = end;
    next[state][kScalar] = kValue | end;
    next[state][kOpenObject] = kOpen | kFirstMember;
    next[state][kOpenArray] = kOpen | kFirstElement;
  }
  return next;
}();

bool isDigit(uint8_t byte) {
  return byte >= '0' && byte <= '9';
}

/// What may follow a scalar, a quote excepted: that would be a string without a comma before it.
bool endsScalar(uint8_t byte) {
  switch (byte) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case ',':
    case ':':
    case ']':
    case '}':
    case '[':
    case '{':
      return true;
    default:
      return false;
  }
}

/// Bytes of a text with a zero behind them.
struct Bytes0 {
  explicit Bytes0(std::string_view text) : text(text) {}
  uint8_t operator[](size_t k) const {
    return k < text.size() ? static_cast<uint8_t>(text[k]) : uint8_t{0};
  }
  const std::string_view text;
};

size_t digitsFrom(const Bytes0& bytes, size_t k) {
  while (isDigit(bytes[k])) ++k;
  return k;
}

/// Where a number that begins at 0 cannot go on; `complete` tells whether it may end there.
size_t numberSize(const Bytes0& bytes, bool& complete) {
  complete = false;
  size_t k = bytes[0] == '-' ? 1 : 0;
  if (!isDigit(bytes[k])) return k;
  k = bytes[k] == '0' ? k + 1 : digitsFrom(bytes, k);
  if (bytes[k] == '.') {
    if (!isDigit(bytes[++k])) return k;
    k = digitsFrom(bytes, k);
  }
  if ((bytes[k] | 0x20) == 'e') {
    ++k;
    if (bytes[k] == '+' || bytes[k] == '-') ++k;
    if (!isDigit(bytes[k])) return k;
    k = digitsFrom(bytes, k);
  }
  complete = true;
  return k;
}

std::string_view literalOf(uint8_t byte) {
  return byte == 't' ? "true" : byte == 'f' ? "false" : "null";
}

}  // namespace

size_t scalarSize(std::string_view rest) {
  if (rest.empty() || kTokenOf[static_cast<uint8_t>(rest[0])] != kScalar) return 0;
  size_t size = 0;
  if (rest[0] >= 'f') {
    const std::string_view literal = literalOf(static_cast<uint8_t>(rest[0]));
    if (!rest.starts_with(literal)) return 0;
    size = literal.size();
  } else {
    bool complete = false;
    size = numberSize(Bytes0(rest), complete);
    if (!complete) return 0;
  }
  return size == rest.size() || endsScalar(static_cast<uint8_t>(rest[size])) ? size : 0;
}

bool passValue(StructuralCursor& cursor, std::string_view text, size_t maxDepth,
               std::vector<uint8_t>& open) {
  // A value of its own is checked like an element. Per open container: the state behind it.
  uint8_t state = kElement;
  open.clear();
  do {
    const uint8_t next = kNext[state][kTokenOf[cursor.byte()]];
    if (next < kStates) {
      state = next;
    } else if (next & kOpen) {
      if (open.size() == maxDepth) return false;
      open.push_back(state == kMemberValue ? kMemberEnd : kElementEnd);
      state = next & ~kOpen;
    } else if (next == kClose) {
      state = open.back();
      open.pop_back();
    } else if (next & kValue) {
      if (scalarSize(text.substr(cursor.at())) == 0) return false;
      state = next & ~kValue;
    } else {
      return false;
    }
    cursor.advance();
  } while (!open.empty());
  return !cursor.faulty() && !cursor.stopped();
}

Error JsonProblem::asError(std::string_view text) const {
  return Error::at(code, reason, positionAt(text, offset));
}

Result<std::optional<JsonProblem>> checkJson(std::string_view text, size_t maxDepth,
                                             const Checkpoint& checkpoint) {
  StructuralCursor cursor(text, StructuralCursor::Escapes::kCheck, checkpoint);
  cursor.advance();
  std::vector<uint8_t> open;
  const bool valid = passValue(cursor, text, maxDepth, open) && cursor.atEnd() && !cursor.faulty();
  if (cursor.stopped()) return *cursor.stopped();
  if (valid) return std::optional<JsonProblem>();
  Result<std::optional<JsonProblem>> problem = findProblem(text, maxDepth, checkpoint);
  if (problem && !problem.value()) {
    return Error::of(ErrorCode::kInternal, "JSON was refused without a reason");
  }
  return problem;
}

}  // namespace millrace
