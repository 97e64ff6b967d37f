// A batch of items on their way through an operation, and the packed results on their way back.
// Written by the submitting thread before it is queued; each item's result slots are written by the
// one runner that claimed the item; read by the receiver after the last item has finished.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/cancellation.h"
#include "base/pooled_bytes.h"
#include "base/result.h"
#include "operations/operation.h"

namespace millrace {

/// One item that failed.
struct ItemError {
  size_t index;
  Error error;
};

/// How an item ended: when (monotonicNs), how, and whether it was the batch's last to finish.
struct ItemEnd {
  int64_t atNs;
  bool succeeded;
  bool isLast;
};

class Batch {
 public:
  /// `ends[i]` is where part i ends in `input`; it starts where part i-1 ends; each item has as
  /// many parts as `ends` has room for. An empty `ends` means that items carry no bytes.
  /// `timeoutNs` counts from the start of each item; 0 for none.
  Batch(uint32_t id, size_t count, PooledBytes input, std::vector<size_t> ends, int64_t timeoutNs,
        const ResultShape& shape);

  /// The items are strings that the submitter still has (ItemContext::inputIsKept). Before the
  /// batch is queued.
  void keepInput() { inputIsKept_ = true; }

  /// Claims the next item; false when all are claimed.
  bool claim(size_t& index) {
    // Relaxed: the index is only a ticket; the batch itself was published by the lane's mutex.
    index = next_.fetch_add(1, std::memory_order_relaxed);
    return index < count_;
  }

  /// True when no item is left to claim.
  bool drained() const { return next_.load(std::memory_order_relaxed) >= count_; }

  /// Runs a claimed item.
  ItemEnd runItem(const Operation& operation, size_t index) noexcept;

  /// Records the failure of an item that is never run.
  void failItem(size_t index, Error error) noexcept;

  /// No further item does any work: those not yet run fail with kCancelled.
  void cancel() { cancellation_.cancel(); }

  uint32_t id() const { return id_; }
  size_t count() const { return count_; }
  const ResultShape& shape() const { return shape_; }

  // Results: REQUIRES: the last item has finished.
  std::vector<double>& numbers() { return numbers_; }
  std::vector<float>& elapsedMs() { return elapsedMs_; }
  std::string& fixedText() { return fixedText_; }
  std::vector<std::string>& texts() { return texts_; }
  std::vector<Bytes>& blocks() { return blocks_; }
  std::vector<ItemError>& errors() { return errors_; }

 private:
  ByteView partAt(size_t index) const;
  ItemOutput outputOf(size_t index);
  void discard(size_t index) noexcept;
  Result<void> runParts(const Operation& operation, size_t index, int64_t deadlineNs);
  Result<void> runGuarded(const Operation& operation, size_t index, int64_t deadlineNs) noexcept;

  const uint32_t id_;
  const size_t count_;
  const PooledBytes input_;
  const std::vector<size_t> ends_;
  const int64_t timeoutNs_;
  const ResultShape shape_;
  bool inputIsKept_ = false;
  Cancellation cancellation_;

  std::vector<double> numbers_;
  std::vector<float> elapsedMs_;
  std::string fixedText_;
  std::vector<std::string> texts_;
  std::vector<Bytes> blocks_;
  std::mutex errorsMutex_;
  // Guarded by errorsMutex_ until the batch has finished. Has room for every item from the start:
  // that memory is exhausted is itself recorded here.
  std::vector<ItemError> errors_;

  std::atomic<size_t> next_{0};
  std::atomic<size_t> finished_{0};
};

}  // namespace millrace
