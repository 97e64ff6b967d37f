// `<` where an operand is expected is taken for an element. TypeScript has two more uses of it
// there, type assertions and type parameters, which do not read as elements for long: an element's
// text has no `>` or `}`, its tags match. What does not fit is read again from that `<` on, as an
// operator. What is read again adds up to at most the source's size; behind that, no element is
// begun any more, so that hostile text is scanned a bounded number of times.
#include <algorithm>

#include "text/import_bytes.h"
#include "text/import_scan.h"

namespace millrace::imports {

size_t Scan::angle(size_t place) {
  if (!beginsElement(place)) return place + 1;
  attempts_.push_back({place, brackets_.depth(), list_.imports.size(), list_.specifiers.size(),
                       list_.attributes.size(), source_.comments(), awaiting_, brackets_.closed(),
                       brackets_.operandEnd()});
  return inElement(openTag(place));
}

bool Scan::beginsElement(size_t place) {
  const char next = source_.at(place + 1);
  const bool comment = next == '/' && source_.at(place + 2) == '*';
  if ((!isWordByte(next) && next != '>' && !comment) || isDigit(next)) return false;
  if (place == notElement_) return false;
  if (brackets_.endsOperand(source_.tokenEnd(place))) return false;
  // <T,> and <T extends U> are type parameters.
  const size_t nameEnd = place + 1 + source_.wordAt(place + 1).size();
  const size_t behind = source_.skipSpace(nameEnd);
  if (source_.at(behind) == ',') return false;
  if (!source_.isWordAt(behind, "extends")) return true;
  return source_.at(source_.skipSpace(behind + 7)) == '=';
}

/// Gives up the innermost element begun, if there is one and the failure is one of syntax.
bool Scan::resume(size_t& place) {
  if (stopped_ || attempts_.empty() || failure_->code != ErrorCode::kSyntax) return false;
  rescannedBytes_ += std::max(failure_->reached, attempts_.back().place) - attempts_.back().place;
  if (rescannedBytes_ > source_.size()) {
    marks_.markAngles(false);
    attempts_.resize(1);
  }
  const Attempt attempt = attempts_.back();
  attempts_.pop_back();
  brackets_.truncate(attempt.depth);
  brackets_.restoreClosed(attempt.closed);
  brackets_.operandEnded(attempt.operandEnd);
  list_.imports.resize(attempt.imports);
  dropped_.resize(attempt.imports);
  list_.specifiers.resize(attempt.specifierBytes);
  list_.attributes.resize(attempt.attributes);
  source_.truncateComments(attempt.comments);
  awaiting_ = attempt.awaiting;
  marks_.markCommas(awaiting_ > 0);
  notElement_ = attempt.place;
  place = attempt.place;
  return true;
}

/// The name of a tag: a.b, a:b, a-b, or nothing in a fragment.
size_t Scan::elementName(size_t place) const {
  const auto isNameByte = [](char byte) {
    return isWordByte(byte) || byte == '.' || byte == ':' || byte == '-';
  };
  while (isNameByte(source_.at(place))) ++place;
  return place;
}

size_t Scan::openTag(size_t place) {
  const size_t nameEnd = elementName(place + 1);
  return push(BracketKind::kJsxTag, place, nameEnd, nameEnd);
}

/// Goes on in whatever part of an element is innermost.
size_t Scan::inElement(size_t place) {
  while (place != kFailed) {
    if (brackets_.topIs(BracketKind::kJsxChildren)) {
      place = inChildren(place);
    } else if (brackets_.topIs(BracketKind::kJsxTag)) {
      place = inTag(place);
    } else {
      break;
    }
  }
  return place;
}

size_t Scan::inTag(size_t place) {
  for (;;) {
    place = source_.skipSpace(place);
    const char byte = source_.at(place);
    if (byte == '>') {
      brackets_.top().kind = BracketKind::kJsxChildren;
      return place + 1;
    }
    if (byte == '{') return push(BracketKind::kJsxBrace, place, 0, place + 1);
    if (byte == '/') {
      const size_t close = source_.skipSpace(place + 1);
      return source_.at(close) == '>' ? elementEnds(close + 1) : fail(place, "expected >");
    }
    if (byte == '<') {
      if (source_.before(source_.tokenEnd(place)) == '=') return openTag(place);
      place = place == brackets_.top().extra ? typeArguments(place) : fail(place, "unexpected <");
    } else if (byte == '"' || byte == '\'') {
      const size_t end = source_.text().find(byte, place + 1);
      if (end == std::string_view::npos) {
        return fail(place, "the attribute is not closed", source_.size());
      }
      place = end + 1;
    } else if (byte == '=') {
      ++place;
    } else {
      const size_t end = elementName(place);
      if (end == place) return fail(place, "expected an attribute");
      place = end;
    }
    if (place == kFailed) return kFailed;
  }
}

size_t Scan::inChildren(size_t place) {
  place = findAny<'{', '}', '<', '>'>(source_.text().data(), place, source_.size());
  switch (source_.at(place)) {
    case '{':
      return push(BracketKind::kJsxBrace, place, 0, place + 1);
    case '<':
      return source_.at(source_.skipSpace(place + 1)) == '/' ? closingTag(place) : openTag(place);
    case '\0':
      return fail(brackets_.top().open, "the element is not closed", source_.size());
    default:
      return fail(place, "unexpected in an element's text");
  }
}

size_t Scan::closingTag(size_t place) {
  const size_t slash = source_.skipSpace(place + 1);
  const size_t name = source_.skipSpace(slash + 1);
  const size_t nameEnd = elementName(name);
  const Bracket& open = brackets_.top();
  const std::string_view text = source_.text();
  if (text.substr(name, nameEnd - name) != text.substr(open.open + 1, open.extra - open.open - 1)) {
    return fail(place, "the tag does not match");
  }
  const size_t close = source_.skipSpace(nameEnd);
  return source_.at(close) == '>' ? elementEnds(close + 1) : fail(close, "expected >");
}

/// Closes the innermost element; the outermost of them is an operand.
size_t Scan::elementEnds(size_t place) {
  brackets_.pop(place);
  if (brackets_.topIs(BracketKind::kJsxTag) || brackets_.topIs(BracketKind::kJsxChildren)) {
    return place;
  }
  attempts_.pop_back();
  brackets_.operandEnded(place);
  return place;
}

/// Behind the `>` of <A<B, C>>, an element with type arguments.
size_t Scan::typeArguments(size_t place) {
  size_t depth = 0;
  for (size_t end = place;; ++end) {
    end = findAny<'<', '>'>(source_.text().data(), end, source_.size());
    if (end >= source_.size()) return fail(place, "not closed", source_.size());
    if (source_.at(end) == '<') ++depth;
    if (source_.at(end) == '>' && source_.before(end) != '=' && --depth == 0) return end + 1;
  }
}

}  // namespace millrace::imports
