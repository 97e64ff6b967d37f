// Operations one after the other on the same item, without returning to JavaScript in between: each
// works on what the one before passed on. Thread safe, immutable; shares its stages.
// Result: those of the kept stages side by side, in order.
#pragma once

#include <memory>
#include <vector>

#include "operations/operation.h"

namespace millrace {

struct PipeStage {
  std::shared_ptr<const Operation> operation;
  bool keep;  ///< whether its result is part of the pipe's
};

class PipeOperation final : public Operation {
 public:
  /// REQUIRES: not empty; each stage but the first has one part; no stage is a pipe.
  explicit PipeOperation(std::vector<PipeStage> stages);

  /// True when one of the stages waits for a device.
  bool blocking() const override;
  ResultShape shape() const override { return shape_; }
  size_t parts() const override { return stages_.front().operation->parts(); }

  /// A failure carries the number of its stage.
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

  /// The shapes of the kept stages' results, in order.
  std::vector<ResultShape> keptShapes() const;

 private:
  const std::vector<PipeStage> stages_;
  const ResultShape shape_;
};

}  // namespace millrace
