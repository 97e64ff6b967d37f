// Invariants: a Spot is in spots_ exactly while its `parked` is true; parked_ == spots_.size()
// whenever mutex_ is free; who wakes a worker counts it as searching before the worker runs.
#include "executor/parking.h"

#include <algorithm>

namespace millrace {

bool Parking::beginSearch() {
  size_t now = searching();
  while (now < maxSearching_) {
    // ORDER: seq_cst: from here on submitters may rely on this worker looking for tasks.
    if (searching_.compare_exchange_weak(now, now + 1, std::memory_order_seq_cst)) return true;
  }
  return false;
}

void Parking::addSearcher() {
  searching_.fetch_add(1, std::memory_order_seq_cst);
}

bool Parking::endSearch() {
  return searching_.fetch_sub(1, std::memory_order_seq_cst) == 1;
}

void Parking::park(Spot& spot, bool searching, const std::function<bool()>& anyWork) {
  std::unique_lock lock(mutex_);
  if (closed_) {
    if (!searching) addSearcher();
    return;
  }
  spot.parked = true;
  spots_.push_back(&spot);
  // ORDER: seq_cst, the announcement. Parked first: there is no moment at which a worker that
  // will sleep is neither.
  parked_.store(spots_.size(), std::memory_order_seq_cst);
  if (searching) endSearch();
  lock.unlock();
  const bool stay = !anyWork();
  lock.lock();
  if (!stay && spot.parked) leave(spot);
  spot.ready.wait(lock, [&spot] { return !spot.parked; });
}

void Parking::leave(Spot& spot) {
  spots_.erase(std::find(spots_.begin(), spots_.end(), &spot));
  spot.parked = false;
  addSearcher();
  // ORDER: seq_cst after the searcher is counted: never neither, as in park().
  parked_.store(spots_.size(), std::memory_order_seq_cst);
}

bool Parking::wakeOne() {
  Spot* spot = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (searching() > 0) return true;
    if (spots_.empty()) return false;
    spot = spots_.back();
    leave(*spot);
  }
  spot->ready.notify_one();
  return true;
}

void Parking::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  while (!spots_.empty()) {
    Spot* spot = spots_.back();
    leave(*spot);
    spot->ready.notify_one();
  }
}

}  // namespace millrace
