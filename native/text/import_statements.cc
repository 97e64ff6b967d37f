// Static imports and exports are parsed as a whole, from keyword to specifier: they contain no
// expressions, so that no bracket is opened for them.
#include <utility>

#include "text/import_bytes.h"
#include "text/import_literal.h"
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

/// Whether the word begins there, is no longer, and is no property.
bool Scan::isKeyword(size_t place, std::string_view word) const {
  if (!source_.text().substr(place).starts_with(word)) return false;
  if (isWordByte(source_.at(place + word.size()))) return false;
  const char before = source_.before(place);
  if (isWordByte(before) && source_.tokenEnd(place) == place) return false;
  return !source_.isProperty(place);
}

/// Statements are looked for at the top level and in TypeScript's `declare module "x" {`,
/// `namespace x {` and `declare global {`.
bool Scan::allowsStatements() {
  if (brackets_.empty()) return true;
  Bracket& top = brackets_.top();
  if (!options_.typescript || top.kind != BracketKind::kBrace) return false;
  if (top.statements == Bracket::Answer::kUnknown) {
    top.statements = isModuleBlock(top) ? Bracket::Answer::kYes : Bracket::Answer::kNo;
  }
  return top.statements == Bracket::Answer::kYes;
}

bool Scan::isModuleBlock(Bracket& brace) const {
  const size_t end = brackets_.endBefore(brace);
  if (isQuote(source_.before(end))) return true;
  const std::string_view name = source_.wordEnding(end);
  if (name == "global") return true;
  const std::string_view word = source_.keywordEnding(source_.tokenEnd(end - name.size()));
  return !name.empty() && (word == "namespace" || word == "module");
}

size_t Scan::importWord(size_t place) {
  constexpr size_t kSize = 6;
  if (!isKeyword(place, "import")) return place + 1;
  const size_t next = source_.skipSpace(place + kSize);
  ImportRecord record;
  record.statementStart = narrow(place);
  const char byte = source_.at(next);
  if (byte == '(') {
    record.kind = ImportKind::kDynamic;
    return call(record, next);
  }
  if (byte == '.') return importMember(place, next);
  const bool clause = isQuote(byte) || byte == '{' || byte == '*' || isWordByte(byte);
  if (!clause || !allowsStatements()) return place + kSize;
  return importClause(record, next);
}

size_t Scan::importClause(ImportRecord& record, size_t place) {
  if (isQuote(source_.at(place))) {
    record.form = ImportForm::kSideEffect;
    return specifier(record, place);
  }
  place = importModifier(record, place);
  if (!isWordByte(source_.at(place))) return importBindings(record, place);
  size_t next = source_.skipSpace(place + source_.wordAt(place).size());
  record.form = ImportForm::kDefault;
  if (source_.at(next) == '=' && options_.typescript) return importEquals(record, next);
  if (source_.at(next) != ',') return fromSpecifier(record, next);
  return importBindings(record, source_.skipSpace(next + 1));
}

/// `{ ... }` or `* as name`, behind a default binding or not.
size_t Scan::importBindings(ImportRecord& record, size_t place) {
  const bool hasDefault = record.form == ImportForm::kDefault;
  if (source_.at(place) == '{') {
    record.form = hasDefault ? ImportForm::kDefaultNamed : ImportForm::kNamed;
    place = namedList(place);
    return place == kFailed ? kFailed : fromSpecifier(record, source_.skipSpace(place));
  }
  if (source_.at(place) != '*') return fail(place, "expected what is imported");
  record.form = hasDefault ? ImportForm::kDefaultNamespace : ImportForm::kNamespace;
  place = source_.skipSpace(place + 1);
  if (!source_.isWordAt(place, "as")) return fail(place, "expected as");
  place = source_.skipSpace(place + 2);
  return fromSpecifier(record, source_.skipSpace(place + source_.wordAt(place).size()));
}

