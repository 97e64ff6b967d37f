// Monotonic time for deadlines and durations. Thread safe.
#pragma once

#include <chrono>
#include <cstdint>

namespace millrace {

/// Nanoseconds since an arbitrary fixed point; never goes back.
inline int64_t monotonicNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace millrace
