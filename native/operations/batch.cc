// Invariants: an index is claimed once; finished_ reaches count_ exactly once, and whoever raises
// it there sees every result (acq_rel on finished_).
#include "operations/batch.h"

#include <array>
#include <exception>
#include <new>
#include <span>
#include <utility>

#include "base/clock.h"

namespace millrace {

Batch::Batch(uint32_t id, size_t count, PooledBytes input, std::vector<size_t> ends,
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
      texts_(count * shape.texts),
      blocks_(count * shape.blocks) {
  errors_.reserve(count);
}

ByteView Batch::partAt(size_t index) const {
  const size_t begin = index == 0 ? 0 : ends_[index - 1];
  return input_.view().subspan(begin, ends_[index] - begin);
}

ItemOutput Batch::outputOf(size_t index) {
  const auto slice = [index](auto& all, size_t each) {
    return std::span(all).subspan(index * each, each);
  };
  return {slice(numbers_, shape_.numbers), slice(fixedText_, shape_.fixedText),
          slice(texts_, shape_.texts), slice(blocks_, shape_.blocks)};
}

/// What an item had written before it failed is no result.
void Batch::discard(size_t index) noexcept {
  const ItemOutput output = outputOf(index);
  for (std::string& text : output.texts) text = std::string();
  for (Bytes& block : output.blocks) block = Bytes();
}

ItemEnd Batch::runItem(const Operation& operation, size_t index) noexcept {
  const int64_t startNs = monotonicNs();
  Result<void> outcome = runGuarded(operation, index, timeoutNs_ == 0 ? 0 : startNs + timeoutNs_);
  const bool succeeded = outcome.ok();
  if (!succeeded) {
    discard(index);
    failItem(index, std::move(outcome).error());
  }
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

Result<void> Batch::runParts(const Operation& operation, size_t index, int64_t deadlineNs) {
  ItemContext context{cancellation_, deadlineNs, {}, inputIsKept_};
  ItemOutput output = outputOf(index);
  if (ends_.empty()) return operation.run(context, {}, output);
  const size_t each = ends_.size() / count_;
  if (each == 1) return operation.run(context, partAt(index), output);
  std::array<ByteView, kMaxParts> parts;
  for (size_t i = 0; i < each; ++i) parts.at(i) = partAt(index * each + i);
  context.parts = std::span(parts).first(each);
  return operation.run(context, parts.front(), output);
}

Result<void> Batch::runGuarded(const Operation& operation, size_t index,
                               int64_t deadlineNs) noexcept {
  if (cancellation_.cancelled()) return Error::of(ErrorCode::kCancelled);
  try {
    try {
      return runParts(operation, index, deadlineNs);
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
