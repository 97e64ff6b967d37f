// A call is recorded at its keyword, so that records ascend, and completed at its parenthesis.
// Where its first argument is no literal, commas are marked until that argument has ended.
#include "text/import_bytes.h"
#include "text/import_scan.h"

namespace millrace::imports {
namespace {

bool isQuote(char byte) {
  return byte == '"' || byte == '\'';
}

uint32_t narrow(size_t place) {
  return static_cast<uint32_t>(place);
}

}  // namespace

/// import.meta, import.source(x), import.defer(x).
size_t Scan::importMember(size_t place, size_t dot) {
  const size_t name = source_.skipSpace(dot + 1);
  const std::string_view word = source_.wordAt(name);
  const size_t end = name + word.size();
  ImportRecord record;
  record.statementStart = narrow(place);
  if (word == "meta") {
    if (!options_.importMeta) return end;
    record.kind = ImportKind::kMeta;
    record.start = record.statementStart;
    record.end = record.statementEnd = narrow(end);
    list_.imports.push_back(record);
    dropped_.push_back(false);
    return end;
  }
  if (word != "source" && word != "defer") return dot + 1;
  const size_t parenthesis = source_.skipSpace(end);
  if (source_.at(parenthesis) != '(') return end;
  record.kind = ImportKind::kDynamic;
  record.phase = word == "defer" ? ImportPhase::kDefer : ImportPhase::kSource;
  return call(record, parenthesis);
}

size_t Scan::requireWord(size_t place) {
  constexpr std::string_view kRequire = "require";
  if (!options_.commonjs || !isKeyword(place, kRequire)) return place + 1;
  const size_t end = place + kRequire.size();
  size_t next = source_.skipSpace(end);
  ImportRecord record;
  record.kind = ImportKind::kRequire;
  record.statementStart = narrow(place);
  if (source_.at(next) == '.') {
    const size_t name = source_.skipSpace(next + 1);
    if (!source_.isWordAt(name, "resolve")) return end;
    record.kind = ImportKind::kRequireResolve;
    next = source_.skipSpace(name + 7);
  }
  if (source_.at(next) != '(') return end;
  if (source_.keywordEnding(source_.tokenEnd(place)) == "function") return end;
  return call(record, next);
}

size_t Scan::call(ImportRecord record, size_t parenthesis) {
  const size_t index = list_.imports.size();
  record.argumentsStart = narrow(parenthesis);
  if (push(BracketKind::kCall, parenthesis, index, 0) == kFailed) return kFailed;
  const size_t argument = source_.skipSpace(parenthesis + 1);
  record.start = record.end = narrow(argument);
  size_t next = literalArgument(record, argument);
  if (next == kFailed) return kFailed;
  list_.imports.push_back(record);
  dropped_.push_back(false);
  if (record.hasSpecifier) return next;
  brackets_.top().awaitsComma = true;
  ++awaiting_;
  marks_.markCommas(true);
  return argument;
}

/// Completes the record and returns the comma or parenthesis behind a first argument that is one
/// literal; kNone for any other.
size_t Scan::literalArgument(ImportRecord& record, size_t place) {
  const char quote = source_.at(place);
  size_t end = kNone;
  if (isQuote(quote)) {
    end = stringLiteral(place);
    if (end == kFailed) return kFailed;
  } else if (quote == '`') {
    const char* text = source_.text().data();
    end = findAny<'`', '\\', '$'>(text, place + 1, source_.size());
    while (source_.at(end) == '\\' && end + 2 <= source_.size()) {
      end = findAny<'`', '\\', '$'>(text, end + 2, source_.size());
    }
    if (source_.at(end) != '`') return kNone;
    ++end;
  }
  if (end == kNone) return kNone;
  const size_t next = source_.skipSpace(end);
  if (source_.at(next) != ')' && source_.at(next) != ',') return kNone;
  if (!decode(record, source_.text().substr(place + 1, end - place - 2))) {
    return fail(place, "the string has a malformed escape");
  }
  record.end = narrow(end);
  if (source_.at(next) == ')') return next;
  record.attributesStart = narrow(source_.skipSpace(next + 1));
  return next + 1;
}

/// The first argument of a call ends before `place`, a comma or the parenthesis.
void Scan::endArgument(Bracket& call, size_t place) {
  if (!call.awaitsComma) return;
  call.awaitsComma = false;
  if (--awaiting_ == 0) marks_.markCommas(false);
  ImportRecord& record = list_.imports[call.extra];
  record.end = std::max(record.start, narrow(source_.tokenEnd(place)));
  if (source_.at(place) == ',') record.attributesStart = narrow(source_.skipSpace(place + 1));
}

size_t Scan::closeCall(size_t place) {
  endArgument(brackets_.top(), place);
  const size_t index = brackets_.top().extra;
  brackets_.pop(place + 1);
  ImportRecord& record = list_.imports[index];
  record.statementEnd = narrow(place + 1);
  if (source_.at(source_.skipSpace(place + 1)) == '{' && brackets_.topHoldsMembers()) {
    dropped_[index] = true;  // a method of that name
  } else if (options_.typescript && record.kind == ImportKind::kDynamic && isTypeQuery(record)) {
    record.kind = ImportKind::kType;
    record.typeOnly = true;
  }
  return place + 1;
}

/// TypeScript's import('x') as a type, as far as the tokens around tell: behind `typeof`, `as`,
/// `type X =` and the like, or with a member that no promise has.
bool Scan::isTypeQuery(const ImportRecord& record) const {
  const size_t end = source_.tokenEnd(record.statementStart);
  const std::string_view word = source_.keywordEnding(end);
  if (word == "await") return false;
  for (const std::string_view type : {"typeof", "keyof", "as", "satisfies", "extends"}) {
    if (word == type) return !source_.isProperty(end - word.size());
  }
  const char last = source_.before(end);
  if (last == '<') return true;
  if (last == '=') {
    const size_t nameEnd = source_.tokenEnd(end - 1);
    const size_t nameStart = nameEnd - source_.wordEnding(nameEnd).size();
    if (nameStart < nameEnd && source_.keywordEnding(source_.tokenEnd(nameStart)) == "type") {
      return true;
    }
  }
  const size_t dot = source_.skipSpace(record.statementEnd);
  if (source_.at(dot) != '.') return false;
  const std::string_view member = source_.wordAt(source_.skipSpace(dot + 1));
  return !member.empty() && member != "then" && member != "catch" && member != "finally";
}

}  // namespace millrace::imports
