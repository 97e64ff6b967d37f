#include "text/import_scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Result<void> goOn() {
  return {};
}

std::string_view nameOf(ImportKind kind) {
  switch (kind) {
    case ImportKind::kImport:
      return "import";
    case ImportKind::kExport:
      return "export";
    case ImportKind::kDynamic:
      return "dynamic";
    case ImportKind::kMeta:
      return "meta";
    case ImportKind::kRequire:
      return "require";
    case ImportKind::kRequireResolve:
      return "resolve";
    case ImportKind::kImportEquals:
      return "equals";
    case ImportKind::kType:
      return "type";
    case ImportKind::kReferencePath:
      return "path";
    case ImportKind::kReferenceTypes:
      return "types";
    case ImportKind::kReferenceLib:
      return "lib";
  }
  return "?";
}

/// "kind specifier", with ! for type-only and ? where the specifier is no literal.
std::vector<std::string> scan(std::string_view source, const ImportScanOptions& options = {}) {
  Result<ImportList> list = scanImports(source, options, goOn);
  if (!list) return {"error: " + list.error().message};
  std::vector<std::string> found;
  for (const ImportRecord& record : list.value().imports) {
    std::string line(nameOf(record.kind));
    line += record.hasSpecifier ? " " + std::string(list.value().specifierOf(record)) : " ?";
    if (record.typeOnly) line += " !";
    found.push_back(line);
  }
  return found;
}

/// The pieces of the source that the first import's offsets name.
std::vector<std::string> pieces(std::string_view source) {
  ImportScanOptions options;
  options.importMeta = true;
  Result<ImportList> list = scanImports(source, options, goOn);
  if (!list || list.value().imports.empty()) return {};
  const ImportRecord& record = list.value().imports.front();
  const auto piece = [source](uint32_t start, uint32_t end) {
    return std::string(source.substr(start, end - start));
  };
  std::vector<std::string> found = {piece(record.statementStart, record.statementEnd),
                                    piece(record.start, record.end)};
  for (const uint32_t start : {record.argumentsStart, record.attributesStart}) {
    if (start != ImportRecord::kNowhere) found.push_back(piece(start, record.statementEnd));
  }
  return found;
}

ImportForm formOf(std::string_view source) {
  Result<ImportList> list = scanImports(source, {}, goOn);
  return list && list.value().imports.size() == 1 ? list.value().imports[0].form
                                                  : ImportForm::kNone;
}

std::string place(std::string_view source, const ImportScanOptions& options = {}) {
  Result<ImportList> list = scanImports(source, options, goOn);
  if (list) return "no error";
  std::ostringstream text;
  text << codeOf(list.error().code) << ' ' << list.error().position->line << ':'
       << list.error().position->column << '@' << list.error().position->offset;
  return text.str();
}

TEST(ImportScanner, FindsEveryStaticForm) {
  EXPECT_EQ(formOf("import 'a'"), ImportForm::kSideEffect);
  EXPECT_EQ(formOf("import a from 'a'"), ImportForm::kDefault);
  EXPECT_EQ(formOf("import {a, 'b c' as d, default as e,} from 'a'"), ImportForm::kNamed);
  EXPECT_EQ(formOf("import*as a from'a'"), ImportForm::kNamespace);
  EXPECT_EQ(formOf("import a, {b} from 'a'"), ImportForm::kDefaultNamed);
  EXPECT_EQ(formOf("import a,*as b from'a'"), ImportForm::kDefaultNamespace);
  EXPECT_EQ(formOf("export * from 'a'"), ImportForm::kAll);
  EXPECT_EQ(formOf("export * as a from 'a'"), ImportForm::kNamespace);
  EXPECT_EQ(formOf("export * as 'a b' from 'a'"), ImportForm::kNamespace);
  EXPECT_EQ(formOf("export {a as b} from 'a'"), ImportForm::kNamed);
  EXPECT_THAT(scan("export { a }; export default 1; export const b = 2"), IsEmpty());
  EXPECT_THAT(scan("import { \\u{61}b } from 'a'"), ElementsAre("import a"));
}

