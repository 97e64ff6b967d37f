// Values selected from JSON, and whether a text is JSON. Thread safe, immutable. In a pipe both
// pass the text on.
#pragma once

#include <cstdint>

#include "json/selector.h"
#include "operations/operation.h"

namespace millrace {

struct ParseJsonOptions {
  Selection selection;
  bool asObject;  ///< an object by the selection's names; else the first result alone
  SelectOptions select;
  uint64_t maxBytes;  ///< kTooLarge when the document, or the text of what is selected, is larger
};

/// Result: text 0 is the selected values as JSON, as they stand in the document; empty when the
/// only one was not found.
class ParseJsonOperation final : public Operation {
 public:
  explicit ParseJsonOperation(ParseJsonOptions options) : options_(std::move(options)) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  ByteView passOn(ByteView input, const ItemOutput&) const override { return input; }

 private:
  const ParseJsonOptions options_;
};

struct ValidateJsonOptions {
  size_t maxDepth;
  uint64_t maxBytes;
};

/// Result: number 0 is 1 for JSON, else 0; numbers 1, 2 and 3 are offset, line and column of the
/// first problem and text 0 its reason.
class ValidateJsonOperation final : public Operation {
 public:
  explicit ValidateJsonOperation(const ValidateJsonOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  ByteView passOn(ByteView input, const ItemOutput&) const override { return input; }

 private:
  const ValidateJsonOptions options_;
};

}  // namespace millrace
