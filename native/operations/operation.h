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
  size_t texts = 0;      ///< texts of any length per item, each valid UTF-8
  size_t blocks = 0;     ///< blocks of bytes per item; each begins at a multiple of 8 in JavaScript
};

/// Where run() puts its result: as many of each as the shape says, in the batch itself. `fixedText`
/// is filled with spaces, the rest empty or zero.
struct ItemOutput {
  std::span<double> numbers;
  std::span<char> fixedText;
  std::span<std::string> texts;
  std::span<Bytes> blocks;
};

/// Polled by long-running operations, at least once per megabyte or millisecond of work.
struct ItemContext {
  const Cancellation& cancellation;
  int64_t deadlineNs;  ///< monotonicNs() after which the item has timed out; 0 for none
  std::span<const ByteView> parts = {};  ///< what the item consists of, when parts() > 1
  /// The input is the UTF-8 of a string that JavaScript still has: a piece of it need not be part
  /// of the result.
  bool inputIsKept = false;

  /// kCancelled or kTimeout once the item has to stop.
  Result<void> check() const {
    if (cancellation.cancelled()) return Error::of(ErrorCode::kCancelled);
    if (deadlineNs != 0 && monotonicNs() > deadlineNs) return Error::of(ErrorCode::kTimeout);
    return {};
  }
};

inline constexpr size_t kMaxParts = 4;

class Operation {
 public:
  Operation() = default;
  virtual ~Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /// True when run() waits for a device: the lane then uses the blocking-I/O pool.
  virtual bool blocking() const = 0;

  virtual ResultShape shape() const = 0;

  /// How many parts an item has; at most kMaxParts.
  virtual size_t parts() const { return 1; }

  /// `input` is the item: a path in UTF-8 or raw bytes for file operations, the content for others.
  /// Of several parts it is the first.
  virtual Result<void> run(const ItemContext& context, ByteView input,
                           ItemOutput& output) const = 0;

  /// What the next stage of a pipe works on: by default the result, where it is one block or one
  /// text, else the input. Views of `input` or `output`, valid as long as those.
  virtual ByteView passOn(ByteView input, const ItemOutput& output) const;
};

}  // namespace millrace
