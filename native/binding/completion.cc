// Invariants: while queue_ is not empty and the channel is open, waking_ is true or drain() is
// running. The thread-safe function is referenced exactly while expected_ > 0, so an idle isolate
// may end.
#include "binding/completion.h"

#include <utility>

namespace millrace::binding {
namespace {
// One turn of the event loop delivers at most this many batches, so that timers and I/O get theirs.
constexpr size_t kBatchesPerTurn = 64;
}  // namespace

CompletionChannel::CompletionChannel(Napi::Env env, Deliver deliver)
    : deliver_(std::move(deliver)) {
  const Napi::String name = Napi::String::New(env, "millrace");
  const napi_status status = napi_create_threadsafe_function(
      env, nullptr, nullptr, name, /*max_queue_size=*/0,
      /*initial_thread_count=*/1, nullptr, nullptr, this, &CompletionChannel::onWake, &function_);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  napi_unref_threadsafe_function(env, function_);
}

void CompletionChannel::expect(Napi::Env env, size_t count) {
  if (expected_ == 0 && count > 0) napi_ref_threadsafe_function(env, function_);
  expected_ += count;
}

void CompletionChannel::forget(Napi::Env env, size_t count) {
  expected_ -= count;
  if (expected_ == 0 && count > 0) napi_unref_threadsafe_function(env, function_);
}

void CompletionChannel::post(Completion completion) {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  queue_.push_back(std::move(completion));
  if (waking_) return;
  waking_ = true;
  // Under the lock: close() cannot release the function between the check and the call.
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void CompletionChannel::close() {
  std::deque<Completion> dropped;
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
  for (size_t delivered = 0; delivered < kBatchesPerTurn; ++delivered) {
    Completion completion;
    {
      std::lock_guard lock(mutex_);
      if (queue_.empty() || closed_) {
        waking_ = false;
        return;
      }
      completion = std::move(queue_.front());
      queue_.pop_front();
    }
    forget(env, 1);
    Napi::HandleScope scope(env);
    try {
      deliver_(env, std::move(completion));
    } catch (const Napi::Error& thrown) {
      // The receiver in lib/ catches what user code throws; what gets here is a defect, and must be
      // loud. The batches behind it are still delivered.
      napi_fatal_exception(env, thrown.Value());
    }
  }
  std::lock_guard lock(mutex_);
  if (queue_.empty() || closed_) {
    waking_ = false;
    return;
  }
  napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

}  // namespace millrace::binding
