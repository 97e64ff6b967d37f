// What a JavaScript or TypeScript source imports: ES modules, CommonJS, JSX and TypeScript's own
// forms, found in one pass without a syntax tree. Comments, strings, templates, regular expressions
// and JSX text are told apart as the grammar does. Pure function, thread safe; the result owns its
// text. Time and memory are linear in the source; the nesting of brackets is bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace millrace {

enum class ImportKind : uint8_t {
  kImport,          ///< import ... from 'x', import 'x'
  kExport,          ///< export ... from 'x'
  kDynamic,         ///< import(x), import.source(x), import.defer(x)
  kMeta,            ///< import.meta
  kRequire,         ///< require(x)
  kRequireResolve,  ///< require.resolve(x)
  kImportEquals,    ///< import x = require('x')
  kType,            ///< import('x').T where TypeScript expects a type
  kReferencePath,   ///< /// <reference path="x" />
  kReferenceTypes,  ///< /// <reference types="x" />
  kReferenceLib,    ///< /// <reference lib="x" />
};

/// What a static import or export binds.
enum class ImportForm : uint8_t {
  kNone,              ///< not a static import or export
  kSideEffect,        ///< import 'x'
  kDefault,           ///< import a from 'x'
  kNamed,             ///< import { a } from 'x', export { a } from 'x'
  kNamespace,         ///< import * as a from 'x', export * as a from 'x'
  kDefaultNamed,      ///< import a, { b } from 'x'
  kDefaultNamespace,  ///< import a, * as b from 'x'
  kAll,               ///< export * from 'x'
};

enum class ImportPhase : uint8_t { kEvaluation, kSource, kDefer };

struct ImportRecord {
  static constexpr uint32_t kNowhere = 0xffffffff;

  ImportKind kind = ImportKind::kImport;
  ImportForm form = ImportForm::kNone;
  ImportPhase phase = ImportPhase::kEvaluation;
  bool typeOnly = false;      ///< import type, export type, kType, references
  bool hasSpecifier = false;  ///< false where it is no literal

  /// The specifier: without quotes in statements and references; in calls the whole first argument.
  /// Of import.meta: the whole of it.
  uint32_t start = 0;
  uint32_t end = 0;
  /// From the keyword to behind the closing quote, attributes or parenthesis.
  uint32_t statementStart = 0;
  uint32_t statementEnd = 0;
  uint32_t argumentsStart = kNowhere;   ///< the opening parenthesis of a call
  uint32_t attributesStart = kNowhere;  ///< the `{` of attributes; a call's second argument
  uint32_t line = 0;                    ///< of statementStart, from 1

  /// The decoded specifier is specifiers[specifierStart, specifierStart + specifierSize).
  uint32_t specifierStart = 0;
  uint32_t specifierSize = 0;
};

struct ImportAttribute {
  uint32_t import;  ///< index of the record
  std::string key;
  std::string value;
};

/// Records ascend by statementStart. All text is valid UTF-8: a lone surrogate is U+FFFD.
struct ImportList {
  std::vector<ImportRecord> imports;
  std::string specifiers;
  std::vector<ImportAttribute> attributes;  ///< ascending by `import`

  std::string_view specifierOf(const ImportRecord& record) const {
    return std::string_view(specifiers).substr(record.specifierStart, record.specifierSize);
  }
};

enum class SourceOffsets : uint8_t {
  kBytes,
  kUtf16,  ///< as JavaScript counts in the decoded text
};

struct ImportScanOptions {
  bool typescript = true;   ///< type-only forms, import equals, type queries
  bool jsx = true;          ///< `<` where an operand is expected begins an element, if it fits
  bool commonjs = true;     ///< require and require.resolve
  bool importMeta = false;  ///< report import.meta
  bool references = false;  ///< triple-slash directives
  SourceOffsets offsets = SourceOffsets::kUtf16;
  uint32_t maxDepth = 10000;  ///< open brackets, templates and elements; kTooLarge beyond
};

/// Scans a whole source. kSyntax, with the place, where a string, template, comment, regular
/// expression or bracket is not closed or an import has no specifier. `check` is polled about once
/// per megabyte; its error ends the scan.
Result<ImportList> scanImports(std::string_view source, const ImportScanOptions& options,
                               const std::function<Result<void>()>& check);

}  // namespace millrace
