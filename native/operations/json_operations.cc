#include "operations/json_operations.h"

#include <string>
#include <utility>

#include "json/json_check.h"
#include "text/utf8.h"

namespace millrace {
namespace {

Result<void> checkSize(ByteView input, uint64_t maxBytes) {
  if (input.size() <= maxBytes) return {};
  return Error::of(ErrorCode::kTooLarge,
                   "the document is larger than maxBytes, " + std::to_string(maxBytes) + " bytes");
}

/// Bytes of all values together: pointers may select parts of each other's values.
uint64_t sizeOf(const SelectedValues& values) {
  uint64_t bytes = 0;
  for (size_t k = 0; k < values.size(); ++k) {
    for (const std::string_view value : values.of(k)) bytes += value.size() + 1;
  }
  return bytes;
}

}  // namespace

ResultShape ParseJsonOperation::shape() const {
  ResultShape shape;
  shape.texts = 1;
  return shape;
}

Result<void> ParseJsonOperation::run(const ItemContext& context, ByteView input,
                                     ItemOutput& output) const {
  if (Result<void> fits = checkSize(input, options_.maxBytes); !fits) return fits;
  // Kept for its memory; what it holds is of no use after this call.
  static thread_local SelectedValues values;
  const Selection& selection = options_.selection;
  const Checkpoint checkpoint = [&context] { return context.check(); };
  Result<void> done = select(selection, textOf(input), options_.select, checkpoint, values);
  if (!done) return done;
  if (sizeOf(values) > options_.maxBytes + values.size()) {
    return Error::of(ErrorCode::kTooLarge, "the selected values are larger than maxBytes, " +
                                               std::to_string(options_.maxBytes) + " bytes");
  }
  std::string& text = output.texts[0];
  if (options_.asObject) {
    appendObject(selection, values, text);
  } else {
    appendValue(selection, values, 0, text);
  }
  return {};
}

ResultShape ValidateJsonOperation::shape() const {
  ResultShape shape;
  shape.numbers = 4;
  shape.texts = 1;
  return shape;
}

Result<void> ValidateJsonOperation::run(const ItemContext& context, ByteView input,
                                        ItemOutput& output) const {
  if (Result<void> fits = checkSize(input, options_.maxBytes); !fits) return fits;
  const std::string_view text = textOf(input);
  Result<std::optional<JsonProblem>> checked =
      checkJson(text, options_.maxDepth, [&context] { return context.check(); });
  if (!checked) return std::move(checked).error();
  if (!checked.value()) {
    output.numbers[0] = 1;
    return {};
  }
  JsonProblem& problem = *checked.value();
  if (problem.code != ErrorCode::kSyntax) return problem.asError(text);
  const TextPosition position = positionAt(text, problem.offset);
  output.numbers[1] = static_cast<double>(position.offset);
  output.numbers[2] = static_cast<double>(position.line);
  output.numbers[3] = static_cast<double>(position.column);
  output.texts[0] = std::move(problem.reason);
  return {};
}

}  // namespace millrace
