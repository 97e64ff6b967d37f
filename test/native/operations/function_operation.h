// An operation for tests that does what the test says.
#pragma once

#include <functional>
#include <utility>

#include "operations/operation.h"

namespace millrace::testing {

class FunctionOperation final : public Operation {
 public:
  using Function = std::function<Result<void>(const ItemContext&, ByteView, ItemOutput&)>;

  FunctionOperation(ResultShape shape, Function function)
      : shape_(shape), function_(std::move(function)) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override { return shape_; }
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override {
    return function_(context, input, output);
  }

 private:
  const ResultShape shape_;
  const Function function_;
};

}  // namespace millrace::testing
