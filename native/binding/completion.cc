// Invariants: while queue_ is not empty and the channel is open, waking_ is true: the thread-safe
// function has been called, drain() is running, or resume() is to follow. The thread-safe function
// is referenced exactly while expected_ > 0, so an idle isolate may end. announced_ and queue_
// together have expected_ nodes, less the one being delivered.
#include "binding/completion.h"

#include <utility>

#include "base/clock.h"

namespace millrace::binding {
namespace {
// One turn of the event loop delivers at most this much, so that timers and I/O get theirs.
constexpr size_t kBatchesPerTurn = 64;
constexpr int64_t kTurnNs = 5'000'000;
}  // namespace

CompletionChannel::CompletionChannel(Napi::Env env, Deliver deliver, Defer defer)
    : deliver_(std::move(deliver)), defer_(std::move(defer)) {
  const Napi::String name = Napi::String::New(env, "millrace");
  const napi_status status = napi_create_threadsafe_function(
      env, nullptr, nullptr, name, /*max_queue_size=*/0,
      /*initial_thread_count=*/1, nullptr, nullptr, this, &CompletionChannel::onWake, &function_);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  napi_unref_threadsafe_function(env, function_);
}

void CompletionChannel::expect(Napi::Env env) {
  std::list<Completion> node(1);
  {
    std::lock_guard lock(mutex_);
    announced_.splice(announced_.end(), node);
  }
  if (expected_++ == 0) napi_ref_threadsafe_function(env, function_);
}

void CompletionChannel::forget(Napi::Env env) {
  {
    std::lock_guard lock(mutex_);
    announced_.pop_back();
  }
  arrived(env);
}

void CompletionChannel::arrived(Napi::Env env) {
  if (--expected_ == 0) napi_unref_threadsafe_function(env, function_);
}

void CompletionChannel::post(Completion completion) noexcept {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  announced_.front() = std::move(completion);
  queue_.splice(queue_.end(), announced_, announced_.begin());
  if (waking_) return;
  waking_ = true;
  // Under the lock: close() cannot release the function between the check and the call.
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void CompletionChannel::close() {
  std::list<Completion> dropped;
  std::lock_guard lock(mutex_);
  if (closed_) return;
  closed_ = true;
  dropped.swap(queue_);
  napi_release_threadsafe_function(function_, napi_tsfn_abort);
}

void CompletionChannel::onWake(napi_env env, napi_value /*callback*/, void* context,
                               void* /*data*/) {
  if (env == nullptr) return;  // the isolate is ending
  static_cast<CompletionChannel*>(context)->drain(Napi::Env(env));
}

void CompletionChannel::drain(Napi::Env env) {
  const int64_t endNs = monotonicNs() + kTurnNs;
  for (size_t delivered = 0; delivered < kBatchesPerTurn; ++delivered) {
    std::list<Completion> taken;
    {
      std::lock_guard lock(mutex_);
      if (queue_.empty() || closed_) break;
      taken.splice(taken.begin(), queue_, queue_.begin());
    }
    arrived(env);
    const Napi::HandleScope scope(env);
    deliver_(env, taken.front());
    if (monotonicNs() > endNs) break;
  }
  endTurn(env);
}

// waking_ stays true until a turn finds nothing to do: were the thread-safe function called while
// it is being served, Node would serve it again in the same turn, up to a thousand times, and
// timers, I/O and messages would wait for all of that.
void CompletionChannel::endTurn(Napi::Env env) {
  const Napi::HandleScope scope(env);
  if (defer_(env)) return;
  std::lock_guard lock(mutex_);
  if (queue_.empty() || closed_) {
    waking_ = false;
    return;
  }
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void CompletionChannel::resume(Napi::Env env) {
  {
    std::lock_guard lock(mutex_);
    if (queue_.empty() || closed_) {
      waking_ = false;
      return;
    }
  }
  drain(env);
}

}  // namespace millrace::binding
