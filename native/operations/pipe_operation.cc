// Invariant: what a stage passed on may be a view of its own input, so the results of all stages
// live until the item's last stage has finished.
#include "operations/pipe_operation.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "operations/item_storage.h"

namespace millrace {
namespace {

/// Takes what `shape` needs from the front of `rest`.
ItemOutput takeFrom(ItemOutput& rest, const ResultShape& shape) {
  const auto take = [](auto& from, size_t count) {
    const auto front = from.first(count);
    from = from.subspan(count);
    return front;
  };
  return {take(rest.numbers, shape.numbers), take(rest.fixedText, shape.fixedText),
          take(rest.texts, shape.texts), take(rest.blocks, shape.blocks)};
}

ResultShape sumOfKept(const std::vector<PipeStage>& stages) {
  ResultShape sum;
  for (const PipeStage& stage : stages) {
    if (!stage.keep) continue;
    const ResultShape shape = stage.operation->shape();
    sum.numbers += shape.numbers;
    sum.fixedText += shape.fixedText;
    sum.texts += shape.texts;
    sum.blocks += shape.blocks;
  }
  return sum;
}

}  // namespace

PipeOperation::PipeOperation(std::vector<PipeStage> stages)
    : stages_(std::move(stages)), shape_(sumOfKept(stages_)) {}

bool PipeOperation::blocking() const {
  return std::any_of(stages_.begin(), stages_.end(),
                     [](const PipeStage& stage) { return stage.operation->blocking(); });
}

std::vector<ResultShape> PipeOperation::keptShapes() const {
  std::vector<ResultShape> shapes;
  for (const PipeStage& stage : stages_) {
    if (stage.keep) shapes.push_back(stage.operation->shape());
  }
  return shapes;
}

Result<void> PipeOperation::run(const ItemContext& context, ByteView input,
                                ItemOutput& output) const {
  ItemOutput rest = output;
  std::deque<ItemStorage> scratches;
  ItemContext stageContext = context;
  for (size_t i = 0; i < stages_.size(); ++i) {
    const Operation& operation = *stages_[i].operation;
    Result<void> go = context.check();
    if (!go) return go;
    ItemOutput stageOutput = stages_[i].keep ? takeFrom(rest, operation.shape())
                                             : scratches.emplace_back(operation.shape()).output();
    Result<void> outcome = operation.run(stageContext, input, stageOutput);
    if (!outcome) {
      Error error = std::move(outcome).error();
      error.stage = static_cast<int>(i);
      return error;
    }
    const ByteView next = operation.passOn(input, stageOutput);
    if (next.data() != input.data() || next.size() != input.size()) {
      stageContext.inputIsKept = false;
    }
    input = next;
    stageContext.parts = {};
  }
  return {};
}

}  // namespace millrace
