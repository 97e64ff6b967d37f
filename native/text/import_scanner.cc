// The scan goes from mark to mark; what lies between two marks is only ever looked at from a mark.
// Every byte is scanned a bounded number of times: what has been read as an element and turned out
// to be none is read again, but only as long as that adds up to less than the source.
#include "text/import_scanner.h"

#include <algorithm>
#include <utility>

#include "text/import_bytes.h"
#include "text/import_literal.h"
#include "text/import_scan.h"
#include "text/utf8.h"

namespace millrace {
namespace imports {
namespace {

constexpr size_t kPollBytes = size_t{1} << 20;
constexpr size_t kLargestSource = size_t{1} << 30;  // places are 32 bits wide, repair triples

}  // namespace

Result<ImportList> Scan::run() {
  size_t place = source_.begin();
  for (;;) {
    place = marks_.next(place);
    if (place >= source_.size()) {
      if (brackets_.empty()) break;
      place = fail(brackets_.top().open, "not closed", source_.size());
    } else {
      place = poll(place) ? step(place) : kFailed;
    }
    if (place == kFailed && !resume(place)) return error();
  }
  finishRecords();
  return std::move(list_);
}

size_t Scan::step(size_t place) {
  switch (source_.at(place)) {
    case '"':
    case '\'':
      return stringLiteral(place);
    case '`':
      return templateText(place + 1, place);
    case '/':
      return slash(place);
    case '(':
      return push(BracketKind::kParenthesis, place, 0, place + 1);
    case '[':
      return push(BracketKind::kSquare, place, 0, place + 1);
    case '{':
      return openBrace(place);
    case ')':
      return closeParenthesis(place);
    case ']':
      if (!brackets_.topIs(BracketKind::kSquare)) return fail(place, "unexpected ]");
      brackets_.pop(place + 1);
      return place + 1;
    case '}':
      return closeBrace(place);
    case ',':
      if (brackets_.topIs(BracketKind::kCall)) endArgument(brackets_.top(), place);
      return place + 1;
    case '<':
      return angle(place);
    case 'i':
      return importWord(place);
    case 'e':
      return exportWord(place);
    case 'r':
      return requireWord(place);
    default:
      return place + 1;
  }
}

bool Scan::poll(size_t place) {
  if (place < nextPoll_) return true;
  nextPoll_ = place + kPollBytes;
  Result<void> go = check_();
  if (!go) stopped_ = std::move(go).error();
  return !stopped_;
}

size_t Scan::fail(size_t place, const char* message, size_t reached) {
  failure_ = Failure{ErrorCode::kSyntax, place, std::max(place, reached), message};
  return kFailed;
}

Error Scan::error() const {
  if (stopped_) return *stopped_;
  return Error::at(failure_->code, failure_->message, positionAt(source_.text(), failure_->place));
}

size_t Scan::push(BracketKind kind, size_t open, size_t extra, size_t next) {
  if (brackets_.depth() >= options_.maxDepth) [[unlikely]] {
    failure_ = Failure{ErrorCode::kTooLarge, open, open, "brackets are nested too deeply"};
    return kFailed;
  }
  brackets_.push(kind, open, extra);
  return next;
}

size_t Scan::stringLiteral(size_t place) {
  const char quote = source_.at(place);
  const char* text = source_.text().data();
  size_t end = place + 1;
  for (;;) {
    end = quote == '"' ? findAny<'"', '\\', '\n', '\r'>(text, end, source_.size())
                       : findAny<'\'', '\\', '\n', '\r'>(text, end, source_.size());
    if (source_.at(end) != '\\') break;
    // A line end behind a backslash continues the string.
    end += source_.text().substr(end + 1, 2) == "\r\n" ? 3 : 2;
    if (end > source_.size()) break;
  }
  if (source_.at(end) != quote) return fail(place, "the string is not closed", end);
  return end + 1;
}

/// Goes on inside a template; `open` is where it begins.
size_t Scan::templateText(size_t from, size_t open) {
  size_t end = from;
  for (;; ++end) {
    end = findAny<'`', '\\', '$'>(source_.text().data(), std::min(end, source_.size()),
                                  source_.size());
    if (end >= source_.size()) return fail(open, "the template is not closed", end);
    if (source_.at(end) == '`') return end + 1;
    if (source_.at(end) == '\\') ++end;
    if (source_.at(end) == '$' && source_.at(end + 1) == '{' && source_.at(end - 1) != '\\') break;
  }
  return push(BracketKind::kTemplate, end + 1, open, end + 2);
}

size_t Scan::slash(size_t place) {
  if (source_.isCommentAt(place)) return comment(place);
  if (brackets_.endsOperand(source_.tokenEnd(place))) return place + 1;
  return regularExpression(place);
}

size_t Scan::comment(size_t place) {
  const size_t end = source_.commentEnd(place);
  if (end > source_.size()) return fail(place, "the comment is not closed", end);
  if (options_.references && isInHead(place, end)) reference(place, end);
  source_.addComment(place, end);
  return end;
}

size_t Scan::regularExpression(size_t place) {
  bool inClass = false;
  size_t end = place + 1;
  for (; end < source_.size(); ++end) {
    const char byte = source_.at(end);
    if (byte == '\n' || byte == '\r') break;
    if (byte == '\\') {
      ++end;
      if (source_.at(end) == '\n' || source_.at(end) == '\r') break;
    } else if (byte == '[') {
      inClass = true;
    } else if (byte == ']') {
      inClass = false;
    } else if (byte == '/' && !inClass) {
      brackets_.operandEnded(end + 1);
      return end + 1;
    }
  }
  return fail(place, "the regular expression is not closed", end);
}

size_t Scan::openBrace(size_t place) {
  if (source_.before(place) == 'u' && source_.before(place - 1) == '\\') {  // \u{61}
    const size_t end = findAny<'}', '\n'>(source_.text().data(), place, source_.size());
    if (source_.at(end) != '}') return fail(place, "the escape is not closed", end);
    brackets_.operandEnded(end + 1);
    return end + 1;
  }
  return push(BracketKind::kBrace, place, 0, place + 1);
}

size_t Scan::closeParenthesis(size_t place) {
  if (brackets_.topIs(BracketKind::kCall)) return closeCall(place);
  if (!brackets_.topIs(BracketKind::kParenthesis)) return fail(place, "unexpected )");
  brackets_.pop(place + 1);
  return place + 1;
}

size_t Scan::closeBrace(size_t place) {
  if (brackets_.empty()) return fail(place, "unexpected }");
  const Bracket bracket = brackets_.top();
  switch (bracket.kind) {
    case BracketKind::kBrace:
      brackets_.pop(place + 1);
      return place + 1;
    case BracketKind::kTemplate:
      brackets_.pop(place + 1);
      return templateText(place + 1, bracket.extra);
    case BracketKind::kJsxBrace:
      brackets_.pop(place + 1);
      return inElement(place + 1);
    default:
      return fail(place, "unexpected }");
  }
}

/// Whether only comments precede the one from `start` to `end`.
bool Scan::isInHead(size_t start, size_t end) {
  if (headEnd_ == kNone) return false;
  size_t place = std::max(headEnd_, source_.begin());
  while (place < start && isSpaceByte(source_.at(place))) ++place;
  headEnd_ = place == start ? end : kNone;
  return place == start;
}

/// Takes a comment that is a triple-slash directive.
void Scan::reference(size_t start, size_t end) {
  if (source_.text().substr(start, 3) != "///") return;
  const std::string_view text = source_.text();
  const auto skip = [&](size_t from) {
    while (from < end && isSpaceByte(text[from])) ++from;
    return from;
  };
  size_t place = skip(start + 3);
  constexpr std::string_view kOpen = "<reference";
  if (place >= end || !text.substr(place).starts_with(kOpen)) return;
  place = skip(place + kOpen.size());
  const std::string_view name = source_.wordAt(place);
  ImportRecord record;
  if (name == "path")
    record.kind = ImportKind::kReferencePath;
  else if (name == "types")
    record.kind = ImportKind::kReferenceTypes;
  else if (name == "lib")
    record.kind = ImportKind::kReferenceLib;
  else
    return;
  place = skip(place + name.size());
  if (source_.at(place) != '=') return;
  place = skip(place + 1);
  const char quote = source_.at(place);
  const size_t close = text.substr(0, end).find(quote, place + 1);
  if ((quote != '"' && quote != '\'') || close == std::string_view::npos) return;
  record.start = static_cast<uint32_t>(place + 1);
  record.end = static_cast<uint32_t>(close);
  record.statementStart = static_cast<uint32_t>(start);
  record.statementEnd = static_cast<uint32_t>(end);
  record.typeOnly = true;
  record.hasSpecifier = true;
  record.specifierStart = static_cast<uint32_t>(list_.specifiers.size());
  list_.specifiers += repairedUtf8(text.substr(place + 1, close - place - 1));
  record.specifierSize = static_cast<uint32_t>(list_.specifiers.size()) - record.specifierStart;
  list_.imports.push_back(record);
  dropped_.push_back(false);
}

void Scan::finishRecords() {
  if (std::find(dropped_.begin(), dropped_.end(), true) != dropped_.end()) {
    size_t kept = 0;
    for (size_t i = 0; i < list_.imports.size(); ++i) {
      if (!dropped_[i]) list_.imports[kept++] = list_.imports[i];
    }
    list_.imports.resize(kept);
    // Attributes belong to statements, which are never dropped; only their indexes move.
    size_t before = 0;
    size_t seen = 0;
    for (ImportAttribute& attribute : list_.attributes) {
      for (; seen < attribute.import; ++seen) before += dropped_[seen];
      attribute.import -= static_cast<uint32_t>(before);
    }
  }
  setLines();
  if (options_.offsets == SourceOffsets::kUtf16 && !isAscii(source_.text())) setUtf16Offsets();
}

void Scan::setLines() {
  if (list_.imports.empty()) return;
  const char* text = source_.text().data();
  const bool carriageReturns = source_.text().find('\r') != std::string_view::npos;
  size_t counted = 0;
  size_t lines = 1;
  for (ImportRecord& record : list_.imports) {
    const size_t start = record.statementStart;
    lines += countOf('\n', text, counted, start);
    for (size_t i = counted; carriageReturns && i < start; ++i) {
      lines += text[i] == '\r' && source_.at(i + 1) != '\n';
    }
    counted = start;
    record.line = static_cast<uint32_t>(lines);
  }
}

void Scan::setUtf16Offsets() {
  std::vector<uint32_t*> places;
  places.reserve(6 * list_.imports.size());
  for (ImportRecord& record : list_.imports) {
    for (uint32_t* place :
         {&record.start, &record.end, &record.statementStart, &record.statementEnd,
          &record.argumentsStart, &record.attributesStart}) {
      if (*place != ImportRecord::kNowhere) places.push_back(place);
    }
  }
  std::sort(places.begin(), places.end(),
            [](const uint32_t* a, const uint32_t* b) { return *a < *b; });
  Utf16Offsets offsets(source_.text());
  for (uint32_t* place : places) *place = static_cast<uint32_t>(offsets.at(*place));
}

}  // namespace imports

Result<ImportList> scanImports(std::string_view source, const ImportScanOptions& options,
                               const std::function<Result<void>()>& check) {
  if (source.size() > imports::kLargestSource) {
    return Error::of(ErrorCode::kTooLarge, "the source is larger than 1 GiB");
  }
  if (options.offsets == SourceOffsets::kBytes || isValidUtf8(source)) {
    return imports::Scan(source, options, check).run();
  }
  // Offsets count in the text that JavaScript decodes the bytes to; errors tell the bytes.
  const std::string repaired = repairedUtf8(source);
  Result<ImportList> list = imports::Scan(repaired, options, check).run();
  if (list || list.error().code != ErrorCode::kSyntax) return list;
  ImportScanOptions inBytes = options;
  inBytes.offsets = SourceOffsets::kBytes;
  Result<ImportList> again = imports::Scan(source, inBytes, check).run();
  return again ? std::move(list) : std::move(again);
}

}  // namespace millrace
