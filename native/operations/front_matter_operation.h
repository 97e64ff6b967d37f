// The front matter of the item, a text with data at its beginning (markup/front_matter.h). Thread
// safe, immutable.
//
// Result: numbers 0 to 8 are the format (DataFormat), the offsets of the data's begin and end and
// the body's begin in bytes, the same in UTF-16 units, the line in which the body begins, and 1 if
// the body is to be cut from the item, a string that JavaScript has; text 0 is the data as JSON,
// text 1 its specials (markup/parsed_data.h), text 2 the body, if it is wanted and not to be cut.
#pragma once

#include "markup/front_matter.h"
#include "operations/operation.h"

namespace millrace {

struct FrontMatterOperationOptions {
  FrontMatterOptions parsing = {};
  bool body = true;  ///< whether text 2 is the body; ill-formed UTF-8 in it is repaired
};

class FrontMatterOperation final : public Operation {
 public:
  explicit FrontMatterOperation(FrontMatterOperationOptions options)
      : options_(std::move(options)) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  /// The body.
  ByteView passOn(ByteView input, const ItemOutput& output) const override;

 private:
  const FrontMatterOperationOptions options_;
};

}  // namespace millrace
