// Invariants: an index is claimed once; finished_ reaches count_ exactly once, and whoever raises
// it there sees every result (acq_rel on finished_).
#include "operations/batch.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/clock.h"

namespace millrace {

Batch::Batch(uint32_t id, size_t count, std::string input, std::vector<size_t> ends,
             int64_t timeoutNs, const ResultShape& shape)
    : id_(id),
      count_(count),
      input_(std::move(input)),
      ends_(std::move(ends)),
      timeoutNs_(timeoutNs),
      shape_(shape),
      numbers_(count * shape.numbers),
      elapsedMs_(count),
      fixedText_(count * shape.fixedText, ' '),
      text_(shape.text ? count : 0),
      bytes_(shape.bytes ? count : 0) {
  errors_.reserve(count);
}

ByteView Batch::inputOf(size_t index) const {
  if (ends_.empty()) return {};
  const size_t begin = index == 0 ? 0 : ends_[index - 1];
  return bytesOf(std::string_view(input_).substr(begin, ends_[index] - begin));
}

ItemEnd Batch::runItem(const Operation& operation, size_t index) noexcept {
  const int64_t startNs = monotonicNs();
  const ItemContext context{cancellation_, timeoutNs_ == 0 ? 0 : startNs + timeoutNs_};
  Result<void> outcome = runGuarded(operation, context, index);
  const bool succeeded = outcome.ok();
  if (!succeeded) failItem(index, std::move(outcome).error());
  const int64_t endNs = monotonicNs();
  elapsedMs_[index] = static_cast<float>(static_cast<double>(endNs - startNs) / 1e6);
  // ORDER: release publishes this item's results, acquire sees everybody else's before the
  // hand-over.
  return {endNs, succeeded, finished_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_};
}

void Batch::failItem(size_t index, Error error) noexcept {
  std::lock_guard lock(errorsMutex_);
  errors_.push_back(ItemError{index, std::move(error)});
}

Result<void> Batch::runGuarded(const Operation& operation, const ItemContext& context,
                               size_t index) noexcept {
  if (cancellation_.cancelled()) return Error::of(ErrorCode::kCancelled);
  try {
    try {
      ItemOutput output;
      output.numbers = std::span(numbers_).subspan(index * shape_.numbers, shape_.numbers);
      output.fixedText = std::span(fixedText_).subspan(index * shape_.fixedText, shape_.fixedText);
      Result<void> outcome = operation.run(context, inputOf(index), output);
      if (!outcome) return outcome;
      if (shape_.text) text_[index] = std::move(output.text);
      if (shape_.bytes) bytes_[index] = std::move(output.bytes);
      return {};
    } catch (const std::bad_alloc&) {
      return Error::of(ErrorCode::kOutOfMemory);
    } catch (const std::exception& caught) {
      return Error::of(ErrorCode::kInternal, caught.what());
    } catch (...) {
      return Error::of(ErrorCode::kInternal, "an operation threw what is no std::exception");
    }
  } catch (...) {  // no memory for the message
    return Error::of(ErrorCode::kOutOfMemory);
  }
}

}  // namespace millrace
