// An operation: what one item of native work does, as a pure function from bytes to a packed
// result. Immutable after construction; run() is called from many threads at once. Owned by
// shared_ptr; every lane that uses one holds a share.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/result.h"

namespace millrace {

/// What each item's result consists of. A batch stores every part of all items side by side, so
/// that it crosses into JavaScript as a handful of values.
struct ResultShape {
  size_t numbers = 0;    ///< doubles per item
  size_t fixedText = 0;  ///< characters per item, always exactly this many (Latin-1)
  bool text = false;     ///< UTF-8 text of any length per item
  bool bytes = false;    ///< a block of bytes per item
};

/// Where run() puts its result. `numbers` and `fixedText` point into the batch and are pre-sized.
struct ItemOutput {
  std::span<double> numbers;
  std::span<char> fixedText;
  std::string text;
  Bytes bytes;
};

/// Polled by long-running operations, at least once per megabyte or millisecond of work.
struct ItemContext {
  const Cancellation& cancellation;
  int64_t deadlineNs;  ///< monotonicNs() after which the item has timed out; 0 for none

  /// kCancelled or kTimeout once the item has to stop.
  Result<void> check() const {
    if (cancellation.cancelled()) return Error::of(ErrorCode::kCancelled);
    if (deadlineNs != 0 && monotonicNs() > deadlineNs) return Error::of(ErrorCode::kTimeout);
    return {};
  }
};

class Operation {
 public:
  Operation() = default;
  virtual ~Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /// True when run() waits for a device: the lane then uses the blocking-I/O pool.
  virtual bool blocking() const = 0;

  virtual ResultShape shape() const = 0;

  /// `input` is the item: a path in UTF-8 or raw bytes for file operations, the content for others.
  virtual Result<void> run(const ItemContext& context, ByteView input,
                           ItemOutput& output) const = 0;
};

}  // namespace millrace
