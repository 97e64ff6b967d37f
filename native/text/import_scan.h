// One scan of one source: the state behind scanImports(). Its parts live in import_scanner.cc (the
// tokens), import_statements.cc, import_calls.cc and import_jsx.cc. One thread; borrows the text.
//
// A step returns where the scan goes on, or kFailed with failure_ or stopped_ set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/import_brackets.h"
#include "text/import_marks.h"
#include "text/import_scanner.h"
#include "text/import_source.h"

namespace millrace::imports {

class Scan {
 public:
  Scan(std::string_view text, const ImportScanOptions& options,
       const std::function<Result<void>()>& check)
      : options_(options),
        check_(check),
        source_(text),
        brackets_(source_),
        marks_(text, MarkSet{false, options.jsx}) {}

  Result<ImportList> run();

 private:
  static constexpr size_t kFailed = static_cast<size_t>(-1);
  static constexpr size_t kNone = static_cast<size_t>(-2);

  // Tokens: import_scanner.cc.
  size_t step(size_t place);
  size_t slash(size_t place);
  size_t comment(size_t place);
  size_t regularExpression(size_t place);
  size_t stringLiteral(size_t place);
  size_t templateText(size_t from, size_t open);
  size_t openBrace(size_t place);
  size_t closeParenthesis(size_t place);
  size_t closeBrace(size_t place);
  size_t push(BracketKind kind, size_t open, size_t extra, size_t next);
  void reference(size_t start, size_t end);
  bool isInHead(size_t start, size_t end);
  bool poll(size_t place);
  /// `reached` is how far the scan looked, if that is beyond the place.
  size_t fail(size_t place, const char* message, size_t reached = 0);
  Error error() const;
  void finishRecords();
  void setLines();
  void setUtf16Offsets();

  // Statements: import_statements.cc.
  size_t importWord(size_t place);
  size_t exportWord(size_t place);
  size_t importClause(ImportRecord& record, size_t place);
  size_t importBindings(ImportRecord& record, size_t place);
  size_t importModifier(ImportRecord& record, size_t place) const;
  size_t importEquals(ImportRecord& record, size_t place);
  size_t namedList(size_t place);
  size_t fromSpecifier(ImportRecord& record, size_t place);
  size_t specifier(ImportRecord& record, size_t place);
  size_t attributes(ImportRecord& record, size_t end);
  size_t attributeName(size_t place, std::string& name);
  bool allowsStatements();
  bool isModuleBlock(Bracket& brace) const;
  bool isKeyword(size_t place, std::string_view word) const;
  bool decode(ImportRecord& record, std::string_view literal);

  // Calls: import_calls.cc.
  size_t importMember(size_t place, size_t dot);
  size_t requireWord(size_t place);
  size_t call(ImportRecord record, size_t parenthesis);
  size_t literalArgument(ImportRecord& record, size_t place);
  void endArgument(Bracket& call, size_t place);
  size_t closeCall(size_t place);
  bool isTypeQuery(const ImportRecord& record) const;

  // JSX: import_jsx.cc.
  size_t angle(size_t place);
  bool beginsElement(size_t place);
  size_t openTag(size_t place);
  size_t inElement(size_t place);
  size_t inTag(size_t place);
  size_t inChildren(size_t place);
  size_t closingTag(size_t place);
  size_t elementEnds(size_t place);
  size_t typeArguments(size_t place);
  size_t elementName(size_t place) const;
  bool resume(size_t& place);

  /// A place where an element began that may turn out to be none; the scan then goes on from there
  /// with `<` as an operator.
  struct Attempt {
    size_t place;
    size_t depth;
    size_t imports;
    size_t specifierBytes;
    size_t attributes;
    size_t comments;
    size_t awaiting;
    Brackets::Closed closed;
    size_t operandEnd;
  };

  const ImportScanOptions& options_;
  const std::function<Result<void>()>& check_;
  SourceText source_;
  Brackets brackets_;
  Marks marks_;
  ImportList list_;
  std::vector<bool> dropped_;  // imports that turned out to be methods
  size_t awaiting_ = 0;        // calls whose first argument has not ended
  size_t nextPoll_ = 0;
  std::vector<Attempt> attempts_;
  size_t notElement_ = kNone;  // the `<` that the attempt resumed last has to pass
  size_t rescannedBytes_ = 0;
  size_t headEnd_ = 0;  // comments only up to here; kNone once there is more

  struct Failure {
    ErrorCode code;
    size_t place;
    size_t reached;
    const char* message;
  };
  std::optional<Failure> failure_;
  std::optional<Error> stopped_;  // what check_ said
};

}  // namespace millrace::imports