TEST(ImportScanner, TellsNamesFromModifiers) {
  EXPECT_THAT(scan("import type from 'a'"), ElementsAre("import a"));
  EXPECT_THAT(scan("import type, {b} from 'a'"), ElementsAre("import a"));
  EXPECT_THAT(scan("import type from from 'a'"), ElementsAre("import a !"));
  EXPECT_THAT(scan("import type A from 'a'"), ElementsAre("import a !"));
  EXPECT_THAT(scan("import type {A} from 'a'"), ElementsAre("import a !"));
  EXPECT_THAT(scan("import type * as A from 'a'"), ElementsAre("import a !"));
  EXPECT_THAT(scan("import {type A} from 'a'"), ElementsAre("import a"));
  EXPECT_THAT(scan("import from from 'a'"), ElementsAre("import a"));
  EXPECT_THAT(scan("export type {A} from 'a'; export type * from 'b'"),
              ElementsAre("export a !", "export b !"));
  const auto phaseOf = [](std::string_view source) {
    return scanImports(source, {}, goOn).value().imports.at(0).phase;
  };
  EXPECT_EQ(phaseOf("import source x from 'a'"), ImportPhase::kSource);
  EXPECT_EQ(phaseOf("import source from 'a'"), ImportPhase::kEvaluation);
  EXPECT_EQ(phaseOf("import defer * as x from 'a'"), ImportPhase::kDefer);
  EXPECT_EQ(phaseOf("import defer from 'a'"), ImportPhase::kEvaluation);
  EXPECT_EQ(phaseOf("import.source('a')"), ImportPhase::kSource);
  EXPECT_EQ(phaseOf("import.defer('a')"), ImportPhase::kDefer);
}

TEST(ImportScanner, OffsetsNameThePieces) {
  EXPECT_THAT(pieces(";import a from /**/ 'b';"), ElementsAre("import a from /**/ 'b'", "b"));
  EXPECT_THAT(pieces("import a from 'b' with {type: 'json'} ;"),
              ElementsAre("import a from 'b' with {type: 'json'}", "b", "{type: 'json'}"));
  EXPECT_THAT(pieces("await import(/*c*/ 'a' /*d*/)"),
              ElementsAre("import(/*c*/ 'a' /*d*/)", "'a'", "(/*c*/ 'a' /*d*/)"));
  EXPECT_THAT(pieces("import('a', {b})"),
              ElementsAre("import('a', {b})", "'a'", "('a', {b})", "{b})"));
  EXPECT_THAT(
      pieces("import(f(a, b) + c /*d*/, e)"),
      ElementsAre("import(f(a, b) + c /*d*/, e)", "f(a, b) + c", "(f(a, b) + c /*d*/, e)", "e)"));
  EXPECT_THAT(pieces("import()"), ElementsAre("import()", "", "()"));
  EXPECT_THAT(pieces("x = import . meta.url"), ElementsAre("import . meta", "import . meta"));
  EXPECT_THAT(pieces("import x = require('a');"),
              ElementsAre("import x = require('a')", "a", "('a')"));
  EXPECT_THAT(pieces("require.resolve ('a')"),
              ElementsAre("require.resolve ('a')", "'a'", "('a')"));
}

TEST(ImportScanner, OffsetsCountWhatTheOptionSays) {
  const std::string source = "'\xc3\xa9\xf0\x9f\x98\x80\xe2\x82\xac'; import a from 'b'";
  ImportScanOptions options;
  const auto start = [&] {
    return scanImports(source, options, goOn).value().imports.at(0).statementStart;
  };
  EXPECT_EQ(start(), 8u);  // ' é 😀 (two) € ' ; and the space
  options.offsets = SourceOffsets::kBytes;
  EXPECT_EQ(start(), 13u);
}

TEST(ImportScanner, IllFormedUtf8CountsAsDecoded) {
  const std::string source = "'\xe2\x82' + '\xff'; import a from '\xe2\x82'";
  Result<ImportList> list = scanImports(source, {}, goOn);
  ASSERT_TRUE(list);
  EXPECT_EQ(list.value().imports.at(0).statementStart, 11u);
  EXPECT_EQ(list.value().specifierOf(list.value().imports[0]), "\xef\xbf\xbd");
  EXPECT_EQ(place("'\xff'; ("), "ERR_SYNTAX 1:6@5");
}