/// Takes `type`, `source` or `defer` where it is not the name of what is imported.
size_t Scan::importModifier(ImportRecord& record, size_t place) const {
  const std::string_view word = source_.wordAt(place);
  const bool type = word == "type" && options_.typescript;
  const bool defer = word == "defer";
  if (!type && !defer && word != "source") return place;
  const size_t next = source_.skipSpace(place + word.size());
  const char byte = source_.at(next);
  bool modifier = (byte == '*' && (type || defer)) || (byte == '{' && type);
  if (isWordByte(byte) && !defer) {
    const std::string_view name = source_.wordAt(next);
    // import type from 'x' binds `type`; import type from from 'x' binds `from`.
    modifier = name != "from" || !isQuote(source_.at(source_.skipSpace(next + name.size())));
  }
  if (!modifier) return place;
  record.typeOnly = type;
  if (!type) record.phase = defer ? ImportPhase::kDefer : ImportPhase::kSource;
  return next;
}

/// TypeScript: `= require('x')`; `= a.b` imports nothing.
size_t Scan::importEquals(ImportRecord& record, size_t place) {
  const size_t word = source_.skipSpace(place + 1);
  if (!source_.isWordAt(word, "require")) return place + 1;
  const size_t open = source_.skipSpace(word + 7);
  const size_t quote = source_.skipSpace(open + 1);
  if (source_.at(open) != '(' || !isQuote(source_.at(quote))) return place + 1;
  const size_t end = stringLiteral(quote);
  if (end == kFailed) return kFailed;
  const size_t close = source_.skipSpace(end);
  if (source_.at(close) != ')') return fail(close, "expected )");
  record.kind = ImportKind::kImportEquals;
  record.form = ImportForm::kNone;
  record.argumentsStart = narrow(open);
  record.start = narrow(quote + 1);
  record.end = narrow(end - 1);
  record.statementEnd = narrow(close + 1);
  if (!decode(record, source_.text().substr(quote + 1, end - quote - 2))) {
    return fail(quote, "the string has a malformed escape");
  }
  list_.imports.push_back(record);
  dropped_.push_back(false);
  return close + 1;
}

/// Behind the `}` of a list of names.
size_t Scan::namedList(size_t place) {
  const size_t open = place;
  place = source_.skipSpace(place + 1);
  for (;;) {
    const char byte = source_.at(place);
    if (byte == '}') return place + 1;
    if (place >= source_.size()) return fail(open, "not closed", place);
    if (isWordByte(byte)) {
      place += source_.wordAt(place).size();
    } else if (isQuote(byte)) {
      place = stringLiteral(place);
      if (place == kFailed) return kFailed;
    } else if (byte == ',') {
      ++place;
    } else if (byte == '{' && source_.before(place) == 'u') {  // \u{61}
      place = findAny<'}', '\n'>(source_.text().data(), place, source_.size());
      if (source_.at(place) == '}') ++place;
    } else {
      return fail(place, "expected a name");
    }
    place = source_.skipSpace(place);
  }
}

size_t Scan::fromSpecifier(ImportRecord& record, size_t place) {
  if (!source_.isWordAt(place, "from")) return fail(place, "expected from");
  place = source_.skipSpace(place + 4);
  if (!isQuote(source_.at(place))) return fail(place, "expected a string");
  return specifier(record, place);
}

/// The string, then attributes: the end of the statement.
size_t Scan::specifier(ImportRecord& record, size_t place) {
  const size_t end = stringLiteral(place);
  if (end == kFailed) return kFailed;
  record.start = narrow(place + 1);
  record.end = narrow(end - 1);
  record.statementEnd = narrow(end);
  if (!decode(record, source_.text().substr(place + 1, end - place - 2))) {
    return fail(place, "the string has a malformed escape");
  }
  list_.imports.push_back(record);
  dropped_.push_back(false);
  const size_t attributesEnd = attributes(list_.imports.back(), end);
  if (attributesEnd == kFailed) return kFailed;
  list_.imports.back().statementEnd = narrow(attributesEnd);
  return attributesEnd;
}

