// Where idle workers sleep. Thread safe; each worker owns one Spot that outlives its stay.
// The handshake that loses no wake-up: a submitter publishes its task, then looks for a searching
// or a parked worker; a worker announces itself as parked and stops counting as searching, then
// looks for tasks once more. All four are seq_cst, so at least one of the two sees the other.
// While a worker searches nobody is woken: it will find the task, or look once more before it
// sleeps. That is what keeps submitting one by one cheap.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace millrace {

class Parking {
 public:
  struct Spot {
    std::condition_variable ready;
    bool parked = false;  // guarded by the Parking's mutex
  };

  /// `maxSearching`: how many workers may look for work at the same moment before they sleep.
  explicit Parking(size_t maxSearching) : maxSearching_(maxSearching) {}

  /// Counts the caller as searching, unless enough others are.
  bool beginSearch();
  /// Counts one more worker as searching whatever the limit: a thread about to be started.
  void addSearcher();
  /// Stops counting the caller as searching; true when no other searches.
  bool endSearch();

  /// Sleeps until woken or closed, unless `anyWork()` holds after the announcement. The caller
  /// counts as searching afterwards. `searching`: whether it does now.
  void park(Spot& spot, bool searching, const std::function<bool()>& anyWork);

  /// Wakes the worker that parked last, unless one searches. Returns false when none is parked
  /// and none searches.
  bool wakeOne();

  /// Wakes all; nobody parks from now on.
  void close();

  // ORDER: seq_cst, the submitter's half of the handshake.
  size_t searching() const { return searching_.load(std::memory_order_seq_cst); }
  size_t parked() const { return parked_.load(std::memory_order_seq_cst); }

 private:
  /// REQUIRES: mutex_ held, spot parked. Moves it from parked to searching.
  void leave(Spot& spot);

  const size_t maxSearching_;
  std::mutex mutex_;  // guards spots_, closed_, Spot::parked and writes to parked_
  std::vector<Spot*> spots_;
  bool closed_ = false;
  alignas(64) std::atomic<size_t> searching_{0};
  std::atomic<size_t> parked_{0};
};

}  // namespace millrace
