// An operation out of somebody else's shared library. Thread safe, immutable; owns the library's
// instance. What the library hands over is checked: text is UTF-8 and JSON is JSON, or the item
// fails with kOperationFailed.
// Result: one number, text or block for each field, those of a kind in the order of the fields.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "operations/operation.h"
#include "operations/own_library.h"

namespace millrace {

/// How deep a JSON field may nest.
inline constexpr size_t kMaxOwnJsonDepth = 512;

class OwnOperation final : public Operation {
 public:
  /// Has the library make an instance for these options. What it refuses, or kOperationFailed.
  static Result<std::shared_ptr<const Operation>> make(const millrace_operation& description,
                                                       std::string_view optionsJson);

  OwnOperation(const millrace_operation& description, void* instance);
  ~OwnOperation() override;

  bool blocking() const override { return (description_.flags & MILLRACE_BLOCKING) != 0; }
  ResultShape shape() const override { return shape_; }
  size_t parts() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  ByteView passOn(ByteView input, const ItemOutput& output) const override;

 private:
  class Host;

  const millrace_operation& description_;
  void* const instance_;
  ResultShape shape_;
  std::vector<size_t> slots_;  // of each field, among those that cross in the same way
};

}  // namespace millrace