TEST(ImportScanner, DecodesSpecifiers) {
  EXPECT_THAT(scan(R"(import 'a\u0062\x63\n\0\u{1F600}\ud83d\ude00')"),
              ElementsAre(std::string("import abc\n\0\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 20)));
  EXPECT_THAT(scan(R"(import '\ud800a\udc00')"), ElementsAre("import \xef\xbf\xbd"
                                                             "a\xef\xbf\xbd"));
  EXPECT_THAT(scan("import('a\\\r\nb\\\nc\\'')"), ElementsAre("dynamic abc'"));
  EXPECT_THAT(scan("import(`a\\`b\n`)"), ElementsAre("dynamic a`b\n"));
  EXPECT_THAT(scan("import(`a${b}`)"), ElementsAre("dynamic ?"));
  EXPECT_EQ(place("import '\\u{110000}'"), "ERR_SYNTAX 1:8@7");
  EXPECT_EQ(place("import('\\xg0')"), "ERR_SYNTAX 1:8@7");
}

TEST(ImportScanner, ReadsAttributes) {
  Result<ImportList> list = scanImports(
      "import 'a'; import b from 'b' with { type: 'json', 'k\\u0041': \"v\", };"
      "import c from 'c' assert {type: 'css'}\nimport d from 'd'\nassert({})",
      {}, goOn);
  ASSERT_TRUE(list);
  std::vector<std::string> attributes;
  for (const ImportAttribute& each : list.value().attributes) {
    attributes.push_back(std::to_string(each.import) + each.key + '=' + each.value);
  }
  EXPECT_THAT(attributes, ElementsAre("1type=json", "1kA=v", "2type=css"));
  EXPECT_EQ(list.value().imports.size(), 4u);
}

TEST(ImportScanner, FindsCommonJs) {
  EXPECT_THAT(scan("const a = require('a'), b = require(b), c = require.resolve(`c`)"),
              ElementsAre("require a", "require ?", "resolve c"));
  EXPECT_THAT(scan("a.require('x'); function require(x) {} requires('x'); $require('x');"
                   "typeof require; require.main; ({ require(x) {} })"),
              IsEmpty());
  ImportScanOptions options;
  options.commonjs = false;
  EXPECT_THAT(scan("require('a'); import 'b'", options), ElementsAre("import b"));
}

TEST(ImportScanner, FindsTypeScriptForms) {
  EXPECT_THAT(scan("import a = require('a'); import type b = require('b'); import c = d.e;"
                   "export import f = require('f')"),
              ElementsAre("equals a", "equals b !", "equals f"));
  EXPECT_THAT(scan("let a: import('a').T; type B = import('b'); let c: typeof import('c');"
                   "let d = e as import('d'); let f: Promise<import('f')>"),
              ElementsAre("type a !", "type b !", "type c !", "type d !", "type f !"));
  EXPECT_THAT(scan("import('a').then(b); await import('c')"),
              ElementsAre("dynamic a", "dynamic c"));
  EXPECT_THAT(scan("declare module 'x' { import a from 'a'; export * from 'b' }\n"
                   "namespace c { import d = require('d') } function e() { f }"),
              ElementsAre("import a", "export b", "equals d"));
}

TEST(ImportScanner, FindsReferencesOnlyAtTheTop) {
  ImportScanOptions options;
  options.references = true;
  EXPECT_THAT(scan("// x\n/// <reference path=\"a.d.ts\" />\n///<reference types='b'/>\n"
                   "/// <reference lib=\"c\" />\nx\n/// <reference path=\"d\" />",
                   options),
              ElementsAre("path a.d.ts !", "types b !", "lib c !"));
  EXPECT_THAT(scan("/// <reference path=\"a\" />"), IsEmpty());
}

TEST(ImportScanner, IgnoresWhatIsNoImport) {
  EXPECT_THAT(scan("// import 'a'\n/* import 'b' */ \"import 'c'\"; `import('d')`; x.import('e');"
                   "({ import: 1, import(f) {} }); class A { import(g) {} #import; }"
                   "important('h'); reimport('i'); import$('j'); /import('k')/"),
              IsEmpty());
  EXPECT_THAT(scan("// a\xe2\x80\xa8import('b')"), ElementsAre("dynamic b"));
  EXPECT_THAT(scan("#!/usr/bin/env import('a')\nimport 'b'"), ElementsAre("import b"));
  EXPECT_THAT(scan("\xef\xbb\xbfimport 'b'"), ElementsAre("import b"));
}

TEST(ImportScanner, FindsDynamicImportsAnywhere) {
  EXPECT_THAT(
      scan("`${`${import('a')}`}`; import(import('b')); [...import('c')];"
           "if (x) import('d')\n{ y }; () => import('e')"),
      ElementsAre("dynamic a", "dynamic ?", "dynamic b", "dynamic c", "dynamic d", "dynamic e"));
}

/// Whether a slash behind `before` divides: the import behind it is one, and is none inside of a
/// regular expression.
bool divides(std::string_view before, std::string_view after = "") {
  return scan(std::string(before) + "/import('x')/g" + std::string(after)) ==
         std::vector<std::string>{"dynamic x"};
}

TEST(ImportScanner, DividesBehindOperands) {
  for (const std::string_view before : {"a",
                                        "5",
                                        "5.",
                                        "'s'",
                                        "`t`",
                                        "`${a}`",
                                        "[a]",
                                        "(a)",
                                        "f()",
                                        "this",
                                        "a.return",
                                        "a?.if(b)",
                                        "x = {}",
                                        "({})",
                                        "a++",
                                        "a\n",
                                        "a /* c */ // d\n",
                                        "x = function () {}",
                                        "x = class A extends b.c {}",
                                        "/r/",
                                        "/r/g",
                                        "\\u{61}",
                                        "\xc3\xa9",
                                        "a!",
                                        "x = a ? b : (c)",
                                        "of",
                                        "x = async function* f() {}",
                                        "return {}",
                                        "import.meta",
                                        "require",
                                        "function (a) {}.b"}) {
    EXPECT_TRUE(divides(before)) << before;
  }
  EXPECT_TRUE(divides("y = { a: function () {}", "}"));
  EXPECT_TRUE(divides("x = { y: {}", "}"));
  EXPECT_TRUE(divides("a = `${{}", "}`"));
  EXPECT_TRUE(divides("a = [b ? c : {}", "]"));
  EXPECT_TRUE(divides("0 ? a : { b: 1 }"));
  EXPECT_TRUE(divides("{ x ? y.z() : { b: { c: {}", "} } }"));
}

TEST(ImportScanner, ExpectsARegularExpressionElsewhere) {
  for (const std::string_view before : {"",
                                        "=",
                                        "x = a + ",
                                        "return ",
                                        "typeof ",
                                        "case ",
                                        "if (a) ",
                                        "while (a) ",
                                        "for (;;) ",
                                        "for await (a of b) ",
                                        "{}",
                                        "a;{}",
                                        "function f() {}",
                                        "class A {}",
                                        "class A extends B {}",
                                        "export default function () {}",
                                        "() => {}\n",
                                        "if (a) {}",
                                        "else ",
                                        "do ",
                                        "x = !",
                                        "x = a ? ",
                                        "yield ",
                                        "await ",
                                        "case 1: {} ",
                                        "a: {} ",
                                        "=\xc2\xa0",
                                        "try {} catch {}",
                                        "a++ + ",
                                        "x = ...",
                                        "throw ",
                                        "a => ",
                                        "/* a */ ",
                                        "async function f() {}",
                                        "x = a /",
                                        "export {a}\n"}) {
    EXPECT_THAT(scan(std::string(before) + "/import('x')/g"), IsEmpty()) << before;
  }
  EXPECT_THAT(scan("x = [a, /import('x')/]; f(/import('x')/); y = { a() {}, b: /import('x')/ }"),
              IsEmpty());
  EXPECT_THAT(scan("{ a: {} /import('x')/ } function f() { a: {} /import('x')/ }"), IsEmpty());
  EXPECT_THAT(
      scan("switch (a) { case b.c: {} /import('x')/; case 'd': {} /import('x')/; default: {}"
           "/import('x')/ } a: b: {} /import('x')/; if (a) c: {} /import('x')/"),
      IsEmpty());
  EXPECT_THAT(scan("for (a of /import('x')/) ;"), IsEmpty());
  EXPECT_THAT(scan("/[/'\"]\\/import('x')/; /[\\]/]import('y')/"), IsEmpty());
}

TEST(ImportScanner, SkipsJsxText) {
  EXPECT_THAT(scan("x = <p a=\"it's\" b={import('a')} {...c}>don't // import('n')\n"
                   "{import('b')} `<b/><>{/* ' */}</> /import('n')/</p>; import('c')"),
              ElementsAre("dynamic a", "dynamic b", "dynamic c"));
  EXPECT_THAT(scan("return (<A.B<C<D>> e:f='\"' g-h=<i/>>'</A.B>)"), IsEmpty());
  EXPECT_THAT(scan("x = (</* a */>'</ /* b */>)"), IsEmpty());
  EXPECT_THAT(scan("a < b; import('c'); d > e"), ElementsAre("dynamic c"));
  EXPECT_THAT(scan("x = <a/>/import('b')/c"), ElementsAre("dynamic b"));
  EXPECT_THAT(scan("x = <a>{y ? <b>'</b> : <c>'</c>}'</a>; import('d')"), ElementsAre("dynamic d"));
  ImportScanOptions options;
  options.jsx = false;
  EXPECT_THAT(scan("x = <p>import('a')</p", options),
              ElementsAre("error: the regular expression is not closed"));
}

TEST(ImportScanner, TellsTypeScriptsAnglesFromElements) {
  EXPECT_THAT(scan("const f = <T,>(x: T) => import('a'); const g = <T extends U>(x: T) => '';"
                   "import('b')"),
              ElementsAre("dynamic a", "dynamic b"));
  EXPECT_THAT(scan("const f = <T>(x: T) => { import('a') }; let y = <any>window; import('b')"),
              ElementsAre("dynamic a", "dynamic b"));
  EXPECT_THAT(scan("interface A { <T>(x: T): T; b: <U>(x: U) => import('c').D }"),
              ElementsAre("type c !"));
  EXPECT_THAT(scan("let a = <Foo>'it'; let b = <Bar>\"s\"; import('c')"), ElementsAre("dynamic c"));
}

TEST(ImportScanner, ErrorsSayWhere) {
  EXPECT_EQ(place("a\n 'b\n'"), "ERR_SYNTAX 2:2@3");
  EXPECT_EQ(place("a `b"), "ERR_SYNTAX 1:3@2");
  EXPECT_EQ(place("`a${b} c"), "ERR_SYNTAX 1:1@0");
  EXPECT_EQ(place("a\r\n\xc3\xa9 /* b"), "ERR_SYNTAX 2:3@6");
  EXPECT_EQ(place("= /a\n/"), "ERR_SYNTAX 1:3@2");
  EXPECT_EQ(place("(a]"), "ERR_SYNTAX 1:3@2");
  EXPECT_EQ(place("f({)"), "ERR_SYNTAX 1:4@3");
  EXPECT_EQ(place("f(["), "ERR_SYNTAX 1:3@2");
  EXPECT_EQ(place("import(a"), "ERR_SYNTAX 1:7@6");
  EXPECT_EQ(place("}"), "ERR_SYNTAX 1:1@0");
  EXPECT_EQ(place("import a from b"), "ERR_SYNTAX 1:15@14");
  EXPECT_EQ(place("import {a from 'b'"), "ERR_SYNTAX 1:8@7");
  EXPECT_EQ(place("export * from"), "ERR_SYNTAX 1:14@13");
}

TEST(ImportScanner, CountsLines) {
  Result<ImportList> list =
      scanImports("import 'a'\r\nimport 'b'\rimport 'c'\n\nimport(\n'd')", {}, goOn);
  ASSERT_TRUE(list);
  std::vector<uint32_t> lines;
  for (const ImportRecord& record : list.value().imports) lines.push_back(record.line);
  EXPECT_THAT(lines, ElementsAre(1, 2, 3, 5));
}

TEST(ImportScanner, BoundsTheDepth) {
  ImportScanOptions options;
  options.maxDepth = 3;
  EXPECT_THAT(scan("((( import('a') ", options),
              ElementsAre("error: brackets are nested too deeply"));
  EXPECT_EQ(place("((((", options), "ERR_TOO_LARGE 1:4@3");
  EXPECT_THAT(scan("([{import.meta}])", options), IsEmpty());
  EXPECT_EQ(place(std::string(1 << 20, '(')), "ERR_TOO_LARGE 1:10001@10000");
  std::string elements = "x = ";
  for (int i = 0; i < 100000; ++i) elements += "<a>";
  EXPECT_EQ(place(elements).substr(0, 13), "ERR_TOO_LARGE");
}

TEST(ImportScanner, MarksAreFoundAcrossBlocks) {
  for (size_t padding = 0; padding < 70; ++padding) {
    const std::string spaces(2048 - 35 + padding, ' ');
    EXPECT_THAT(scan(spaces + "import 'a';" + std::string(padding, ' ') + "require('b')"),
                ElementsAre("import a", "require b"))
        << padding;
  }
}

TEST(ImportScanner, PollsAndStops) {
  std::string brackets;
  for (int i = 0; i < 1 << 20; ++i) brackets += "[];";
  int polls = 0;
  const auto stop = [&]() -> Result<void> {
    if (++polls == 3) return Error::of(ErrorCode::kCancelled);
    return {};
  };
  Result<ImportList> list = scanImports(brackets, {}, stop);
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace millrace