/// `with { key: 'value' }`, or `assert` of before ES2025; `end` where there are none.
size_t Scan::attributes(ImportRecord& record, size_t end) {
  const size_t word = source_.skipSpace(end);
  const bool assertion = source_.isWordAt(word, "assert") && !source_.hasLineBreak(end, word);
  if (!assertion && !source_.isWordAt(word, "with")) return end;
  const size_t open = source_.skipSpace(word + (assertion ? 6 : 4));
  if (source_.at(open) != '{') return end;
  const size_t known = list_.attributes.size();
  size_t place = source_.skipSpace(open + 1);
  while (source_.at(place) != '}') {
    ImportAttribute attribute{narrow(list_.imports.size() - 1), {}, {}};
    place = attributeName(place, attribute.key);
    if (place != kFailed && source_.at(place) == ':') {
      place = source_.skipSpace(place + 1);
      place = isQuote(source_.at(place)) ? attributeName(place, attribute.value) : kFailed;
    } else {
      place = kFailed;
    }
    if (place == kFailed || (source_.at(place) != ',' && source_.at(place) != '}')) {
      list_.attributes.resize(known);
      return end;
    }
    list_.attributes.push_back(std::move(attribute));
    if (source_.at(place) == ',') place = source_.skipSpace(place + 1);
  }
  record.attributesStart = narrow(open);
  return place + 1;
}

/// A name or a string, and the token behind it; kFailed where it is neither.
size_t Scan::attributeName(size_t place, std::string& name) {
  if (!isQuote(source_.at(place))) {
    const std::string_view word = source_.wordAt(place);
    if (word.empty()) return kFailed;
    return appendLiteral(word, name) ? source_.skipSpace(place + word.size()) : kFailed;
  }
  const size_t end = stringLiteral(place);
  if (end == kFailed) return kFailed;
  const bool decoded = appendLiteral(source_.text().substr(place + 1, end - place - 2), name);
  return decoded ? source_.skipSpace(end) : kFailed;
}

size_t Scan::exportWord(size_t place) {
  constexpr size_t kSize = 6;
  if (!isKeyword(place, "export") || !allowsStatements()) return place + 1;
  ImportRecord record;
  record.kind = ImportKind::kExport;
  record.statementStart = narrow(place);
  size_t next = source_.skipSpace(place + kSize);
  if (options_.typescript && source_.isWordAt(next, "type")) {
    const size_t behind = source_.skipSpace(next + 4);
    if (source_.at(behind) != '{' && source_.at(behind) != '*') return next;
    record.typeOnly = true;
    next = behind;
  }
  if (source_.at(next) == '{') {
    const size_t end = namedList(next);
    if (end == kFailed) return kFailed;
    const size_t from = source_.skipSpace(end);
    record.form = ImportForm::kNamed;
    return source_.isWordAt(from, "from") ? fromSpecifier(record, from) : end;
  }
  if (source_.at(next) != '*') return place + kSize;
  record.form = ImportForm::kAll;
  next = source_.skipSpace(next + 1);
  if (source_.isWordAt(next, "as")) {
    record.form = ImportForm::kNamespace;
    next = source_.skipSpace(next + 2);
    next = isQuote(source_.at(next)) ? stringLiteral(next) : next + source_.wordAt(next).size();
    if (next == kFailed) return kFailed;
    next = source_.skipSpace(next);
  }
  return fromSpecifier(record, next);
}

bool Scan::decode(ImportRecord& record, std::string_view literal) {
  const size_t start = list_.specifiers.size();
  if (!appendLiteral(literal, list_.specifiers)) {
    list_.specifiers.resize(start);
    return false;
  }
  record.hasSpecifier = true;
  record.specifierStart = narrow(start);
  record.specifierSize = narrow(list_.specifiers.size() - start);
  return true;
}

}  // namespace millrace::imports
