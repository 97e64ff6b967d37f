// What the item, the text of a JavaScript or TypeScript source, imports (text/import_scanner.h).
// Thread safe, immutable.
//
// Result: number 0 is the count of imports; block 0 has kImportColumns uint32 for each of them;
// text 0 is all specifiers, one behind the other; text 1 is empty or JSON, [import, key, value] for
// each attribute.
#pragma once

#include "operations/operation.h"
#include "text/import_scanner.h"

namespace millrace {

/// The columns of an import: kind | form << 8 | phase << 16 | typeOnly << 24 | hasSpecifier << 25,
/// start, end, statementStart, statementEnd, argumentsStart, attributesStart (0xffffffff for none),
/// line, and where its specifier ends in text 0, in UTF-16 units.
inline constexpr size_t kImportColumns = 9;

class ImportSpecifiersOperation final : public Operation {
 public:
  explicit ImportSpecifiersOperation(const ImportScanOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  /// The source: the imports say something about it, they do not replace it.
  ByteView passOn(ByteView input, const ItemOutput&) const override { return input; }

 private:
  const ImportScanOptions options_;
};

}  // namespace millrace
