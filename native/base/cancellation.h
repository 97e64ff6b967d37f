// A one-way cancellation flag shared by whoever asks for the end of some work and whoever does it.
// Thread safe. The owner keeps it alive until all work that polls it has ended.
#pragma once

#include <atomic>

namespace millrace {

class Cancellation {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  /// Relaxed: the flag publishes nothing but itself; work polls it and stops soon after.
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

}  // namespace millrace
